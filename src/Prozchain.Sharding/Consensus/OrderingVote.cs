namespace Prozchain.Sharding.Consensus;

/// <summary>What a member states about a view.</summary>
public enum OrderingVoteKind : byte
{
    /// <summary>This block of this view is valid; at most one per member and view.</summary>
    Notarize = 1,

    /// <summary>The block was notarized and this member has not given up its view: final once a quorum says so.</summary>
    Finalize = 2,

    /// <summary>This view and the rest of its term are given up; the subject is zero.</summary>
    Nullify = 3,
}

/// <summary>One member's signed statement about one view of an <see cref="OrderingInstance"/>.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="View">The view, from 1.</param>
/// <param name="Member">Index of the signer in the committee.</param>
/// <param name="Subject">Hash of the block's header; zero for <see cref="OrderingVoteKind.Nullify"/>.</param>
/// <param name="Share">The signer's share over <see cref="OrderingInstance.MessageFor"/>.</param>
public readonly record struct OrderingVote(OrderingVoteKind Kind, ulong View, int Member, Digest Subject, ReadOnlyMemory<byte> Share);

/// <summary>A vote whose share is still in the message it came in.</summary>
internal readonly ref struct VoteView(OrderingVoteKind kind, ulong view, int member, scoped in Digest subject, ReadOnlySpan<byte> share)
{
    public readonly OrderingVoteKind Kind = kind;
    public readonly ulong View = view;
    public readonly int Member = member;
    public readonly Digest Subject = subject;
    public readonly ReadOnlySpan<byte> Share = share;
}
