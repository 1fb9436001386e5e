using System.Collections.Immutable;

namespace Prozchain.Sharding.Layout;

/// <summary>Questions about who came from whom. An id is above those of all its ancestors.</summary>
internal static class LineageWalk
{
    public static bool IsAncestor(ImmutableSortedDictionary<ShardId, ShardInfo> lineage, ShardId ancestor, ShardId descendant)
    {
        if (!lineage.ContainsKey(ancestor) || !lineage.TryGetValue(descendant, out ShardInfo? below)) return false;
        var seen = new HashSet<ShardId>();
        var open = new Stack<ShardInfo>([below]);
        while (open.TryPop(out ShardInfo? at))
        {
            foreach (ShardId parent in at.Parents)
            {
                if (parent == ancestor) return true;
                if (parent > ancestor && seen.Add(parent) && lineage.TryGetValue(parent, out ShardInfo? info)) open.Push(info);
            }
        }
        return false;
    }

    public static IReadOnlyList<ShardChannel> PredecessorsOf(ImmutableSortedDictionary<ShardId, ShardInfo> lineage, ShardChannel channel)
    {
        if (!lineage.TryGetValue(channel.Source, out ShardInfo? source) || !lineage.TryGetValue(channel.Destination, out ShardInfo? destination)) return [];
        ulong latest = Math.Max(source.BornVersion, destination.BornVersion);
        if (latest == 0) return [];
        var channels = new List<ShardChannel>();
        foreach (ShardId from in Before(source, latest))
            foreach (ShardId to in Before(destination, latest))
                if (from != to) channels.Add(new ShardChannel(from, to));
        return channels;

        static IReadOnlyList<ShardId> Before(ShardInfo shard, ulong version) => shard.BornVersion == version ? shard.Parents : [shard.Id];
    }
}
