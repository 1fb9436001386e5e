using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// What the bytes behind a posting mean. Derivation and the judge of disputes share these rules, so that no source can
/// stall the chain and both always see the same transfers.
/// </summary>
internal static class BatchRules
{
    /// <summary>Whoever hands bytes over: they are the batch's if they have its hash.</summary>
    public static bool IsDataOf(in BatchPosting posting, ReadOnlyMemory<byte> bytes) =>
        Hashing.Keccak(bytes.Span).Equals(posting.DataHash.Value);

    /// <summary>
    /// The batch, or null if it counts as empty: undecodable, or its length, chain, position, parent or count of
    /// transfers is not what the settlement knows.
    /// </summary>
    public static Batch? Open(RollupGenesis genesis, in BatchPosting posting, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != posting.Length) return null;
        if (Batch.TryRead(bytes, genesis.Parameters.BatchLimits, out Batch? batch) != BatchReadResult.Ok || batch is null) return null;
        BatchHeader header = batch.Header;
        bool fits = header.ChainId == genesis.ChainId && header.Index == posting.Index
            && header.PreviousHash == posting.PreviousHash && header.TransferCount == posting.TransferCount;
        return fits ? batch : null;
    }
}
