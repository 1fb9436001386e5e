using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>What a validator votes for, one rule at a time: a node in the fifth view, whose third was given up, is shown a proposal.</summary>
public class ProposalRulesTests
{
    private readonly OrderingDesk _desk = new();

    public static TheoryData<string, bool> Cases => new()
    {
        { "good", true }, { "sealing root at no sealing height", false }, { "receipts of another execution", false }, { "writes of another execution", false },
        { "height", false }, { "before its parent", false }, { "closing", false }, { "terminal too early", false }, { "another parent", false }, { "body the application refuses", false },
        { "another epoch", false }, { "another instance", false }, { "another shard", false }, { "another chain", false }, { "far ahead", false }, { "not the leader", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Receive_Proposal_IsVotedForIfAllRulesHold(string what, bool votes)
    {
        MicroBlock block = _desk.Block(5, 1, _desk.World.Anchor.Height + 2, _desk.First.Hash, header => what switch
        {
            "sealing root at no sealing height" => Copy(header, stateRoot: TestNetwork.Key(1)),
            "receipts of another execution" => Copy(header, receipts: TestNetwork.Key(1)),
            "writes of another execution" => Copy(header, writes: TestNetwork.Key(1)),
            "height" => Copy(header, height: header.Height + 1),
            "before its parent" => Copy(header, timeMs: header.TimeMs - 1),
            "closing" => Copy(header, kind: MicroBlockKind.Closing),
            "terminal too early" => Copy(header, kind: MicroBlockKind.Terminal),
            "another parent" => Copy(header, parent: _desk.World.Anchor.Hash),
            "another epoch" => Copy(header, epoch: 9),
            "another instance" => Copy(header, instance: TestNetwork.Key(1)),
            "another shard" => Copy(header, shard: 9),
            "another chain" => Copy(header, chain: 9),
            "far ahead" => Copy(header, timeMs: 501),
            _ => header,
        }, what == "body the application refuses" ? [0xEE] : [1, 2, 3]);
        _desk.Receive(block, what == "not the leader" ? _desk.Host.Member : null);
        Assert.Equal(votes, _desk.VotesFor(block));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]  // view 1 was notarized and never given up
    [InlineData(2, false)]  // given up, never notarized
    [InlineData(4, false)]
    public void Receive_ParentView_MustBeNotarizedAndAllBetweenGivenUp(ulong parentView, bool votes)
    {
        bool onAnchor = parentView == 0;
        MicroBlock block = _desk.Block(5, parentView, _desk.World.Anchor.Height + (onAnchor ? 1UL : 2UL), onAnchor ? _desk.World.Anchor.Hash : _desk.First.Hash);
        _desk.Receive(block);
        Assert.Equal(votes, _desk.VotesFor(block));
    }

    [Fact]
    public void Receive_SecondProposalOfAView_IsNotVotedForAndAccuses()
    {
        MicroBlock one = _desk.Block(5, 1, _desk.World.Anchor.Height + 2, _desk.First.Hash), other = _desk.Block(5, 1, _desk.World.Anchor.Height + 2, _desk.First.Hash, body: [9]);
        _desk.Receive(one);
        Assert.True(_desk.VotesFor(one));
        _desk.Receive(other);
        Assert.False(_desk.VotesFor(other));
        Assert.Equal(_desk.World.Instance.LeaderOf(5), Assert.Single(_desk.Host.App.Evidence).Member);
    }

    [Fact]
    public void Tick_TimeRanOut_GivesUpAndVotesNoMoreInTheTerm()
    {
        _desk.Actions.Clear();
        _desk.Node.Tick(10_000, _desk.Actions);
        MicroBlock block = _desk.Block(5, 1, _desk.World.Anchor.Height + 2, _desk.First.Hash);
        _desk.Receive(block);
        Assert.False(_desk.VotesFor(block));
        _desk.Receive(_desk.Certificate(OrderingVoteKind.Notarize, 5, block.Hash));
        Assert.Equal(6UL, _desk.Node.View);
        Assert.DoesNotContain(_desk.Votes(), vote => vote.Kind == OrderingVoteKind.Finalize);
        Assert.Contains(_desk.Votes(), vote => vote is { Kind: OrderingVoteKind.Nullify, View: 6 });
    }

    [Fact]
    public void BlockTree_Skipped_NeedsEveryTermFromItsOwnView()
    {
        var tree = new BlockTree(_desk.World.Instance, _desk.World.Anchor);
        Assert.True(tree.IsSkipped(3, 4, out _));
        Assert.True(tree.AddNullification(new OrderingCertificate(OrderingVoteKind.Nullify, 4, default, default)));
        Assert.True(tree.IsSkipped(3, 5, out _));
        Assert.False(tree.IsSkipped(2, 5, out ulong missing)); // view 3 was not given up, only 4
        Assert.Equal(3UL, missing);
        Assert.True(tree.AddNullification(new OrderingCertificate(OrderingVoteKind.Nullify, 3, default, default)));
        Assert.False(tree.AddNullification(new OrderingCertificate(OrderingVoteKind.Nullify, 4, default, default)));
        Assert.True(tree.IsSkipped(2, 5, out _));
        Assert.False(tree.IsSkipped(2, 6, out missing));
        Assert.Equal(5UL, missing);
    }

    private static MicroHeader Copy(
        MicroHeader of, MicroBlockKind? kind = null, ulong? chain = null, ulong? shard = null, ulong? epoch = null, Digest? instance = null, ulong? height = null,
        Digest? parent = null, long? timeMs = null, Digest? receipts = null, Digest? writes = null, Digest? stateRoot = null) =>
        new()
        {
            Kind = kind ?? of.Kind, ChainId = chain ?? of.ChainId, Shard = new(shard ?? of.Shard.Value), Epoch = epoch ?? of.Epoch, Instance = instance ?? of.Instance,
            View = of.View, ParentView = of.ParentView, Height = height ?? of.Height, Parent = parent ?? of.Parent, TimeMs = timeMs ?? of.TimeMs, BodyRoot = of.BodyRoot,
            BodyLength = of.BodyLength, ReceiptsRoot = receipts ?? of.ReceiptsRoot, WriteDigest = writes ?? of.WriteDigest, StateRoot = stateRoot ?? of.StateRoot,
        };
}
