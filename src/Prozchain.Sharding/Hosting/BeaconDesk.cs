using System.Diagnostics;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// The beacon of an engine and the votes of its validators, all of whom live in this process: for each sealing header as
/// many of the committee sign, in its order, as make the quorum.
/// </summary>
internal sealed class BeaconDesk
{
    private readonly BeaconOptions _options;
    private BeaconChain _chain;
    private readonly Dictionary<Address, ISigner> _signers = [];
    private readonly Func<Committee, ISigner?, ICertificateScheme> _schemes;
    private Ballot[] _ballots = [];
    private BeaconBody _proposed = new();
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
            // Only this process proposes, and says itself when a shard's heirs are ready.
            Topology = new TopologyRules { Trigger = (_, _) => true, CooldownEpochs = 0, DrainBlocks = 0 },
            Schemes = committee => _schemes(committee, null), MaxDegreeOfParallelism = options.MaxDegreeOfParallelism,
        };
        _chain = new BeaconChain(_options);
    }

    public BeaconState State => _chain.State;

    public RecordQueue Records { get; } = new();

    /// <summary>Puts a state in place that <see cref="BeaconState.Write"/> wrote; false for other bytes, or one that these validators cannot go on from.</summary>
    public bool TryRead(ReadOnlySpan<byte> source, in Digest root)
    {
        if (BeaconState.TryRead(source, _options, out BeaconState? state) != ReadResult.Ok || state!.Root() != root) return false;
        foreach (ValidatorSet set in (ReadOnlySpan<ValidatorSet>)[state.Validators, state.NextValidators, state.LastSet])
            if (!set.Members.All(member => _signers.ContainsKey(Address.FromPublicKey(member.PublicKey.Span)))) return false;
        _chain = new BeaconChain(_options, state);
        return true;
    }

    /// <summary>A round begins: the runs of its epoch, shard by shard in the order of the layout.</summary>
    public ReadOnlySpan<Ballot> Ballots(ShardLayout layout)
    {
        if (_ballotsOf == (State.Epoch, layout)) return _ballots;
        _ballots = [.. layout.Shards.Select(shard => MakeBallot(shard.Id))];
        _ballotsOf = (State.Epoch, layout);
        return _ballots;
    }

    /// <summary>True if the next block ends an epoch.</summary>
    public bool IsLastOfEpoch => (State.Height + 1) % (ulong)_options.BlocksPerEpoch == 0;

    /// <summary>The next block, the last of its epoch, is to make a change, for which as many of the heirs' committee say that they are ready as it takes. False if the beacon does not take it.</summary>
    public bool TryPropose(ReshapeAction action, long nowMs)
    {
        var proposal = new TopologyProposal(action, ReadOnlyMemory<byte>.Empty);
        ReadOnlySpan<byte> message = proposal.Ready(State.Epoch).Message(_options.ChainId).Span;
        Committee target = State.TargetOf(action);
        var ready = new List<Readiness>();
        for (int i = 0, seats = 0; i < target.Members.Count && seats < target.Quorum; i++)
        {
            ISigner signer = _signers[Address.FromPublicKey(target.Members[i].PublicKey.Span)];
            var signature = new byte[SignatureSchemes.Ed25519SignatureSize];
            signer.Sign(message, signature);
            ready.Add(new Readiness(proposal.Id, i, signature));
            seats += target.Members[i].Seats;
        }
        var body = new BeaconBody { Proposals = [proposal], Ready = ready };
        if (!BeaconFold.Probe(_options, State, nowMs, body).IsValid) return false;
        _proposed = body;
        return true;
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
        BeaconBlock block = _chain.Propose(nowMs, _proposed with { Anchors = anchors, Records = Records.Next() });
        _proposed = new BeaconBody();
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
