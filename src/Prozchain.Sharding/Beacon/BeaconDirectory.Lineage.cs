using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Beacon;

/// <content>Shards that were split or merged.</content>
public sealed partial class BeaconDirectory
{
    // Who ordered an ended shard last: they still answer for it. A live one that has no committee now is frozen.
    private ShardCommittee? LastOf(ShardId shard)
    {
        if (State.Layout.IsLive(shard)) return null;
        foreach ((ulong epoch, OrderingRuns runs) in _runs.OrderByDescending(entry => entry.Key))
            if (runs.Has(shard)) return Find(shard, epoch, runs.LastOf(shard));
        return null;
    }
}
