using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Reshaping;

/// <summary>One change of a layout.</summary>
/// <param name="Shard">The shard to split, or the left one of the siblings to merge.</param>
/// <param name="Sibling">The right one of the siblings to merge; null for a split.</param>
public readonly record struct ReshapeAction(ShardId Shard, ShardId? Sibling)
{
    /// <summary>True for a merge.</summary>
    public bool IsMerge => Sibling is not null;

    /// <summary>A split.</summary>
    /// <param name="shard">The shard.</param>
    public static ReshapeAction Split(ShardId shard) => new(shard, null);

    /// <summary>A merge.</summary>
    /// <param name="left">The left sibling.</param>
    /// <param name="right">The right sibling.</param>
    public static ReshapeAction Merge(ShardId left, ShardId right) => new(left, right);

    /// <summary>True if the layout takes it.</summary>
    /// <param name="layout">Any layout.</param>
    public bool IsPossible(ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Sibling is { } sibling ? layout.CanMerge(Shard, sibling) : layout.CanSplit(Shard);
    }

    /// <summary>The layout after it.</summary>
    /// <param name="layout">A layout that takes it.</param>
    /// <param name="epoch">The epoch, not before that of the layout's last change.</param>
    /// <exception cref="ArgumentException">The layout does not take it.</exception>
    public ShardLayout ApplyTo(ShardLayout layout, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Sibling is { } sibling ? layout.Merge(Shard, sibling, epoch) : layout.Split(Shard, epoch);
    }

    /// <summary>What it does, in a few words.</summary>
    public override string ToString() => Sibling is { } sibling ? $"merge of shards {Shard} and {sibling}" : $"split of shard {Shard}";
}
