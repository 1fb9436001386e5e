using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

public class BeaconChainTests
{
    private readonly BeaconWorld _world = new(5, shards: 3);
    private readonly BeaconChain _beacon;

    public BeaconChainTests() => _beacon = new BeaconChain(_world.Options);

    private ShardId First => _world.State.Layout.Shards[0].Id;

    [Fact]
    public void Apply_FinalHeaders_AreAnchored()
    {
        FinalityProof[] anchors = _world.AnchorAll();
        BeaconBlock block = Propose(5, [.. anchors.Reverse()], [], [new ApplicationRecord(3, new byte[] { 1, 2 })]);
        Assert.True(_beacon.Apply(block).IsValid);
        Assert.Equal((1UL, block.Hash, 5L), (_beacon.Height, _beacon.Tip, _beacon.TimeMs));
        foreach (FinalityProof anchor in anchors) Assert.Equal(anchor.Header.Hash, _beacon.Anchored(anchor.Header.Shard).HeaderHash);
        Assert.Equal(BeaconResult.WrongHeight, _beacon.Apply(block).Result);
    }

    [Fact]
    public void Verify_BadCertificate_IsNamed()
    {
        FinalityProof good = _world.Anchor(First);
        OrderingInstance instance = _world.State.OrderingOf(_world.Options, First, 0)!;
        Committee committee = instance.Committee;
        AssertRefused(CertificateResult.BadSignature, Certified(good.Certificate.Proof.Span[..^1]));
        AssertRefused(CertificateResult.BadSignature, Certified(default));
        byte[] forged = good.Certificate.Proof.ToArray();
        forged[^1] ^= 1;
        AssertRefused(CertificateResult.BadSignature, Certified(forged));
        AssertRefused(CertificateResult.WrongCommittee, Certified(new byte[10_000]));
        // One seat short of the quorum: drop voters from the end until too few seats are left.
        List<CommitteeMember> kept = [.. committee.Members];
        while (kept.Sum(member => member.Seats) >= committee.Quorum) kept.RemoveAt(kept.Count - 1);
        HashSet<int> wallets = [.. kept.Select(member => BeaconWorld.WalletOf(member.PublicKey.Span))];
        AssertRefused(CertificateResult.TooFewSeats, _world.Anchor(First, wallets.Contains));
        // A run of another seed, or with longer terms, is another run, even of the same members.
        foreach (OrderingInstance other in (OrderingInstance[])[new(instance.ChainId, committee, new byte[32]), new(instance.ChainId, committee, new byte[32], 8)])
            AssertRefused(CertificateResult.WrongHeader, BeaconWorld.Prove(other, [BeaconWorld.Header(other, 1, _world.State.TipOf(First).Hash)]));
        Assert.True(_beacon.Verify(Propose(5, [good], [], [])).IsValid);

        FinalityProof Certified(ReadOnlySpan<byte> proof) =>
            FinalityProof.Of(good.Headers, new OrderingCertificate(OrderingVoteKind.Finalize, good.Header.View, good.Header.Hash, proof.ToArray()));

        void AssertRefused(CertificateResult reason, FinalityProof anchor) =>
            Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, reason), _beacon.Verify(Propose(5, [anchor], [], [])));
    }

    [Fact]
    public void Verify_AnotherShardsCommittee_DoesNotCertify()
    {
        // Headers of the first shard, finalized in the run of the second.
        ShardId other = _world.State.Layout.Shards[1].Id;
        OrderingInstance foreign = _world.State.OrderingOf(_world.Options, other, 0)!;
        Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, CertificateResult.WrongHeader), _beacon.Verify(Propose(5, [_world.Anchor(First, committee: foreign.Committee.For(First, 0))], [], [])));
        // The right run's headers, and votes of that run, by keys of another committee.
        FinalityProof mine = _world.Anchor(First);
        FinalityProof swapped = FinalityProof.Of(mine.Headers, new OrderingCertificate(OrderingVoteKind.Finalize, mine.Header.View, mine.Header.Hash, _world.Anchor(other).Certificate.Proof));
        Assert.Equal(BeaconResult.BadCertificate, _beacon.Verify(Propose(5, [swapped], [], [])).Result);
    }

    [Fact]
    public void Verify_HeaderOfAnotherChainOrShard_IsNamed()
    {
        // Certified by the very committee, and right in everything else.
        Committee committee = _world.State.Committees.Of(First);
        foreach (OrderingInstance instance in (OrderingInstance[])[new(8, committee, new byte[32]), new(TestNetwork.ChainId, committee.For(new ShardId(99), 0), new byte[32])])
        {
            FinalityProof anchor = BeaconWorld.Prove(instance, [BeaconWorld.Header(instance, 1, _world.State.TipOf(First).Hash)]);
            Assert.Equal(new BeaconVerdict(BeaconResult.UnknownShard, 0), _beacon.Verify(Propose(5, [anchor], [], [])));
        }
    }

    [Fact]
    public void Verify_WrongFrame_IsNamed()
    {
        BeaconBlock Make(ulong chain = TestNetwork.ChainId, ulong height = 2, Digest? parent = null, ulong epoch = 0, long time = 5)
        {
            BeaconHeader h = Propose(5, [], [], []).Header;
            return new(new BeaconHeader
            {
                ChainId = chain, Height = height, Parent = parent ?? _beacon.Tip, Epoch = epoch, TimeMs = time, BodyRoot = h.BodyRoot, Validators = h.Validators,
                NextValidators = h.NextValidators, Anchors = h.Anchors, AnchorRoot = h.AnchorRoot, Outputs = h.Outputs, OutputRoot = h.OutputRoot,
            }, new BeaconBody());
        }
        Assert.True(_beacon.Apply(Propose(4, [], [], [])).IsValid);
        Assert.Equal(BeaconResult.WrongChain, _beacon.Verify(Make(chain: 1)).Result);
        Assert.Equal(BeaconResult.WrongHeight, _beacon.Verify(Make(height: 3)).Result);
        Assert.Equal(BeaconResult.WrongParent, _beacon.Verify(Make(parent: TestNetwork.Key(1))).Result);
        Assert.Equal(BeaconResult.WrongEpoch, _beacon.Verify(Make(epoch: 1)).Result);
        Assert.Equal(BeaconResult.TimeBeforeParent, _beacon.Verify(Make(time: 3)).Result);
        Assert.True(_beacon.Verify(Make()).IsValid);
        Assert.Equal(BeaconResult.WrongBody, _beacon.Verify(Make() with { Body = new BeaconBody { Records = [new ApplicationRecord(1, default)] } }).Result);
        Assert.Equal(BeaconResult.TimeTooFarOff, _beacon.VerifyForVote(Make(), 2006).Result);
        Assert.True(_beacon.VerifyForVote(Make(), 2005).IsValid);
        var big = new ApplicationRecord(1, new byte[1 << 20]);
        Assert.Equal(BeaconResult.TooLarge, _beacon.Verify(Propose(5, [], [], [.. Enumerable.Repeat(big, 17)])).Result);
    }

    [Fact]
    public void Hash_Signatures_AreNotCovered()
    {
        FinalityProof anchor = _world.Anchor(First);
        Committee committee = _world.State.Committees.Of(First);
        // Another quorum: one seat of six is left out.
        int left = BeaconWorld.WalletOf(committee.Members.First(member => member.Seats == 1).PublicKey.Span);
        FinalityProof same = _world.Anchor(First, wallet => wallet != left);
        Assert.NotEqual(TestNetwork.Encode(anchor.Write), TestNetwork.Encode(same.Write));
        Assert.Equal(Propose(1, [anchor], [], []).Hash, Propose(1, [same], [], []).Hash);
        Assert.NotEqual(Propose(1, [anchor], [], []).Hash, Propose(1, [], [], []).Hash);
        // The same tip, shown from further up: it states another root of the state.
        FinalityProof chain = _world.Anchor(First, headers: 2), top = BeaconWorld.Prove(_world.State.OrderingOf(_world.Options, First, 0)!, [chain.Headers[1]]);
        Assert.NotEqual(Propose(1, [chain], [], []).Header.BodyRoot, Propose(1, [top], [], []).Header.BodyRoot);
        Assert.NotEqual(
            Propose(1, [], [], [new ApplicationRecord(1, new byte[] { 1 })]).Hash,
            Propose(1, [], [], [new ApplicationRecord(2, new byte[] { 1 })]).Hash);
    }

    private BeaconBlock Propose(long nowMs, FinalityProof[] anchors, ExitOrder[] exits, ApplicationRecord[] records) =>
        _beacon.Propose(nowMs, new BeaconBody { Anchors = anchors, Exits = exits, Records = records });

    /// <summary>What a vote of an earlier run proves convicts in that run's epoch, whatever the beacon's epoch is by then.</summary>
    [Fact]
    public void Accuse_EvidenceOfAnEarlierRun_NamesItsEpoch()
    {
        BeaconOptions options = new BeaconWorld(with: options => options with { BlocksPerEpoch = 1 }).Options;
        var beacon = new ReplicatedBeacon(options, 0, TestNetwork.AddressOf(0));
        OrderingInstance run = BeaconRun.InstanceOf(options.ChainId, 0, beacon.State.Validators);
        ReadOnlyMemory<byte> accused = run.Committee.Members[2].PublicKey;
        MicroHeader header = BeaconWorld.Header(run, 1, beacon.Anchor.Hash, MicroBlockKind.Terminal);
        beacon.Finalized(new MicroBlock(header, default), new OrderingCertificate(OrderingVoteKind.Finalize, header.View, header.Hash, default));
        Assert.Equal((1UL, false), (beacon.State.Epoch, beacon.IsFaulted));
        beacon.Accuse(VoteEvidence.Of(run, Vote(1), Vote(2)));
        FaultEvidence evidence = Assert.Single(beacon.Evidence);
        Assert.Equal(0UL, evidence.Statement.Epoch);
        var directory = new BeaconDirectory(options, BeaconFold.Genesis(options), key => new NodeId(BeaconWorld.WalletOf(key.Span)));
        directory.Update(beacon.State);
        Assert.True(new VoteAuditor(directory).Contradicts(accused.Span, 0, evidence.Statement.Epoch, evidence.Witness.Span));
        beacon.Accuse(VoteEvidence.Of(new OrderingInstance(99, run.Committee, new byte[32]), Vote(1), Vote(2)));
        Assert.Single(beacon.Evidence);

        OrderingVote Vote(int block)
        {
            var share = new byte[65];
            TestNetwork.Wallet(BeaconWorld.WalletOf(accused.Span)).Sign(run.MessageFor(OrderingVoteKind.Notarize, 7, TestNetwork.Key(block)).Span, share);
            return new OrderingVote(OrderingVoteKind.Notarize, 7, 2, TestNetwork.Key(block), share);
        }
    }
}
