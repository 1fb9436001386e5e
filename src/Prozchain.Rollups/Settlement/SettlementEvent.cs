namespace Prozchain.Rollups.Settlement;

/// <summary>What happened.</summary>
public enum SettlementEventKind
{
    /// <summary>A batch was posted.</summary>
    BatchPosted,

    /// <summary>An assertion was made.</summary>
    Asserted,

    /// <summary>An assertion was challenged.</summary>
    Challenged,

    /// <summary>A dispute moved on.</summary>
    DisputeMoved,

    /// <summary>A dispute ended for the asserter.</summary>
    AsserterWon,

    /// <summary>A dispute ended for the challenger.</summary>
    ChallengerWon,

    /// <summary>A dispute ended without a winner.</summary>
    DisputeDissolved,

    /// <summary>An assertion was rejected.</summary>
    Rejected,

    /// <summary>An assertion became final.</summary>
    Finalized,
}

/// <summary>Something that happened in the settlement.</summary>
/// <param name="Kind">What.</param>
/// <param name="Height">When: the height of the call, or the height at which a deadline had passed.</param>
/// <param name="BatchIndex">The batch concerned.</param>
/// <param name="AssertionId">The assertion concerned, or -1.</param>
/// <param name="DisputeId">The dispute concerned, or -1.</param>
public readonly record struct SettlementEvent(SettlementEventKind Kind, long Height, long BatchIndex, long AssertionId = -1, long DisputeId = -1);
