using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What the shards of a network hold, or held before they ended.</summary>
public interface IShardDirectory
{
    /// <summary>The keys of a shard.</summary>
    /// <param name="shard">Any shard that ever lived.</param>
    /// <param name="range">Its keys, when the result is true.</param>
    bool TryGet(ShardId shard, out ShardRange range);
}
