using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;

namespace Prozchain.Sharding.Beacon;

/// <summary>What is wrong with a beacon block, if anything.</summary>
public enum BeaconResult
{
    /// <summary>Everything holds.</summary>
    Valid,

    /// <summary>The block is of another chain.</summary>
    WrongChain,

    /// <summary>The height is not the tip's plus 1.</summary>
    WrongHeight,

    /// <summary>The block does not continue this chain's tip.</summary>
    WrongParent,

    /// <summary>The epoch is not the one that the height has.</summary>
    WrongEpoch,

    /// <summary>The time lies before the parent's.</summary>
    TimeBeforeParent,

    /// <summary>The time is too far from the voter's clock.</summary>
    TimeTooFarOff,

    /// <summary>The body is not the one that the header's root covers.</summary>
    WrongBody,

    /// <summary>A root or a validator set in the header is not what the block leads to.</summary>
    WrongOutcome,

    /// <summary>The anchor at the index is not in the order of shard ids, or the second of its shard.</summary>
    AnchorsNotSorted,

    /// <summary>The anchor at the index is of another chain or of no shard.</summary>
    UnknownShard,

    /// <summary>The shard of the anchor at the index is frozen: its old committees have no authority any more.</summary>
    ShardFrozen,

    /// <summary>The headers of the anchor at the index are neither of this epoch nor of the one before, go back to an earlier one, or are of a committee without authority, or of a moment that has not begun.</summary>
    WrongAnchorEpoch,

    /// <summary>The anchor at the index does not go on from its shard's last one: not higher, beside it, or after the epoch's terminal block.</summary>
    BrokenHeaderChain,

    /// <summary>The certificate of the anchor at the index does not hold; <see cref="BeaconVerdict.Certificate"/> says why.</summary>
    BadCertificate,

    /// <summary>The deposit at the index does not hold; <see cref="BeaconVerdict.Registry"/> says why.</summary>
    BadDeposit,

    /// <summary>The exit order at the index does not hold; <see cref="BeaconVerdict.Registry"/> says why.</summary>
    BadExit,

    /// <summary>The evidence at the index does not hold; <see cref="BeaconVerdict.Evidence"/> says why.</summary>
    BadEvidence,

    /// <summary>The reveal at the index is of no open slot, of a convicted revealer, doubled, or not the revealer's.</summary>
    BadReveal,

    /// <summary>The proposal at the index is not possible now, or its claim does not hold.</summary>
    BadProposal,

    /// <summary>The readiness at the index is of no open proposal, no member, doubled, too late, or not signed.</summary>
    BadReadiness,

    /// <summary>More entries or bytes than the format allows.</summary>
    TooLarge,
}

/// <summary>The outcome of verifying a beacon block.</summary>
/// <param name="Result">What is wrong, if anything.</param>
/// <param name="Index">Index of the entry at fault in its list; -1 where the fault has none.</param>
/// <param name="Certificate">Why a certificate does not hold, for <see cref="BeaconResult.BadCertificate"/>.</param>
/// <param name="Registry">Why a deposit or an exit does not hold.</param>
/// <param name="Evidence">Why evidence does not hold, for <see cref="BeaconResult.BadEvidence"/>.</param>
public readonly record struct BeaconVerdict(
    BeaconResult Result, int Index = -1, CertificateResult Certificate = CertificateResult.Valid,
    RegistryResult Registry = RegistryResult.Valid, FaultResult Evidence = FaultResult.Valid)
{
    /// <summary>True for <see cref="BeaconResult.Valid"/>.</summary>
    public bool IsValid => Result == BeaconResult.Valid;

    internal static BeaconVerdict Valid => default;
}
