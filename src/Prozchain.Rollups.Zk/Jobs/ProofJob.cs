namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>What is known of a job.</summary>
/// <param name="Id">BLAKE3 of its input.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Submitted">When it was handed in, or given another chance.</param>
/// <param name="Progress">Of the attempt under way: 0 to 1.</param>
/// <param name="Failure">Why the last attempt that failed did; null if none was heard of.</param>
public readonly record struct ProofJob(Digest32 Id, ProofJobState State, int Attempts, DateTimeOffset Submitted, double Progress, string? Failure)
{
    /// <summary>The process that has it, while it is running.</summary>
    public int Worker { get; init; }
}
