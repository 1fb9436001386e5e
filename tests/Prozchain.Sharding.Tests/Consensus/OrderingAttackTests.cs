using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>What one member, or a quorum gone bad, can do to a node.</summary>
public class OrderingAttackTests
{
    private readonly OrderingWriter _writer = new();

    private sealed class CountingVerifier : ISignatureVerifier
    {
        private readonly TestVerifier _verifier = new();

        public int Signatures { get; private set; }

        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            Signatures++;
            return _verifier.Verify(publicKey, message, signature);
        }

        public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
        {
            Signatures += batch.Length;
            _verifier.VerifyMany(batch, valid, maxDegreeOfParallelism);
        }
    }

    private static Committee CommitteeOf(params int[] seats) => new(new ShardId(3), 1, [.. seats.Select((count, i) => new CommitteeMember(new TestSigner(i).PublicKey, count))]);

    [Fact]
    public void Id_SameMembersAndFirstLeader_DiffersBySeed()
    {
        Committee committee = CommitteeOf(1, 1, 1, 1);
        byte[] seed = new byte[32], fresh = [.. seed];
        fresh[31] = 1;
        OrderingInstance one = new(1, committee, seed), other = new(1, committee, fresh);
        Assert.Equal(one.LeaderOf(1), other.LeaderOf(1));
        Assert.NotEqual(one.Id, other.Id);
    }

    [Theory]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(new[] { 1, 1, 20, 5, 3, 1, 2, 9, 1, 21 })]
    [InlineData(new[] { 22, 22, 22, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void LeaderOf_Seats_LeadAsOftenAsTheyAre(int[] seats)
    {
        Committee committee = CommitteeOf(seats);
        var instance = new OrderingInstance(1, committee, new SeededRandom(3).Bytes(32), viewsPerTerm: 5);
        var terms = new int[seats.Length];
        for (ulong term = 0; term < (ulong)committee.Seats; term++)
        {
            int leader = instance.LeaderOf(instance.FirstViewOf(term));
            terms[leader]++;
            Assert.Equal(leader, instance.LeaderOf(instance.FirstViewOf(term + 1) - 1));
            Assert.Equal(leader, instance.LeaderOf(instance.FirstViewOf(term + (ulong)committee.Seats)));
            if (3 * seats[leader] < committee.Seats) Assert.NotEqual(leader, instance.LeaderOf(instance.FirstViewOf(term + 1)));
        }
        Assert.Equal(seats, terms);
    }

    [Fact]
    public void Receive_NullificationOfATermLongPast_ChecksNoSignature()
    {
        var verifier = new CountingVerifier();
        var desk = new OrderingDesk(configure: world => world.Verifier = verifier);
        MicroBlock block = desk.Block(5, 1, desk.World.Anchor.Height + 2, desk.First.Hash);
        desk.Receive(block);
        desk.Receive(desk.Certificate(OrderingVoteKind.Finalize, 5, block.Hash));
        Assert.Equal(block.Hash, desk.Node.FinalHash);
        int before = verifier.Signatures;
        OrderingCertificate old = desk.Certificate(OrderingVoteKind.Nullify, 3, default);
        for (int i = 0; i < 100; i++) desk.Receive(old);
        Assert.Equal(before, verifier.Signatures);
    }

    [Fact]
    public void Receive_OneMemberSaysThatAllIsPruned_IsNotBelieved()
    {
        var desk = new OrderingDesk();
        OrderingCertificate final = desk.Certificate(OrderingVoteKind.Finalize, 9, TestNetwork.Key(9));
        byte[] lie = _writer.Blocks(1UL << 60, final, []).ToArray();
        for (desk.NowMs = 0; desk.NowMs < 5_000; desk.NowMs += 10) desk.Receive(lie);
        Assert.Equal(0UL, desk.Node.NeedsAnchorAt);
        // Two of four hold more than may be faulty.
        int second = (desk.Host.Member + 2) % 4;
        for (; desk.NowMs < 10_000; desk.NowMs += 10) desk.Receive(lie, second);
        Assert.Equal((1UL << 60) - 1, desk.Node.NeedsAnchorAt);
    }

    [Fact]
    public void Receive_ProposalLongBeforeItsView_DoesNotLengthenTimers()
    {
        var desk = new OrderingDesk();
        MicroBlock fifth = desk.Block(5, 1, desk.World.Anchor.Height + 2, desk.First.Hash), sixth = desk.Block(6, 5, desk.World.Anchor.Height + 3, fifth.Hash);
        desk.Receive(fifth);
        desk.Receive(sixth);
        desk.NowMs = 200;
        desk.Receive(desk.Certificate(OrderingVoteKind.Notarize, 5, fifth.Hash));
        desk.NowMs = 300;
        desk.Receive(desk.Certificate(OrderingVoteKind.Finalize, 6, sixth.Hash));
        Assert.Equal(sixth.Hash, desk.Node.FinalHash);
        // Two delays of 50 ms: nothing has grown.
        Assert.Equal(300 + 100 + 3 * 50, desk.Actions.WakeMs);
    }

    [Fact]
    public void Receive_TwoFinalChains_IsForkedAndSilent()
    {
        var desk = new OrderingDesk();
        MicroBlock one = desk.Block(5, 1, desk.World.Anchor.Height + 2, desk.First.Hash), rival = desk.Block(6, 1, desk.World.Anchor.Height + 2, desk.First.Hash, body: [7]);
        MicroBlock child = desk.Block(7, 6, desk.World.Anchor.Height + 3, rival.Hash);
        desk.Receive(one);
        desk.Receive(desk.Certificate(OrderingVoteKind.Finalize, 5, one.Hash));
        desk.Receive(child);
        Assert.False(desk.Node.IsForked);
        desk.Receive(desk.Certificate(OrderingVoteKind.Finalize, 7, child.Hash));
        Assert.True(desk.Node.IsForked);
        Assert.Equal(one.Hash, desk.Node.FinalHash);
        desk.Receive(_writer.WantCertificates(1).ToArray());
        Assert.Equal(0, desk.Actions.Count);
        desk.Receive(_writer.WantBlocks(desk.World.Anchor.Height + 1).ToArray());
        Assert.Equal(0, desk.Actions.Count);
    }

    [Fact]
    public void Tick_TimeRanOut_GivesUpOnce()
    {
        var desk = new OrderingDesk();
        desk.Actions.Clear();
        desk.Node.Tick(10_000, desk.Actions);
        Assert.Equal(3, desk.Votes().Count(vote => vote is { Kind: OrderingVoteKind.Nullify, View: 5 }));
        desk.Actions.Clear();
        desk.Node.Tick(30_000, desk.Actions);
        Assert.Equal(3, desk.Votes().Count(vote => vote is { Kind: OrderingVoteKind.Nullify, View: 5 }));
    }

    [Fact]
    public void Add_VoteOfAViewLongPast_TakesNoLaterViewsPlace()
    {
        var world = new OrderingWorld(new SeededRandom(1), 4);
        var book = new VoteBook(world.Instance, world.SchemeOf(-1)) { Accuse = _ => Assert.Fail("Expected no evidence.") };
        Digest subject = TestNetwork.Key(1);
        OrderingCertificate? certificate = null;
        for (int member = 0; member < 3; member++)
        {
            Assert.True(Add(40, member));
            if (member < 2) Assert.True(Add(40 - 2 * VoteBook.Reach, 3));
        }
        Assert.Equal(40UL, certificate?.View);

        bool Add(ulong view, int member)
        {
            var share = new byte[65];
            world.SchemeOf(member).SignShare(world.Instance.MessageFor(OrderingVoteKind.Finalize, view, subject).Span, share);
            return book.Add(new VoteView(OrderingVoteKind.Finalize, view, member, subject, share), VoteOrigin.Direct, out certificate);
        }
    }
}
