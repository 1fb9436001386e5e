using Prozchain.Sharding.Consensus;

namespace Prozchain.Sharding.Beacon;

/// <summary>A shard's header with its certificate, as the beacon takes it in: from then on other shards may rely on it.</summary>
/// <param name="Header">The header.</param>
/// <param name="Certificate">The votes of the shard's committee.</param>
public readonly record struct Anchor(ShardHeader Header, Certificate Certificate);
