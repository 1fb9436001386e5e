using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Simulation;

/// <summary>A receipt between two shards.</summary>
/// <param name="Channel">From which shard to which.</param>
/// <param name="Sequence">Number of its bundle in the channel, from 1.</param>
/// <param name="Index">Its place in the bundle, from 0. The three name it for ever.</param>
/// <param name="Cell">The cell that it is for.</param>
/// <param name="Payload">What the transition sent.</param>
public readonly record struct ShardReceipt(ChannelId Channel, ulong Sequence, int Index, Digest Cell, ReadOnlyMemory<byte> Payload);
