namespace Prozchain.Rollups.Finality;

/// <summary>What makes a claim final.</summary>
public enum FinalityMode : byte
{
    /// <summary>A challenge period without an open dispute.</summary>
    Optimistic,

    /// <summary>Validity proofs of all of it, and a short delay.</summary>
    Validity,

    /// <summary>Whichever comes first; and each operation as its <see cref="FinalityPolicy"/> demands.</summary>
    Hybrid,
}

/// <summary>How far a claim is. It only moves on, and may skip; but what is proven is so no more once a halt overtook it.</summary>
public enum FinalityStatus : byte
{
    /// <summary>Made, and not contested.</summary>
    Proposed,

    /// <summary>It was disputed.</summary>
    Challenged,

    /// <summary>Validity proofs cover all of it.</summary>
    Proven,

    /// <summary>Settled for good, as is everything below it.</summary>
    Final,

    /// <summary>Its bond went back, or where it lost, to others: after it was final, or because it never can be.</summary>
    Refunded,
}

/// <summary>What is shown about a segment of a claim.</summary>
public enum EvidenceKind : byte
{
    /// <summary>A proof that convinces by mathematics.</summary>
    ValidityProof,

    /// <summary>A statement by trusted hardware. It counts as a second opinion; alone it never shortens anything.</summary>
    TeeAttestation,
}

/// <summary>Checks evidence about consecutive transactions.</summary>
/// <param name="kind">What kind it is.</param>
/// <param name="system">Which proof system or hardware of that kind, 0 to 31.</param>
/// <param name="segment">Which transactions of which batch.</param>
/// <param name="preRoot">State root before the first.</param>
/// <param name="postRoot">State root after the last.</param>
/// <param name="proof">The evidence. Untrusted.</param>
/// <remarks>Pure and never throws; false for systems that are not registered.</remarks>
public delegate bool EvidenceCheck(EvidenceKind kind, int system, in SegmentRange segment, in Digest32 preRoot, in Digest32 postRoot, ReadOnlySpan<byte> proof);

/// <summary>Consecutive transactions of a batch.</summary>
/// <param name="Sequence">Number of the batch, from 1.</param>
/// <param name="From">Index of the first transaction.</param>
/// <param name="To">Index after the last.</param>
public readonly record struct SegmentRange(ulong Sequence, ulong From, ulong To);
