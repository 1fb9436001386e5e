namespace Prozchain.Rollups.Settlement;

/// <summary>What a <see cref="ClaimProposer"/>, <see cref="ProofProposer"/>, <see cref="Challenger"/>, <see cref="Refuter"/> or <see cref="SegmentProver"/> has done in one step.</summary>
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

    /// <summary>Handed in a proof.</summary>
    Submitted,

    /// <summary>Had it noted that a batch, or segments of it, are proven.</summary>
    Proven,

    /// <summary>Had it noted that what left the rollup in proven segments is proven.</summary>
    Covered,

    /// <summary>Ended a false claim by a proof.</summary>
    Refuted,

    /// <summary>Dropped what was proven before the registry of proofs was mended.</summary>
    Restarted,
}
