using System.Diagnostics;

namespace Prozchain.Sharding.Consensus;

/// <summary>What this node itself said, and the rules of what it may still say. A vote is in the log before it leaves.</summary>
internal sealed class OrderingVoter(OrderingOptions options, OrderingWriter writer)
{
    private readonly OrderingInstance _instance = options.Instance;
    private readonly NodeId[] _others = [.. options.Peers.Where((_, i) => i != options.Member)];
    private readonly byte[] _share = new byte[options.Scheme.Sizes.Share];
    private (ulong View, Digest Subject) _notarized, _finalized;
    private ulong _gaveUp;
    private int _pushed;

    public bool IsMember => options.Member >= 0;

    /// <summary>The last block voted for, and its view; 0 for none.</summary>
    public (ulong View, Digest Subject) Notarized => _notarized;

    /// <summary>The last block finalized, and its view; 0 for none.</summary>
    public (ulong View, Digest Subject) Finalized => _finalized;

    /// <summary>True if this node gave up the term of a view, or a later one.</summary>
    public bool HasGivenUp(ulong view) => _gaveUp > 0 && _instance.TermOf(_gaveUp) >= _instance.TermOf(view);

    public bool MayNotarize(ulong view) => IsMember && view > _notarized.View && !HasGivenUp(view);

    public bool MayFinalize(ulong view) => IsMember && view > _finalized.View && !HasGivenUp(view);

    public void Restore(OrderingVoteKind kind, ulong view, in Digest subject)
    {
        if (kind == OrderingVoteKind.Notarize && view > _notarized.View) _notarized = (view, subject);
        else if (kind == OrderingVoteKind.Finalize && view > _finalized.View) _finalized = (view, subject);
        else if (kind == OrderingVoteKind.Nullify) _gaveUp = ulong.Max(_gaveUp, view);
    }

    /// <summary>Votes for a block; if this node proposed it, the vote travels in the proposal.</summary>
    public VoteView Notarize(MicroBlock block, NodeActions actions)
    {
        MicroHeader header = block.Header;
        Debug.Assert(MayNotarize(header.View));
        _notarized = (header.View, header.Hash);
        actions.Persist(writer.BlockRecord(block, voted: true));
        return RepeatNotarize(block, actions);
    }

    /// <summary>Says the last vote for a block again, with the block if this node proposed it.</summary>
    public VoteView RepeatNotarize(MicroBlock? block, NodeActions actions)
    {
        VoteView vote = Sign(OrderingVoteKind.Notarize, _notarized.View, _notarized.Subject);
        bool own = block is not null && _instance.LeaderOf(vote.View) == options.Member;
        actions.Send(_others, own ? writer.Proposal(block!, _share) : writer.Vote(vote));
        return vote;
    }

    public VoteView Finalize(ulong view, in Digest subject, NodeActions actions)
    {
        Debug.Assert(MayFinalize(view));
        _finalized = (view, subject);
        actions.Persist(writer.VoteRecord(OrderingVoteKind.Finalize, view, subject));
        return RepeatFinalize(actions);
    }

    public VoteView RepeatFinalize(NodeActions actions) => Send(Sign(OrderingVoteKind.Finalize, _finalized.View, _finalized.Subject), actions);

    /// <summary>Gives up the current view and the rest of its term, or says so again.</summary>
    public VoteView Nullify(ulong view, NodeActions actions)
    {
        Debug.Assert(view > _finalized.View);
        if (view > _gaveUp)
        {
            _gaveUp = view;
            actions.Persist(writer.VoteRecord(OrderingVoteKind.Nullify, view, default));
        }
        return Send(Sign(OrderingVoteKind.Nullify, view, default), actions);
    }

    public void Broadcast(OrderingCertificate certificate, NodeActions actions) => actions.Send(_others, writer.Certificate(certificate));

    /// <summary>Sends a certificate to the next few peers: who gets it passes it on when its own time runs out.</summary>
    public void Push(OrderingCertificate certificate, NodeActions actions)
    {
        const int Fanout = 8;
        ReadOnlySpan<byte> message = writer.Certificate(certificate);
        for (int i = int.Min(Fanout, _others.Length); i > 0; i--) actions.Send(_others[_pushed++ % _others.Length], message);
        _pushed %= int.Max(_others.Length, 1);
    }

    private VoteView Send(VoteView vote, NodeActions actions)
    {
        actions.Send(_others, writer.Vote(vote));
        return vote;
    }

    private VoteView Sign(OrderingVoteKind kind, ulong view, Digest subject)
    {
        options.Scheme.SignShare(_instance.MessageFor(kind, view, subject).Span, _share);
        return new VoteView(kind, view, options.Member, subject, _share);
    }
}
