using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>The certified header under which a record stands: the host has proven the record's leaf under it.</summary>
/// <param name="Shard">The header's shard.</param>
/// <param name="Epoch">Its epoch.</param>
public readonly record struct RecordOrigin(ShardId Shard, ulong Epoch);
