namespace Prozchain.Rollups.Finality;

/// <summary>What became of a call to a <see cref="FinalityLane"/>. Anything but <see cref="Accepted"/> left it as it was, but for claims that became final by time.</summary>
public enum FinalityResult
{
    /// <summary>The call counts.</summary>
    Accepted,

    /// <summary>No such claim.</summary>
    NoClaim,

    /// <summary>The parent cannot be built upon: it never becomes final, or another one did.</summary>
    WrongParent,

    /// <summary>A claim stands on that parent already: it is to be disputed.</summary>
    DuplicateClaim,

    /// <summary>No transactions, or more than there are segments for.</summary>
    WrongLength,

    /// <summary>The claim cannot be disputed: the time is over, it is proven or final, or the mode has no disputes.</summary>
    NotChallengeable,

    /// <summary>No dispute is open.</summary>
    NoDispute,

    /// <summary>An opening is wrong, or the segment does not exist.</summary>
    WrongOpening,

    /// <summary>The evidence does not convince.</summary>
    WrongProof,

    /// <summary>It was done already, or the claim has ended.</summary>
    AlreadyDone,

    /// <summary>The claim is not final.</summary>
    NotFinal,

    /// <summary>The lane is halted.</summary>
    Halted,
}
