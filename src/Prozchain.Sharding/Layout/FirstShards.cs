using System.Collections.Immutable;

namespace Prozchain.Sharding.Layout;

/// <summary>The shards of a class in a first layout, with the past ones that they were split from.</summary>
internal static class FirstShards
{
    /// <summary>Splits the leftmost of the shallowest shards until there are as many.</summary>
    public static void Grow(ImmutableSortedDictionary<ShardId, ShardInfo>.Builder lineage, LayoutClass layoutClass, int count)
    {
        var leaves = new Queue<ShardInfo>([Add(default, 0, [])]);
        while (leaves.Count < count)
        {
            ShardInfo parent = leaves.Dequeue();
            ShardInfo left = Add(parent.LeftPrefix, parent.Depth + 1, [parent.Id]), right = Add(parent.RightPrefix, parent.Depth + 1, [parent.Id]);
            lineage[parent.Id] = parent.Became(left.Id, right.Id);
            foreach (ShardInfo child in (ReadOnlySpan<ShardInfo>)[left, right]) leaves.Enqueue(child);
        }

        ShardInfo Add(in Digest prefix, int depth, ShardId[] parents)
        {
            var shard = new ShardInfo(new ShardId((ulong)lineage.Count + 1), layoutClass, prefix, depth, bornVersion: 0, bornEpoch: 0, parents);
            lineage.Add(shard.Id, shard);
            return shard;
        }
    }
}
