namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What became of an atomic transaction, as one of its shards knows it.</summary>
public enum AtomicOutcome
{
    /// <summary>Nothing is known of it: it is in no block, or ended longer ago than <see cref="AtomicOptions.RetentionMs"/>.</summary>
    Unknown,

    /// <summary>It is in a block, and not decided here.</summary>
    Open,

    /// <summary>It happened, on all of its shards.</summary>
    Committed,

    /// <summary>It did not happen, on none of its shards.</summary>
    Aborted,
}
