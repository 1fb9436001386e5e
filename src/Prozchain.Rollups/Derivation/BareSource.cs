using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Derivation;

/// <summary>What a source says that is a bare batch, or should be one.</summary>
internal static class BareSource
{
    /// <summary>Reads untrusted bytes.</summary>
    /// <param name="codec">Reads batches of the rollup.</param>
    /// <param name="root">The state root before the batch, which it must name.</param>
    /// <param name="source">The bytes; empty if there are none that count.</param>
    /// <param name="own">Its transactions, valid until the codec reads again; none unless they are to be executed.</param>
    public static BatchVerdict Read<TTransaction>(BatchCodec<TTransaction> codec, in Digest32 root, ReadOnlyMemory<byte> source, out ReadOnlyMemory<TTransaction> own)
    {
        own = default;
        if (source.IsEmpty) return BatchVerdict.NoBatch;
        if (codec.TryReadHead(source, out BatchHead head) != BatchFault.None || head.Root != root) return BatchVerdict.WrongHead;
        if (codec.TryRead(source, out BatchContent<TTransaction> content) != BatchFault.None) return BatchVerdict.Undecodable;
        own = content.Transactions;
        return BatchVerdict.Executed;
    }
}
