namespace Prozchain.Sharding.Execution;

/// <summary>
/// A transition whose senders number their transactions without gaps: a host can then refuse one that is used or too
/// early when it is handed in. Optional: without it such a transaction fails in its block.
/// </summary>
public interface ISequencedTransition : IShardTransition
{
    /// <summary>The number that a sender's next transaction must carry: what <see cref="AccessDeclaration.Sequence"/> is held against.</summary>
    /// <param name="senderCell">What the sender's cell holds; empty if it is absent.</param>
    ulong NextSequence(ReadOnlySpan<byte> senderCell);
}
