using Prozchain.Shared;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Reshaping;

/// <summary>Names a shard's load history.</summary>
/// <param name="Height">Height of the last sealed block in it.</param>
/// <param name="History">Its hash, <see cref="LoadHistory.Hash"/>.</param>
public readonly record struct LoadFacts(ulong Height, Digest History)
{
    /// <summary>Names a history as it is now.</summary>
    /// <param name="load">The history.</param>
    public static LoadFacts Of(LoadHistory load)
    {
        ArgumentNullException.ThrowIfNull(load);
        return new LoadFacts(load.Height, load.Hash());
    }

    internal TriggerResult Check(ShardId shard, IReadOnlyDictionary<ShardId, LoadHistory> loads)
    {
        if (!loads.TryGetValue(shard, out LoadHistory? load) || load.Height != Height) return TriggerResult.OtherHeight;
        return load.Hash() == History ? TriggerResult.Valid : TriggerResult.WrongFacts;
    }

    internal void Write(WireWriter writer)
    {
        writer.WriteUInt64(Height);
        writer.WriteBytes32(History.Bytes);
    }

    internal static bool TryRead(ref WireReader reader, out LoadFacts facts)
    {
        bool isRead = reader.TryReadUInt64(out ulong height) & reader.TryReadBytes32(out Bytes32 history);
        facts = isRead ? new LoadFacts(height, new Digest(history)) : default;
        return isRead;
    }
}
