using Prozchain.Sharding.Committees;
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
/// Follows the beacon by headers and proofs of finality alone, epoch by epoch, from a digest of one epoch's validators that its
/// user trusts. It needs one header of each epoch; every header names its epoch's set and the next one's.
/// </summary>
/// <remarks>
/// Not for a digest older than the unbonding period: validators whose stake is free again lose nothing by signing another
/// history. One caller at a time.
/// </remarks>
public sealed class BeaconLightClient
{
    private readonly ulong _chainId;
    private readonly Func<Committee, ICertificateScheme> _schemeOf;
    private Digest _trusted;
    private OrderingInstance? _run;

    /// <summary>Starts from what the user trusts.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The epoch of the trusted set.</param>
    /// <param name="validators"><see cref="ValidatorSet.Digest"/> of that epoch.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="schemeOf">Makes the scheme of a committee; null for a <see cref="SignatureListScheme"/>.</param>
    /// <param name="layout">The shards of that epoch, where the user trusts those as well: the client then follows their splits and merges, and checks proofs of cells by itself.</param>
    public BeaconLightClient(ulong chainId, ulong epoch, Digest validators, ISignatureVerifier verifier, Func<Committee, ICertificateScheme>? schemeOf = null, ShardLayout? layout = null)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        Layout = layout;
        _chainId = chainId;
        _schemeOf = schemeOf ?? (committee => new SignatureListScheme(committee, verifier));
        _trusted = validators;
        Epoch = epoch;
    }

    /// <summary>The epoch whose validators the client trusts now.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The last accepted header; null before the first.</summary>
    public BeaconHeader? Header { get; private set; }

    /// <summary>The shards as the client knows them; null where it was given none. Behind a change that it has not taken in, it believes no proof of the new shards.</summary>
    public ShardLayout? Layout { get; private set; }

    /// <summary>Takes in another layout: the one that the last accepted header, that of the block which ends an epoch, let out a record of.</summary>
    /// <param name="record">The record; untrusted.</param>
    /// <param name="proof">Shows it under the header; untrusted.</param>
    /// <param name="layout">The layout, from anywhere: held against the record.</param>
    /// <returns>False, and nothing changed, if it is not that layout.</returns>
    public bool Adopt(in LayoutRecord record, BeaconOutputProof proof, ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(layout);
        if (Header is null || record.Layout != layout.Hash() || record.Epoch != Header.Epoch + 1 || !proof.Verify(Header, BeaconWire.Encode(record.Write))) return false;
        Layout = layout;
        return true;
    }

    /// <summary>Takes a newer header that the epoch's validators certified: of the epoch that the client stands in, or the last one of the epoch before.</summary>
    /// <param name="header">The header.</param>
    /// <param name="proof">Finality of the next block of the beacon, whose header states this one.</param>
    /// <param name="validators">The epoch's validators, from anywhere: held against the trusted digest.</param>
    public LightClientResult Accept(BeaconHeader header, FinalityProof proof, ValidatorSet validators)
    {
        LightClientResult result = Check(header, proof, validators);
        if (result == LightClientResult.Accepted) Header = header;
        return result;
    }

    /// <summary>Takes any certified header of the epoch, newer than the last or that very one, and moves on to the next epoch.</summary>
    /// <param name="header">The header; it names the next validators.</param>
    /// <param name="proof">Finality of the next block of the beacon.</param>
    /// <param name="validators">The epoch's validators.</param>
    /// <param name="next">The next epoch's validators, from anywhere: held against the header.</param>
    public LightClientResult HandOver(BeaconHeader header, FinalityProof proof, ValidatorSet validators, ValidatorSet next)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(next);
        if (header.Epoch != Epoch) return LightClientResult.WrongEpoch;
        LightClientResult result = Header?.Hash == header.Hash ? LightClientResult.Accepted : Check(header, proof, validators);
        if (result != LightClientResult.Accepted) return result;
        if (next.Digest != header.NextValidators) return LightClientResult.WrongNextValidators;
        Header = header;
        _trusted = next.Digest;
        _run = null;
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

    /// <summary>
    /// True if the cell is what the shard's last sealed state holds under the last accepted beacon header. A shard that was
    /// split or merged has no place under the headers since, and one that the client's layout lacks is not believed.
    /// </summary>
    /// <param name="proof">Shows the shard's state root; untrusted.</param>
    /// <param name="cell">Shows the cell under it; untrusted.</param>
    public bool Verify(AnchorProof proof, CellProof cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Layout is { } layout && Verify(proof) && layout.IsLive(proof.Entry.Shard) && layout.TryGetInfo(proof.Entry.Shard, out ShardInfo? shard) && cell.Holds(proof.Entry.StateRoot, shard);
    }

    private LightClientResult Check(BeaconHeader header, FinalityProof proof, ValidatorSet validators)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(validators);
        if (header.ChainId != _chainId) return LightClientResult.WrongChain;
        // The last block of an epoch is stated by the first one of the next.
        if (proof.Header.Epoch != Epoch || (header.Epoch != Epoch && header.Epoch + 1 != Epoch)) return LightClientResult.WrongEpoch;
        if (Header is not null && header.Height <= Header.Height) return LightClientResult.NotNewer;
        if ((header.Epoch == Epoch ? header.Validators : header.NextValidators) != _trusted || validators.Digest != _trusted) return LightClientResult.WrongValidators;
        MicroHeader stating = proof.Header;
        if (stating.ReceiptsRoot != header.Hash || stating.Height != header.Height + 1 || stating.Kind == MicroBlockKind.Closing) return LightClientResult.BadCertificate;
        _run ??= BeaconRun.InstanceOf(_chainId, Epoch, validators);
        return proof.Verify(_run, _schemeOf(_run.Committee)) == CertificateResult.Valid ? LightClientResult.Accepted : LightClientResult.BadCertificate;
    }
}
