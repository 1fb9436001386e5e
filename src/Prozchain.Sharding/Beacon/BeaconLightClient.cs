using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>What a light client made of a header.</summary>
public enum LightClientResult
{
    /// <summary>Accepted.</summary>
    Accepted,

    /// <summary>The header is of another chain.</summary>
    WrongChain,

    /// <summary>The header is not of the epoch that the client stands in.</summary>
    WrongEpoch,

    /// <summary>The header is not above the last accepted one.</summary>
    NotNewer,

    /// <summary>The validators are not those that the client trusts, or the header names others.</summary>
    WrongValidators,

    /// <summary>The next validators are not those that the header names.</summary>
    WrongNextValidators,

    /// <summary>The certificate does not hold.</summary>
    BadCertificate,
}

/// <summary>
/// Follows the beacon by headers and certificates alone, epoch by epoch, from a digest of one epoch's validators that its
/// user trusts. It needs one header of each epoch; every header names its epoch's set and the next one's.
/// </summary>
/// <remarks>
/// Not for a digest older than the unbonding period: validators whose stake is free again lose nothing by signing another
/// history. One caller at a time.
/// </remarks>
public sealed class BeaconLightClient
{
    private readonly ulong _chainId;
    private readonly ISignatureVerifier _verifier;
    private Digest _trusted;

    /// <summary>Starts from what the user trusts.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The epoch of the trusted set.</param>
    /// <param name="validators"><see cref="ValidatorSet.Digest"/> of that epoch.</param>
    /// <param name="verifier">Checks signatures.</param>
    public BeaconLightClient(ulong chainId, ulong epoch, Digest validators, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        _chainId = chainId;
        _verifier = verifier;
        _trusted = validators;
        Epoch = epoch;
    }

    /// <summary>The epoch whose validators the client trusts now.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The last accepted header; null before the first.</summary>
    public BeaconHeader? Header { get; private set; }

    /// <summary>Takes a newer header of the epoch that the client stands in.</summary>
    /// <param name="header">The header.</param>
    /// <param name="certificate">The pool's votes.</param>
    /// <param name="validators">The epoch's validators, from anywhere: held against the trusted digest.</param>
    public LightClientResult Accept(BeaconHeader header, BeaconCertificate certificate, ValidatorSet validators)
    {
        LightClientResult result = Check(header, certificate, validators);
        if (result == LightClientResult.Accepted) Header = header;
        return result;
    }

    /// <summary>Takes any certified header of the epoch, newer than the last or that very one, and moves on to the next epoch.</summary>
    /// <param name="header">The header; it names the next validators.</param>
    /// <param name="certificate">The pool's votes.</param>
    /// <param name="validators">The epoch's validators.</param>
    /// <param name="next">The next epoch's validators, from anywhere: held against the header.</param>
    public LightClientResult HandOver(BeaconHeader header, BeaconCertificate certificate, ValidatorSet validators, ValidatorSet next)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(next);
        LightClientResult result = header.Epoch == Epoch && Header?.Hash == header.Hash ? LightClientResult.Accepted : Check(header, certificate, validators);
        if (result != LightClientResult.Accepted) return result;
        if (next.Digest != header.NextValidators) return LightClientResult.WrongNextValidators;
        Header = header;
        _trusted = next.Digest;
        Epoch++;
        return result;
    }

    /// <summary>True if the proof shows a shard's header under the last accepted beacon header.</summary>
    /// <param name="proof">Untrusted.</param>
    public bool Verify(AnchorProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return Header is not null && proof.Verify(Header);
    }

    /// <summary>True if the account is what the shard's last sealed state holds under the last accepted beacon header.</summary>
    /// <param name="proof">Shows the shard's state root; untrusted.</param>
    /// <param name="account">Shows the account under it; untrusted.</param>
    /// <param name="layout">The shards of that time, from a source that the caller trusts.</param>
    public bool Verify(AnchorProof proof, AccountProof account, ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(layout);
        return Verify(proof) && layout.IsLive(proof.Entry.Shard) && layout.TryGetInfo(proof.Entry.Shard, out ShardInfo? shard) && account.Holds(proof.Entry.StateRoot, shard);
    }

    private LightClientResult Check(BeaconHeader header, BeaconCertificate certificate, ValidatorSet validators)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(validators);
        if (header.ChainId != _chainId) return LightClientResult.WrongChain;
        if (header.Epoch != Epoch) return LightClientResult.WrongEpoch;
        if (Header is not null && header.Height <= Header.Height) return LightClientResult.NotNewer;
        if (header.Validators != _trusted || validators.Digest != _trusted) return LightClientResult.WrongValidators;
        return certificate.Verify(validators, header.Hash, _verifier) == CertificateResult.Valid ? LightClientResult.Accepted : LightClientResult.BadCertificate;
    }
}
