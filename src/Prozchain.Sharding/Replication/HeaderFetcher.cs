using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>Asks members of other shards in turn for certified headers that a body named and that have not come.</summary>
internal sealed class HeaderFetcher(ICommitteeDirectory committees, int delayMs)
{
    private readonly Dictionary<(ShardId, ulong, ulong), (long NextMs, int Attempts)> _asked = [];

    /// <returns>When to ask next; <see cref="long.MaxValue"/> for never.</returns>
    public long Advance(long nowMs, int member, IReadOnlyCollection<(ShardId Shard, ulong Height, ulong Epoch)> wanted, ReplicaWriter writer, NodeActions actions)
    {
        if (wanted.Count == 0)
        {
            _asked.Clear();
            return long.MaxValue;
        }
        long next = long.MaxValue;
        foreach ((ShardId Shard, ulong Height, ulong Epoch) key in wanted)
        {
            // What a body names has most likely been sent here too: at first it may still arrive by itself.
            if (!_asked.TryGetValue(key, out (long NextMs, int Attempts) asked)) asked = (nowMs + delayMs / 2, 0);
            if (asked.NextMs <= nowMs && committees.Find(key.Shard, key.Epoch) is { } committee)
            {
                actions.Send(committee.Peers[(Math.Max(member, 0) + asked.Attempts) % committee.Peers.Count], writer.WantHeader(key.Height));
                asked = (nowMs + 3 * delayMs, asked.Attempts + 1);
            }
            _asked[key] = asked;
            next = Math.Min(next, asked.NextMs);
        }
        return next;
    }
}
