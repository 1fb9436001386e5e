namespace Prozchain.Rollups.Bridge;

/// <summary>What is wrong.</summary>
public enum AlarmKind
{
    /// <summary>A claim says another state or other exits than the data gives. Subject: the batch.</summary>
    WrongClaim,

    /// <summary>The newest final state is not what the data gives. Subject: the batch.</summary>
    WrongFinal,

    /// <summary>The escrow of a token is not what came in less what went out. Subject: the token.</summary>
    EscrowMismatch,

    /// <summary>The rollup owes more or less of a token than was deposited. Subject: the token.</summary>
    LiabilityMismatch,

    /// <summary>Somebody asks for a chunk of a batch and has no answer yet. Subject: the batch.</summary>
    DataChallenged,

    /// <summary>A batch counts as empty because its data was not shown. Subject: the batch.</summary>
    DataWithheld,

    /// <summary>A forced item is not taken though it is due. Subject: its index.</summary>
    ForcedOverdue,

    /// <summary>Nothing has become final for so long that anyone may freeze soon, or may already. Subject: the newest final batch.</summary>
    ExitNear,

    /// <summary>The rollup is frozen. Subject: the number of final batches.</summary>
    Frozen,

    /// <summary>Withdrawals are paused. Subject: the time at which the pause ends.</summary>
    Paused,
}

/// <summary>What to do about an alarm.</summary>
public enum AlarmAction
{
    /// <summary>Contest the claim before the deadline; in validity mode hand two proofs that contradict each other to the registry.</summary>
    ContestClaim,

    /// <summary>Have the guardians pause withdrawals, and look.</summary>
    AskForPause,

    /// <summary>Post the chunk before the deadline.</summary>
    AnswerChallenge,

    /// <summary>Derive the batch as an empty one.</summary>
    DeriveEmpty,

    /// <summary>Append a batch that takes the item: after a day anyone may.</summary>
    AppendBatch,

    /// <summary>Have a claim made and settled before the deadline, or freeze after it.</summary>
    FinalizeOrFreeze,

    /// <summary>Leave with a proof of the last final state.</summary>
    Escape,

    /// <summary>Wait until the deadline: the pause ends by itself.</summary>
    Wait,
}

/// <summary>Something that the watchtower found, and what to do.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Subject">Which batch, token or item; the kind says which of them.</param>
/// <param name="Action">What to do.</param>
/// <param name="Deadline">Seconds since 1970 by which; 0 for at once.</param>
/// <param name="Expected">What should be, where it is an amount.</param>
/// <param name="Got">What is, where it is an amount.</param>
public readonly record struct Alarm(AlarmKind Kind, ulong Subject, AlarmAction Action, ulong Deadline = 0, UInt128 Expected = default, UInt128 Got = default);
