using System.Collections.Immutable;

namespace Prozchain.Sharding.Layout;

/// <summary>Decides whether a list of shards can be the lineage of a layout, and links parents to their children.</summary>
internal static class LineageCheck
{
    /// <summary>False unless splits, merges and new classes lead from the first shards to live ones that cover every key of every class once.</summary>
    public static bool TryLink(List<ShardInfo> shards, LayoutClassRules[] classes, out ImmutableSortedDictionary<ShardId, ShardInfo> lineage)
    {
        var linked = ImmutableSortedDictionary.CreateBuilder<ShardId, ShardInfo>();
        lineage = linked.ToImmutable();
        var children = new Dictionary<ShardId, List<ShardInfo>>();
        for (int i = 0; i < shards.Count; i++)
        {
            ShardInfo shard = shards[i];
            if (i > 0 && !Follows(shards[i - 1], shard)) return false;
            if (i > 1 && shard.BornVersion > 0 && shards[i - 2].BornVersion == shard.BornVersion) return false;
            if (shard.Parents.Count == 0 && (shard.Depth != 0 || (shard.BornVersion != 0 && shard.Class == LayoutClass.General))) return false;
            if (shard.Parents.Count == 2 && (shard.BornVersion == 0 || shard.Parents[0] == shard.Parents[1])) return false;
            if (shard.BornVersion == 0 && shard.BornEpoch != 0) return false;
            foreach (ShardId parent in shard.Parents)
            {
                if (!children.TryGetValue(parent, out List<ShardInfo>? of)) children.Add(parent, of = []);
                of.Add(shard);
            }
            linked.Add(shard.Id, shard);
        }
        foreach ((ShardId id, List<ShardInfo> of) in children)
        {
            linked.TryGetValue(id, out ShardInfo? parent);
            if (!IsFamily(parent, of, linked)) return false;
            if (parent is not null) linked[id] = parent.Became([.. of.Select(child => child.Id)]);
        }
        lineage = linked.ToImmutable();
        return Covers([.. lineage.Values.Where(shard => shard.IsLive).OrderBy(shard => shard.Class).ThenBy(shard => shard.Prefix).ThenBy(shard => shard.Depth)], classes);
    }

    // Ids ascend, and so do versions and epochs; one change after the first layout makes one shard, or two with one parent.
    private static bool Follows(ShardInfo before, ShardInfo shard) =>
        before.Id < shard.Id && before.BornVersion <= shard.BornVersion && before.BornEpoch <= shard.BornEpoch
        && (before.BornVersion != shard.BornVersion || before.BornVersion == 0
            || (before.Id.Value + 1 == shard.Id.Value && before.Parents.Count == 1 && shard.Parents.Count == 1
                && before.Parents[0] == shard.Parents[0] && before.BornEpoch == shard.BornEpoch));

    // A forgotten parent may have lost its other child too, but never one of the two that were merged.
    private static bool IsFamily(ShardInfo? parent, List<ShardInfo> children, ImmutableSortedDictionary<ShardId, ShardInfo>.Builder all)
    {
        ShardInfo first = children[0];
        if (children.Count > 2 || (children.Count == 2 && (first.Parents.Count != 1 || children[1].Parents.Count != 1 || !first.IsLeftSiblingOf(children[1]) || first.BornVersion != children[1].BornVersion))) return false;
        if (first.Parents.Count == 2 && all.ContainsKey(first.Parents[0]) != all.ContainsKey(first.Parents[1])) return false;
        if (parent is null) return true;
        if (parent.Class != first.Class || (parent.BornVersion >= first.BornVersion && first.BornVersion != 0) || parent.BornVersion > first.BornVersion) return false;
        return first.Parents.Count == 1
            ? children.Count == 2 && parent.Depth + 1 == first.Depth && parent.LeftPrefix == first.Prefix
            : children.Count == 1 && parent.Depth == first.Depth + 1
                && all[first.Parents[0]].IsLeftSiblingOf(all[first.Parents[1]]) && all[first.Parents[0]].Prefix == first.Prefix;
    }

    private static bool Covers(ShardInfo[] live, LayoutClassRules[] classes)
    {
        if (live.Length > ShardLayout.MaxShards) return false;
        Span<byte> next = stackalloc byte[Digest.Size];
        int at = 0;
        foreach (LayoutClassRules rules in classes)
        {
            next.Clear();
            for (bool isWhole = false; !isWhole; at++)
            {
                if (at == live.Length || live[at].Class != rules.Class || !live[at].Prefix.Span.SequenceEqual(next)) return false;
                isWhole = Advance(next, live[at].Depth);
            }
        }
        return at == live.Length;
    }

    // Adds 2^(256 - depth) to the big-endian number; true if it wraps around to 0.
    private static bool Advance(Span<byte> key, int depth)
    {
        if (depth == 0) return true;
        int at = (depth - 1) >> 3, sum = key[at] + (0x80 >> ((depth - 1) & 7));
        key[at] = (byte)sum;
        while (sum > 0xFF && at > 0)
        {
            sum = key[--at] + 1;
            key[at] = (byte)sum;
        }
        return sum > 0xFF;
    }
}
