namespace Prozchain.Sharding.AtomicCommit;

/// <summary>How far an attempt of a transaction with locks has come in a shard.</summary>
internal enum LockStage
{
    /// <summary>It may ask for its locks.</summary>
    Next,

    /// <summary>It waits for cells, or for the decision about an earlier attempt.</summary>
    Waits,

    /// <summary>It holds its locks and has provided their values: with the others' values it can be prepared.</summary>
    Holds,

    /// <summary>It is prepared, has ended here or can no longer begin.</summary>
    Past,
}
