using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>What the run of an heir starts from: the end of its parent's run, or of both parents'.</summary>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
/// <param name="Slice">Machine, cells and state of the heir.</param>
/// <param name="Anchor">After a split the parent's terminal block; after a merge both, at the higher height and the later time, named by the hash that the beacon names them by.</param>
public readonly record struct ShardBirth<TTransition>(ShardSlice<TTransition> Slice, OrderingAnchor Anchor) where TTransition : IShardTransition
{
    /// <summary>The heirs of a shard that a split ended, which is given up.</summary>
    internal static (ShardBirth<TTransition> Left, ShardBirth<TTransition> Right) Split(ReplicatedShard<TTransition> whole)
    {
        OrderingAnchor anchor = whole.Tip;
        (ShardSlice<TTransition> left, ShardSlice<TTransition> right) = ShardMachine<TTransition>.Split(whole.Slice);
        return (new ShardBirth<TTransition>(left, anchor), new ShardBirth<TTransition>(right, anchor));
    }

    /// <summary>The heir of two shards that a merge ended, which are given up; null if their cells may not fit into one.</summary>
    internal static ShardBirth<TTransition>? Merge(ReplicatedShard<TTransition> left, ReplicatedShard<TTransition> right)
    {
        OrderingAnchor anchor = AnchorOf(left.Tip, right.Tip);
        return ShardMachine<TTransition>.TryMerge(left.Slice, right.Slice, out ShardSlice<TTransition> whole) == StageResult.Ok ? new ShardBirth<TTransition>(whole, anchor) : null;
    }

    /// <summary>What a merged shard starts from.</summary>
    internal static OrderingAnchor AnchorOf(in OrderingAnchor left, in OrderingAnchor right) =>
        new(new Digest(Domains.Merge.Hash(left.Hash.Bytes, right.Hash.Bytes)), Math.Max(left.Height, right.Height), Math.Max(left.TimeMs, right.TimeMs));

    internal void Drop()
    {
        Slice.Machine.Dispose();
        Slice.Cells.Dispose();
    }
}
