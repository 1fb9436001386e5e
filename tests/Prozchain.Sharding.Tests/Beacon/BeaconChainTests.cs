using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

public class BeaconChainTests
{
    private const int FirstValidator = 100;

    private readonly ShardLayout _layout = ShardLayout.Create(3);
    private readonly ShardChain[] _shards;
    private readonly BeaconChain _beacon;

    public BeaconChainTests()
    {
        _shards = [.. Enumerable.Range(0, 3).Select(i => TestNetwork.Chain(_layout, i))];
        _beacon = new BeaconChain(Options(5));
    }

    [Fact]
    public void Apply_CertifiedHeaders_AreAnchored()
    {
        BeaconBlock block = Propose(5, [.. _shards.Reverse().Select(Next)], [], [new ApplicationRecord(3, new byte[] { 1, 2 })]);
        Assert.True(_beacon.Apply(block).IsValid);
        Assert.Equal((1UL, block.Hash, 5L), (_beacon.Height, _beacon.Tip, _beacon.TimeMs));
        foreach (ShardChain shard in _shards) Assert.Equal(shard.Tip.Hash, _beacon.Anchored(shard.Shard).Hash);
        Assert.Equal(BeaconResult.WrongHeight, _beacon.Apply(block).Result);
    }

    [Fact]
    public void Apply_SeveralHeadersOfAShard_MustChain()
    {
        Anchor first = Next(_shards[0]), second = Next(_shards[0]), third = Next(_shards[0]);
        Assert.Equal(new BeaconVerdict(BeaconResult.BrokenHeaderChain, 1), _beacon.Verify(Propose(5, [first, third], [], [])));
        Assert.Equal(new BeaconVerdict(BeaconResult.BrokenHeaderChain, 0), _beacon.Verify(Propose(5, [second], [], [])));
        Assert.Equal(new BeaconVerdict(BeaconResult.AnchorsNotSorted, 1), _beacon.Verify(Propose(5, [first, first], [], [])));
        Assert.True(_beacon.Apply(Propose(5, [second, third, first], [], [])).IsValid);
        Assert.Equal(3UL, _beacon.Anchored(_shards[0].Shard).Height);
    }

