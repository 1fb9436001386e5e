namespace Prozchain.Rollups.Disputes;

/// <summary>Whose move a dispute waits for, or how it ended.</summary>
public enum DisputePhase
{
    /// <summary>The asserter must open its trace in the middle.</summary>
    Bisect,

    /// <summary>The challenger must say whether the root opened is right.</summary>
    Respond,

    /// <summary>One transfer is left; anybody may prove it. If nobody does in time, the asserter loses.</summary>
    ProveStep,

    /// <summary>Over: the challenger lost its bond.</summary>
    AsserterWon,

    /// <summary>Over: the assertion is rejected and its bond lost.</summary>
    ChallengerWon,

    /// <summary>Over without a winner: the assertion fell for another reason. The challenger has its bond back.</summary>
    Dissolved,
}
