namespace Prozchain.Sharding.Reshaping;

/// <summary>What a sealed block of a shard says about its load: facts that its certificate covers and everyone who executes it recomputes.</summary>
/// <param name="Bytes">Bytes of state after the block.</param>
/// <param name="Gas">Gas used since the sealed block before.</param>
/// <param name="Queued">Receipts to and from the shard that wait after the block.</param>
public readonly record struct ShardLoad(ulong Bytes, ulong Gas, ulong Queued)
{
    internal static ShardLoad Max(in ShardLoad a, in ShardLoad b) => new(Math.Max(a.Bytes, b.Bytes), Math.Max(a.Gas, b.Gas), Math.Max(a.Queued, b.Queued));
}
