namespace Prozchain.Rollups.Disputes;

/// <summary>What became of a call to a <see cref="ValidityLane"/>. Anything but <see cref="Accepted"/> left it as it was.</summary>
public enum ValidityGameResult
{
    /// <summary>The call counts.</summary>
    Accepted,

    /// <summary>No such game.</summary>
    NoGame,

    /// <summary>The value sent is not the bond.</summary>
    WrongBond,

    /// <summary>The parent cannot be built upon: set aside, retired, lost, or not above the anchor.</summary>
    WrongParent,

    /// <summary>The sequence is not above that of what it builds upon.</summary>
    WrongSequence,

    /// <summary>It was challenged already.</summary>
    AlreadyChallenged,

    /// <summary>Nothing is awaited any more.</summary>
    Over,

    /// <summary>The time for it has not come.</summary>
    TooEarly,

    /// <summary>The parent is not resolved, or for closing not closed.</summary>
    ParentUnresolved,

    /// <summary>The proof is not valid.</summary>
    WrongProof,

    /// <summary>It was done already.</summary>
    AlreadyDone,

    /// <summary>Paused.</summary>
    Paused,

    /// <summary>The lane is halted.</summary>
    Halted,
}
