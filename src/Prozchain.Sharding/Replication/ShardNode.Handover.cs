using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Replication;

/// <content>From one run to the next.</content>
public sealed partial class ShardNode<TTransition> where TTransition : IShardTransition
{
    /// <summary>True once the beacon has frozen this run's committee: the node orders no more, and only tells what was recognised.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>The beacon has frozen this run's committee.</summary>
    /// <param name="height">Height of the last block that it recognised.</param>
    public void Halt(ulong height)
    {
        IsHalted = true;
        _outbox.Forget(height);
    }

    /// <summary>Other committees than before order other shards: what they have not taken in is sent again at the next tick.</summary>
    internal void SpeakAgain() => _outbox.Again();

    /// <summary>The block of a hash, final or not.</summary>
    internal MicroBlock? Find(in Digest hash) => Replica.History.Find(hash) ?? Ordering.Core.Tree.Find(hash)?.Block;
}
