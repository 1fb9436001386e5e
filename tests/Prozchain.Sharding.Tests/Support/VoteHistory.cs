using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>The rule that safety rests on, over all lives of the honest members of a run.</summary>
internal sealed class VoteHistory(OrderingInstance instance)
{
    private readonly Dictionary<(int Member, OrderingVoteKind Kind, ulong View), Digest> _votes = [];
    private readonly Dictionary<(int Member, ulong Term), (ulong GaveUp, ulong Finalized)> _exclusion = [];

    /// <summary>Takes what a member sent.</summary>
    public void Add(int sender, ReadOnlySpan<byte> message)
    {
        scoped VoteView vote;
        var reader = new WireReader(message[2..]);
        if (message[1] == (byte)OrderingMessage.Vote) Assert.True(OrderingWriter.TryReadVote(ref reader, instance.Committee.Members.Count, 65, out vote));
        else if (message[1] == (byte)OrderingMessage.Proposal)
        {
            Assert.True(reader.TryReadSpan(65, out _));
            Assert.Equal(ReadResult.Ok, MicroBlock.Read(ref reader, out MicroBlock block));
            vote = new VoteView(OrderingVoteKind.Notarize, block.Header.View, sender, block.Hash, default);
        }
        else return;
        (int Member, OrderingVoteKind Kind, ulong View) key = (sender, vote.Kind, vote.View);
        if (!_votes.TryAdd(key, vote.Subject)) Assert.Equal(_votes[key], vote.Subject);
        if (vote.Kind == OrderingVoteKind.Notarize) return;
        (int Member, ulong) term = (sender, instance.TermOf(vote.View));
        (ulong gaveUp, ulong finalized) = _exclusion.GetValueOrDefault(term, (ulong.MaxValue, 0UL));
        if (vote.Kind == OrderingVoteKind.Nullify) gaveUp = Math.Min(gaveUp, vote.View);
        else finalized = Math.Max(finalized, vote.View);
        Assert.True(finalized < gaveUp, $"Expected member {sender} to finalize only views below {gaveUp}, which it gave up, got {finalized}.");
        _exclusion[term] = (gaveUp, finalized);
    }
}
