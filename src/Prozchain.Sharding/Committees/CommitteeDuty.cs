namespace Prozchain.Sharding.Committees;

/// <summary>What a committee does for its shard.</summary>
public enum CommitteeDuty
{
    /// <summary>Orders its blocks: 64 to 128 seats.</summary>
    Ordering = 0,

    /// <summary>Executes its blocks again, afterwards: 400 to 1,000 seats.</summary>
    Attestation = 1,
}
