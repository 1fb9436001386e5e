using System.Diagnostics;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// The beacon of an engine and the votes of its validators, all of whom live in this process: for each sealing header as
/// many of the committee sign, in its order, as make the quorum.
/// </summary>
internal sealed class BeaconDesk
{
    private readonly BeaconOptions _options;
    private readonly BeaconChain _chain;
    private readonly Dictionary<Address, ISigner> _signers = [];
    private readonly Func<Committee, ISigner?, ICertificateScheme> _schemes;
    private Ballot[] _ballots = [];
    private (ulong Epoch, ShardLayout? Layout) _ballotsOf;

    public BeaconDesk(InProcessOptions options, ShardLayout layout, IEnumerable<MicroHeader> genesis, ISignatureVerifier verifier)
    {
        _schemes = options.Schemes ?? ((committee, signer) => new SignatureListScheme(committee, verifier, signer));
        foreach (EngineValidator validator in options.Validators) _signers[Address.FromPublicKey(validator.Signer.PublicKey.Span)] = validator.Signer;
        _options = new BeaconOptions
        {
            ChainId = options.Rules.Atomic.ChainId, Layout = layout, Verifier = verifier, Randomness = options.Randomness, BlocksPerEpoch = options.RoundsPerEpoch,
            Genesis = [.. genesis.Select(header => AnchorEntry.Genesis(header.Shard, new OrderingAnchor(header.Hash, header.Height, header.TimeMs), header.StateRoot))],
            Validators = [.. options.Validators.Select(validator => new Validator(validator.Signer.PublicKey, validator.Stake))],
            Security = options.Security, UnsafeDevelopment = options.UnsafeDevelopment,
            Schemes = committee => _schemes(committee, null), MaxDegreeOfParallelism = options.MaxDegreeOfParallelism,
        };
        _chain = new BeaconChain(_options);
    }

    public BeaconState State => _chain.State;

    public RecordQueue Records { get; } = new();

    /// <summary>A round begins: the runs of its epoch, shard by shard in the order of the layout.</summary>
    public ReadOnlySpan<Ballot> Ballots(ShardLayout layout)
    {
        if (_ballotsOf == (State.Epoch, layout)) return _ballots;
        _ballots = [.. layout.Shards.Select(shard => MakeBallot(shard.Id))];
        _ballotsOf = (State.Epoch, layout);
        return _ballots;
    }

    /// <summary>The committee of a shard makes a header final. Called on several threads, for one shard each.</summary>
    public FinalityProof Certify(int shard, MicroHeader header)
    {
        Ballot ballot = _ballots[shard];
        byte[] message = ballot.Instance.MessageFor(OrderingVoteKind.Finalize, header.View, header.Hash).Span.ToArray();
        Committee committee = ballot.Instance.Committee;
        var shares = new List<CertificateShare>();
        for (int i = 0, seats = 0; i < committee.Members.Count && seats < committee.Quorum; i++)
        {
            var share = new byte[ballot.Schemes[i].Sizes.Share];
            ballot.Schemes[i].SignShare(message, share);
            shares.Add(new CertificateShare(i, share));
            seats += committee.Members[i].Seats;
        }
        var certificate = new byte[ballot.Schemes[0].Sizes.MaxCertificate];
        int length = ballot.Schemes[0].Combine(message, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shares), certificate);
        return FinalityProof.Of([header], new OrderingCertificate(OrderingVoteKind.Finalize, header.View, header.Hash, certificate.AsMemory(0, length)));
    }

    /// <summary>The block that anchors a round's headers and orders what records fit.</summary>
    public BeaconBlock Propose(long nowMs, IReadOnlyList<FinalityProof> anchors)
    {
        BeaconBlock block = _chain.Propose(nowMs, new BeaconBody { Anchors = anchors, Records = Records.Next() });
        BeaconVerdict verdict = _chain.Verify(block);
        return verdict.IsValid ? block : throw new UnreachableException($"Expected a valid beacon block, got {verdict}.");
    }

    /// <summary>The round is in the log. A block of the log is not checked for signatures; the verdict says what else is wrong with it.</summary>
    public BeaconVerdict Take(BeaconBlock block, bool isOwn)
    {
        BeaconVerdict verdict = _chain.Apply(block, checkSignatures: false);
        if (isOwn && verdict.IsValid) Records.Remove(block.Body.Records.Count);
        return verdict;
    }

    private Ballot MakeBallot(ShardId shard)
    {
        OrderingInstance instance = State.OrderingOf(_options, shard, State.Epoch) ?? throw new UnreachableException($"Expected a committee of shard {shard} in epoch {State.Epoch}, got none.");
        return new Ballot(instance, [.. instance.Committee.Members.Select(member => _schemes(instance.Committee, _signers[Address.FromPublicKey(member.PublicKey.Span)]))]);
    }

    /// <summary>A run and the schemes with which its members sign.</summary>
    internal sealed record Ballot(OrderingInstance Instance, ICertificateScheme[] Schemes);
}
