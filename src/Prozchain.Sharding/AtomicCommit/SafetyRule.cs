namespace Prozchain.Sharding.AtomicCommit;

/// <summary>The rules that keep commit and abort apart. A test takes each away in turn, to show that its absence is found; nothing else does.</summary>
internal enum SafetyRule
{
    None,

    /// <summary>What has certified commit, or is prepared, loses its claims to nobody.</summary>
    FixedKeepsClaims,

    /// <summary>Declared cells: a commit needs the certificates of all cells.</summary>
    CommitNeedsAllCells,

    /// <summary>Declared cells: after its commit certificate a shard does not abort by its clock.</summary>
    OneWord,

    /// <summary>Declared cells: silence of a settled set aborts only what is not certified here.</summary>
    SilenceBindsUncertifiedOnly,

    /// <summary>Heirs inherit what ended.</summary>
    HeirsRemember,

    /// <summary>Heirs inherit what is certified or prepared.</summary>
    HeirsGoOn,

    /// <summary>Locks: a prepared shard releases on the decision alone.</summary>
    PreparedWaits,

    /// <summary>Locks: a commit needs the votes of all.</summary>
    CommitNeedsAllVotes,

    /// <summary>Locks: a vote counts for its own attempt.</summary>
    VotesBindAttempt,

    /// <summary>Locks: a decision is followed for its own attempt.</summary>
    DecisionsBindAttempt,

    /// <summary>Locks: a commit is remembered until all have carried it out.</summary>
    CommitIsRemembered,
}
