namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What a record of an atomic transaction says.</summary>
public enum AtomicRecordKind
{
    /// <summary>Values of the shard's cells, claimed until the transaction ends.</summary>
    Provision = 1,

    /// <summary>Declared cells: the shard executed on all provisions and will commit, or it aborts. Once per transaction and shard.</summary>
    ExecutionCertificate = 2,

    /// <summary>Locks: the shard is prepared and will follow the decision shard, or it will not commit.</summary>
    PreparedVote = 3,

    /// <summary>Locks: the decision shard's one decision about an attempt.</summary>
    Decision = 4,

    /// <summary>Locks: the shard has carried a commit out.</summary>
    Acknowledgement = 5,
}
