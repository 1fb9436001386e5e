namespace Prozchain.Zk.Backends;

/// <summary>What a backend is told about a proof before it begins.</summary>
/// <param name="LogBlowup">log2 of an evaluation domain over the degree bound.</param>
/// <param name="Threads">Threads of the processor, at least one; no value depends on them.</param>
/// <param name="LogPieces">log2 of the windows in which a block is computed that is not kept.</param>
/// <param name="Cancellation">Checked between pieces of the work.</param>
internal sealed record BackendSettings(int LogBlowup, int Threads = 1, int LogPieces = 0, CancellationToken Cancellation = default)
{
    /// <summary>What the proof takes on the processor.</summary>
    public ProofMemory Memory { get; init; } = new();
}
