using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>
/// One node of a committee of four, and a test in the place of all the others: a member, or -1 for one that only follows,
/// in the fifth view. Views 3 and 4 were given up as a term, view 2 is not notarized.
/// </summary>
internal sealed class OrderingDesk
{
    private readonly OrderingWriter _writer = new();

    /// <param name="viewsPerTerm">2 for the story told above; else the node is in the first view and knows nothing.</param>
    public OrderingDesk(int viewsPerTerm = 2, Action<OrderingWorld>? configure = null)
    {
        World = new OrderingWorld(new SeededRandom(1), 4, viewsPerTerm);
        configure?.Invoke(World);
        // Not the leader of view 5, so that it judges.
        Host = World.Add((World.Instance.LeaderOf(5) + 1) % 4);
        Host.Boot();
        Node.Start(0, Actions);
        First = Block(1, 0, World.Anchor.Height + 1, World.Anchor.Hash);
        if (viewsPerTerm != 2) return;
        Receive(First);
        Receive(Certificate(OrderingVoteKind.Notarize, 1, First.Hash));
        Receive(Certificate(OrderingVoteKind.Nullify, 2, default));
        Receive(Certificate(OrderingVoteKind.Nullify, 3, default));
        Assert.Equal(5UL, Node.View);
    }

    public OrderingWorld World { get; }
    public OrderingHost Host { get; }
    public OrderingNode Node => Host.Node!;
    public NodeActions Actions { get; } = new();

    /// <summary>The block of view 1.</summary>
    public MicroBlock First { get; }

    public long NowMs { get; set; }

    /// <summary>A good block, unless it is changed.</summary>
    public MicroBlock Block(ulong view, ulong parentView, ulong height, in Digest parent, Func<MicroHeader, MicroHeader>? change = null, byte[]? body = null)
    {
        body ??= [1, 2, 3];
        ExecutedBlock result = TestOrderedApplication.ResultOf(parent, default);
        var header = new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = OrderingWorld.ChainId, Shard = World.Committee.Shard, Epoch = 1, Instance = World.Instance.Id, View = view,
            ParentView = parentView, Height = height, Parent = parent, TimeMs = 100, BodyRoot = MicroBlock.RootOf(body), BodyLength = body.Length,
            ReceiptsRoot = result.ReceiptsRoot, WriteDigest = result.WriteDigest, StateRoot = height % 5 == 0 ? result.StateRoot : default,
        };
        return new MicroBlock(change is null ? header : change(header), body);
    }

    public OrderingCertificate Certificate(OrderingVoteKind kind, ulong view, Digest subject)
    {
        SignatureListScheme scheme = World.SchemeOf(-1);
        byte[] message = World.Instance.MessageFor(kind, view, subject).Span.ToArray(), bytes = new byte[scheme.Sizes.MaxCertificate];
        var shares = new List<Sharding.Ports.CertificateShare>();
        for (int i = 0; i < 3; i++)
        {
            var share = new byte[65];
            World.SchemeOf(i).SignShare(message, share);
            shares.Add(new(i, share));
        }
        return new OrderingCertificate(kind, view, subject, bytes.AsMemory(0, scheme.Combine(message, shares.ToArray(), bytes)));
    }

    public void Receive(MicroBlock block, int? signer = null)
    {
        var share = new byte[65];
        int leader = World.Instance.LeaderOf(block.Header.View);
        World.SchemeOf(signer ?? leader).SignShare(World.Instance.MessageFor(OrderingVoteKind.Notarize, block.Header.View, block.Hash).Span, share);
        Receive(_writer.Proposal(block, share).ToArray());
    }

    public void Receive(OrderingCertificate certificate) => Receive(_writer.Certificate(certificate).ToArray());

    public void Receive(byte[] message, int? from = null)
    {
        Actions.Clear();
        Node.Receive(NowMs, new NodeId(from ?? (Host.Member + 1) % 4), message, Actions);
    }

    public List<OrderingVote> Votes()
    {
        var votes = new List<OrderingVote>();
        for (int i = 0; i < Actions.Count; i++)
        {
            ReadOnlySpan<byte> bytes = Actions[i].Bytes.Span;
            if (Actions[i].Kind != NodeActionKind.Send || bytes[1] != (byte)OrderingMessage.Vote) continue;
            var reader = new Prozchain.Shared.WireReader(bytes[2..]);
            Assert.True(OrderingWriter.TryReadVote(ref reader, 4, 65, out VoteView vote));
            votes.Add(new OrderingVote(vote.Kind, vote.View, vote.Member, vote.Subject, default));
        }
        return votes;
    }

    public bool VotesFor(MicroBlock block) => Votes().Exists(vote => vote.Kind == OrderingVoteKind.Notarize && vote.Subject == block.Hash);
}
