using Prozchain.Shared;

namespace Prozchain.Sharding.Reshaping;

/// <summary>What a sealed block of a shard says about its load: facts that its certificate covers and everyone who executes it recomputes.</summary>
/// <param name="Bytes">Bytes of state after the block.</param>
/// <param name="Gas">Gas used since the sealed block before.</param>
/// <param name="Queued">Receipts to and from the shard that wait after the block.</param>
public readonly record struct ShardLoad(ulong Bytes, ulong Gas, ulong Queued)
{
    internal static ShardLoad Max(in ShardLoad a, in ShardLoad b) => new(Math.Max(a.Bytes, b.Bytes), Math.Max(a.Gas, b.Gas), Math.Max(a.Queued, b.Queued));

    internal void Write(WireWriter writer)
    {
        writer.WriteUInt64(Bytes);
        writer.WriteUInt64(Gas);
        writer.WriteUInt64(Queued);
    }

    internal static bool TryRead(ref WireReader reader, out ShardLoad load)
    {
        bool isRead = reader.TryReadUInt64(out ulong bytes) & reader.TryReadUInt64(out ulong gas) & reader.TryReadUInt64(out ulong queued);
        load = isRead ? new ShardLoad(bytes, gas, queued) : default;
        return isRead;
    }
}
