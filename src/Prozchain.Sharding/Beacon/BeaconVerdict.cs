using Prozchain.Sharding.Consensus;

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

    /// <summary>The anchor at the index is not in the order of shard ids and heights.</summary>
    AnchorsNotSorted,

    /// <summary>The anchor at the index is of another chain or of no shard.</summary>
    UnknownShard,

    /// <summary>The header of the anchor at the index is not of this epoch.</summary>
    WrongAnchorEpoch,

    /// <summary>The header of the anchor at the index is not the next of its shard: wrong height or wrong parent.</summary>
    BrokenHeaderChain,

    /// <summary>The certificate of the anchor at the index does not hold; <see cref="BeaconVerdict.Certificate"/> says why.</summary>
    BadCertificate,

    /// <summary>The registry change at the index does not hold; <see cref="BeaconVerdict.Registry"/> says why.</summary>
    BadRegistryChange,

    /// <summary>More anchors, changes, records or bytes than the format allows.</summary>
    TooLarge,
}

/// <summary>The outcome of verifying a beacon block.</summary>
/// <param name="Result">What is wrong, if anything.</param>
/// <param name="Index">Index of the anchor or change at fault; -1 where the fault has none.</param>
/// <param name="Certificate">Why a certificate does not hold, for <see cref="BeaconResult.BadCertificate"/>.</param>
/// <param name="Registry">Why a change does not hold, for <see cref="BeaconResult.BadRegistryChange"/>.</param>
public readonly record struct BeaconVerdict(
    BeaconResult Result, int Index = -1, CertificateResult Certificate = CertificateResult.Valid, RegistryResult Registry = RegistryResult.Valid)
{
    /// <summary>True for <see cref="BeaconResult.Valid"/>.</summary>
    public bool IsValid => Result == BeaconResult.Valid;
}
