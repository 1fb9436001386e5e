namespace Prozchain.Sharding.Layout;

/// <summary>
/// The ordered stream of receipts from one shard to another, named by the two lineages. When an end is split or merged,
/// <see cref="ShardLayout.SuccessorsOf"/> says which channels go on where it stopped.
/// </summary>
/// <param name="Source">The shard that sends.</param>
/// <param name="Destination">The shard that credits.</param>
public readonly record struct ShardChannel(ShardId Source, ShardId Destination)
{
    /// <summary>True when both ends have become one shard: what is still in flight is credited by the shard itself.</summary>
    public bool IsLocal => Source == Destination;
}
