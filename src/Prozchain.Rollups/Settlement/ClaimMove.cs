namespace Prozchain.Rollups.Settlement;

/// <summary>What a <see cref="ClaimProposer"/>, <see cref="Challenger"/> or <see cref="Refuter"/> has done in one step.</summary>
public enum ClaimMove : byte
{
    /// <summary>Nothing: there is nothing to do now.</summary>
    None,

    /// <summary>Claimed what a batch led to.</summary>
    Claimed,

    /// <summary>Dropped a claim that builds upon one that lost.</summary>
    Discarded,

    /// <summary>Made batches final.</summary>
    Finalized,

    /// <summary>Told the roots of a final batch, so that what left the rollup in it can be fetched.</summary>
    Published,

    /// <summary>Sent bonds of final batches to the vault.</summary>
    Refunded,

    /// <summary>Took out of the vault what had waited long enough.</summary>
    Withdrawn,

    /// <summary>Contested a false claim.</summary>
    Contested,

    /// <summary>Entered the true claim into a dispute.</summary>
    Joined,

    /// <summary>Played in a match.</summary>
    Played,

    /// <summary>Kept a dispute going: groups, clocks, its end.</summary>
    Kept,

    /// <summary>Had the reward of a dispute sent to the vault.</summary>
    Collected,

    /// <summary>Proved where a batch leads that a false claim is about.</summary>
    Proved,

    /// <summary>Ended a false claim by that proof.</summary>
    Refuted,
}
