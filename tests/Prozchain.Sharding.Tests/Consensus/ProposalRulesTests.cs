using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>What a validator votes for, one rule at a time: a node in the fifth view, whose third was given up, is shown a proposal.</summary>
public class ProposalRulesTests
{
    private readonly OrderingWorld _world = new(new SeededRandom(1), 4, viewsPerTerm: 2);
    private readonly NodeActions _actions = new();
    private readonly OrderingWriter _writer = new();
    private readonly OrderingHost _host;
    private readonly MicroBlock _first;

    public ProposalRulesTests()
    {
        // Not the leader of view 5, so that it judges; views 3 and 4 are a term that was given up, view 2 is not notarized.
        _host = _world.Add((_world.Instance.LeaderOf(5) + 1) % 4);
        _host.Boot();
        _host.Node!.Start(0, _actions);
        _first = Block(1, 0, _world.Anchor.Height + 1, _world.Anchor.Hash, header => header);
        Receive(_first);
        Receive(Certificate(OrderingVoteKind.Notarize, 1, _first.Hash));
        Receive(Certificate(OrderingVoteKind.Nullify, 2, default));
        Receive(Certificate(OrderingVoteKind.Nullify, 3, default));
        Assert.Equal(5UL, _host.Node.View);
    }

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
        MicroBlock block = Block(5, 1, _world.Anchor.Height + 2, _first.Hash, header => what switch
        {
            "sealing root at no sealing height" => Copy(header, stateRoot: TestNetwork.Key(1)),
            "receipts of another execution" => Copy(header, receipts: TestNetwork.Key(1)),
            "writes of another execution" => Copy(header, writes: TestNetwork.Key(1)),
            "height" => Copy(header, height: header.Height + 1),
            "before its parent" => Copy(header, timeMs: header.TimeMs - 1),
            "closing" => Copy(header, kind: MicroBlockKind.Closing),
            "terminal too early" => Copy(header, kind: MicroBlockKind.Terminal),
            "another parent" => Copy(header, parent: _world.Anchor.Hash),
            "another epoch" => Copy(header, epoch: 9),
            "another instance" => Copy(header, instance: TestNetwork.Key(1)),
            "another shard" => Copy(header, shard: 9),
            "another chain" => Copy(header, chain: 9),
            "far ahead" => Copy(header, timeMs: 501),
            _ => header,
        }, what == "body the application refuses" ? [0xEE] : [1, 2, 3]);
        Receive(block, what == "not the leader" ? _host.Member : null);
        Assert.Equal(votes, VotesFor(block));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]  // view 1 was notarized and never given up
    [InlineData(2, false)]  // given up, never notarized
    [InlineData(4, false)]
    public void Receive_ParentView_MustBeNotarizedAndAllBetweenGivenUp(ulong parentView, bool votes)
    {
        bool onAnchor = parentView == 0;
        MicroBlock block = Block(5, parentView, _world.Anchor.Height + (onAnchor ? 1UL : 2UL), onAnchor ? _world.Anchor.Hash : _first.Hash, header => header);
        Receive(block);
        Assert.Equal(votes, VotesFor(block));
    }

    [Fact]
    public void Receive_SecondProposalOfAView_IsNotVotedForAndAccuses()
    {
        MicroBlock one = Block(5, 1, _world.Anchor.Height + 2, _first.Hash, header => header), other = Block(5, 1, _world.Anchor.Height + 2, _first.Hash, header => header, [9]);
        Receive(one);
        Assert.True(VotesFor(one));
        Receive(other);
        Assert.False(VotesFor(other));
        Assert.Equal(_world.Instance.LeaderOf(5), Assert.Single(_host.App.Evidence).Member);
    }

    [Fact]
    public void Tick_TimeRanOut_GivesUpAndVotesNoMoreInTheTerm()
    {
        _actions.Clear();
        _host.Node!.Tick(10_000, _actions);
        MicroBlock block = Block(5, 1, _world.Anchor.Height + 2, _first.Hash, header => header);
        Receive(block);
        Assert.False(VotesFor(block));
        Receive(Certificate(OrderingVoteKind.Notarize, 5, block.Hash));
        Assert.Equal(6UL, _host.Node.View);
        Assert.DoesNotContain(Votes(), vote => vote.Kind == OrderingVoteKind.Finalize);
        Assert.Contains(Votes(), vote => vote is { Kind: OrderingVoteKind.Nullify, View: 6 });
    }

    [Fact]
    public void BlockTree_Skipped_NeedsEveryTermFromItsOwnView()
    {
        var tree = new BlockTree(_world.Instance, _world.Anchor);
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

    private MicroBlock Block(ulong view, ulong parentView, ulong height, in Digest parent, Func<MicroHeader, MicroHeader> change, byte[]? body = null)
    {
        body ??= [1, 2, 3];
        ExecutedBlock result = TestOrderedApplication.ResultOf(parent, default);
        return new MicroBlock(change(new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = OrderingWorld.ChainId, Shard = _world.Committee.Shard, Epoch = 1, Instance = _world.Instance.Id, View = view,
            ParentView = parentView, Height = height, Parent = parent, TimeMs = 100, BodyRoot = MicroBlock.RootOf(body), BodyLength = body.Length,
            ReceiptsRoot = result.ReceiptsRoot, WriteDigest = result.WriteDigest, StateRoot = height % 5 == 0 ? result.StateRoot : default,
        }), body);
    }

    private OrderingCertificate Certificate(OrderingVoteKind kind, ulong view, Digest subject)
    {
        SignatureListScheme scheme = _world.SchemeOf(-1);
        byte[] message = _world.Instance.MessageFor(kind, view, subject).Span.ToArray(), bytes = new byte[scheme.Sizes.MaxCertificate];
        var shares = new List<Sharding.Ports.CertificateShare>();
        for (int i = 0; i < 3; i++)
        {
            var share = new byte[65];
            _world.SchemeOf(i).SignShare(message, share);
            shares.Add(new(i, share));
        }
        return new OrderingCertificate(kind, view, subject, bytes.AsMemory(0, scheme.Combine(message, shares.ToArray(), bytes)));
    }

    private void Receive(MicroBlock block, int? signer = null)
    {
        var share = new byte[65];
        int leader = _world.Instance.LeaderOf(block.Header.View);
        _world.SchemeOf(signer ?? leader).SignShare(_world.Instance.MessageFor(OrderingVoteKind.Notarize, block.Header.View, block.Hash).Span, share);
        Receive(_writer.Proposal(block, share).ToArray());
    }

    private void Receive(OrderingCertificate certificate) => Receive(_writer.Certificate(certificate).ToArray());

    private void Receive(byte[] message)
    {
        _actions.Clear();
        _host.Node!.Receive(0, new NodeId((_host.Member + 1) % 4), message, _actions);
    }

    private List<OrderingVote> Votes()
    {
        var votes = new List<OrderingVote>();
        for (int i = 0; i < _actions.Count; i++)
        {
            ReadOnlySpan<byte> bytes = _actions[i].Bytes.Span;
            if (_actions[i].Kind != NodeActionKind.Send || bytes[1] != (byte)OrderingMessage.Vote) continue;
            var reader = new Prozchain.Shared.WireReader(bytes[2..]);
            Assert.True(OrderingWriter.TryReadVote(ref reader, 4, 65, out VoteView vote));
            votes.Add(new OrderingVote(vote.Kind, vote.View, vote.Member, vote.Subject, default));
        }
        return votes;
    }

    private bool VotesFor(MicroBlock block) => Votes().Exists(vote => vote.Kind == OrderingVoteKind.Notarize && vote.Subject == block.Hash);
}
