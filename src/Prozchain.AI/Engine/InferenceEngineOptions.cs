namespace Prozchain.AI.Engine;

/// <summary>How an engine is made.</summary>
public sealed class InferenceEngineOptions
{
    /// <summary>Most requests of one run; at least 1.</summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>Threads that compute, the caller's included; at least 1. One for each core is best.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Most bytes for the values of one run, for each worker's scratch, and for the state of one request; at most about 2 GiB.</summary>
    public long MaxBytes { get; init; } = int.MaxValue;

    internal void Check()
    {
        if (MaxBatch < 1) throw new ArgumentException($"Expected a batch of at least 1, got {MaxBatch}.");
        if (Workers is < 1 or > 1024) throw new ArgumentException($"Expected 1 to 1,024 workers, got {Workers}.");
        if (MaxBytes < 0) throw new ArgumentException($"Expected bytes of at least 0, got {MaxBytes}.");
    }
}
