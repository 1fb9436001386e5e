namespace Prozchain.Rollups.Evm;

/// <summary>Something to be done on L1 once.</summary>
/// <param name="Id">The caller's name for it: the same id is never sent twice, restarts included.</param>
/// <param name="To">The contract; none creates one.</param>
/// <param name="Value">In wei.</param>
/// <param name="GasLimit">
/// Set by the caller. Estimates are not to be trusted: for a call that answers false where it runs short, as some verifiers
/// do, an estimate converges to a limit at which it fails silently.
/// </param>
internal sealed record L1Call(Digest32 Id, L1Address? To, UInt128 Value, ReadOnlyMemory<byte> Data, ulong GasLimit)
{
    /// <summary>Blobs that travel with it; null for none.</summary>
    public L1BlobSidecar? Sidecar { get; init; }
}