    [Fact]
    public void Verify_BadCertificate_IsNamed()
    {
        Anchor good = Next(_shards[0]), other = Next(_shards[1]);
        Committee committee = _beacon.Committees.Of(good.Header.Shard);
        Digest hash = good.Header.Hash;
        AssertRefused(CertificateResult.WrongHeader, good with { Certificate = other.Certificate });
        AssertRefused(CertificateResult.TooFewSeats, good with { Certificate = Certificate.Assemble(committee, hash, []) });
        Vote[] votes = [.. Votes(committee, hash)];
        // One seat short of the quorum: drop voters from the end until too few seats are left.
        int kept = votes.Length;
        while (votes[..kept].Sum(vote => committee.Members[vote.Member].Seats) >= committee.Quorum) kept--;
        AssertRefused(CertificateResult.TooFewSeats, good with { Certificate = Certificate.Assemble(committee, hash, votes[..kept]) });
        byte[] forged = votes[0].Signature.ToArray();
        forged[20] ^= 1;
        AssertRefused(CertificateResult.BadSignature, good with { Certificate = Certificate.Assemble(committee, hash, [votes[0] with { Signature = forged }, .. votes[1..]]) });
        var larger = new Committee(committee.Shard, 0, [.. committee.Members, new CommitteeMember(TestNetwork.Wallet(0).PublicKey, 1)]);
        AssertRefused(CertificateResult.WrongCommittee, good with { Certificate = Certificate.Assemble(larger, hash, votes) });
        Assert.True(_beacon.Verify(Propose(5, [good], [], [])).IsValid);

        void AssertRefused(CertificateResult reason, Anchor anchor) =>
            Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, reason), _beacon.Verify(Propose(5, [anchor], [], [])));
    }

    [Fact]
    public void Verify_AnotherCommittee_DoesNotCertify()
    {
        Anchor anchor = Next(_shards[0]);
        // Signers of other committees, with valid signatures of their own over the header.
        Committee mine = _beacon.Committees.Of(anchor.Header.Shard);
        Vote[] votes = [.. Enumerable.Range(0, mine.Members.Count).Select(i => Vote.Cast(i, TestNetwork.Wallet(i), anchor.Header.Hash))];
        Anchor foreign = anchor with { Certificate = Certificate.Assemble(mine, anchor.Header.Hash, votes) };
        Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, CertificateResult.BadSignature), _beacon.Verify(Propose(5, [foreign], [], [])));
    }

    [Fact]
    public void Verify_HeaderOfAnotherChainOrShard_IsNamed()
    {
        // Certified by the very committee, and right in everything else.
        ShardHeader h = _shards[0].Propose(1).Header;
        foreach ((ulong chain, ShardId shard) in ((ulong, ShardId)[])[(8, h.Shard), (TestNetwork.ChainId, new ShardId(99))])
        {
            var header = new ShardHeader
            {
                ChainId = chain, Shard = shard, Height = h.Height, Parent = h.Parent, TimeMs = h.TimeMs, Epoch = h.Epoch, TransfersRoot = h.TransfersRoot, InboundRoot = h.InboundRoot,
                ReceiptsRoot = h.ReceiptsRoot, StateRoot = h.StateRoot, ChannelsRoot = h.ChannelsRoot, Transfers = 0, InboundBundles = 0, OutboundBundles = 0,
            };
            Committee committee = _beacon.Committees.Of(h.Shard);
            var anchor = new Anchor(header, Certificate.Assemble(committee, header.Hash, [.. Votes(committee, header.Hash)]));
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
    public void Apply_EpochEnd_DrawsNewCommitteesAndEndsOldHeaders()
    {
        Anchor old = Next(_shards[0]);
        Committee before = _beacon.Committees.Of(_shards[0].Shard);
        for (int i = 0; i < 4; i++) Assert.True(_beacon.Apply(Propose(i, [], [], [])).IsValid);
        Assert.Equal(1UL, _beacon.Epoch);
        Assert.Equal(1UL, _beacon.Committees.Epoch);
        Assert.NotSame(before, _beacon.Committees.Of(_shards[0].Shard));
        // What was certified at the end of an epoch still counts in the next one, and not after it.
        Assert.True(_beacon.Verify(Propose(9, [old], [], [])).IsValid);
        for (int i = 0; i < 4; i++) Assert.True(_beacon.Apply(Propose(9, [], [], [])).IsValid);
        Assert.Equal(new BeaconVerdict(BeaconResult.WrongAnchorEpoch, 0), _beacon.Verify(Propose(9, [old], [], [])));
    }

    [Fact]
    public void Hash_Signatures_AreNotCovered()
    {
        Anchor anchor = Next(_shards[0]);
        Committee committee = _beacon.Committees.Of(anchor.Header.Shard);
        // Another quorum: one seat of six is left out.
        int left = committee.Members.ToList().FindIndex(member => member.Seats == 1);
        Anchor same = anchor with { Certificate = Certificate.Assemble(committee, anchor.Header.Hash, [.. Votes(committee, anchor.Header.Hash).Where(vote => vote.Member != left)]) };
        Assert.Equal(Propose(1, [anchor], [], []).Hash, Propose(1, [same], [], []).Hash);
        Assert.NotEqual(Propose(1, [anchor], [], []).Hash, Propose(1, [], [], []).Hash);
        Assert.NotEqual(
            Propose(1, [], [], [new ApplicationRecord(1, new byte[] { 1 })]).Hash,
            Propose(1, [], [], [new ApplicationRecord(2, new byte[] { 1 })]).Hash);
    }

    private BeaconBlock Propose(long nowMs, Anchor[] anchors, ExitOrder[] exits, ApplicationRecord[] records) =>
        _beacon.Propose(nowMs, new BeaconBody { Anchors = anchors, Exits = exits, Records = records });

    private Anchor Next(ShardChain shard)
    {
        Assert.True(shard.Apply(shard.Propose(1)).IsValid);
        Committee committee = _beacon.Committees.Of(shard.Shard);
        return new Anchor(shard.Tip, Certificate.Assemble(committee, shard.Tip.Hash, [.. Votes(committee, shard.Tip.Hash)]));
    }

    private static IEnumerable<Vote> Votes(Committee committee, Digest hash) => committee.Members.Select((member, i) =>
        Vote.Cast(i, Enumerable.Range(FirstValidator, 5).Select(TestNetwork.Wallet).Single(wallet => wallet.PublicKey.Span.SequenceEqual(member.PublicKey.Span)), hash));

    private BeaconOptions Options(int validators) => new()
    {
        ChainId = TestNetwork.ChainId,
        Layout = _layout,
        Genesis = [.. _shards.Select(shard => shard.Tip)],
        Validators = [.. Enumerable.Range(FirstValidator, validators).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 1000))],
        Committees = new CommitteeParameters(6),
        BlocksPerEpoch = 4,
        Randomness = new SeededRandomness(new byte[32]),
        Verifier = new TestVerifier(),
    };
}
