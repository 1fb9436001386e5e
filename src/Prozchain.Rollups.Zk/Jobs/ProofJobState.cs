namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>Where a job stands.</summary>
public enum ProofJobState
{
    /// <summary>No such job.</summary>
    Unknown,

    /// <summary>A worker will take it.</summary>
    Queued,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>The proof is there, and stays.</summary>
    Finished,

    /// <summary>No worker takes it any more: <see cref="ProofJob.Failure"/> says why.</summary>
    Failed,
}
