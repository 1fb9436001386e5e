namespace Prozchain.DataAvailability.Coding;

/// <summary>What every code checks before it restores a single shard.</summary>
internal static class RepairTarget
{
    /// <exception cref="ArgumentException">The index or the size is wrong, or the target lies in other shards' memory.</exception>
    public static void Check(ReadOnlyShards data, ReadOnlyShards recovery, int index, ReadOnlySpan<byte> shard)
    {
        int count = data.Count + recovery.Count;
        if ((uint)index >= (uint)count) throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a shard of 0 to {count - 1}.");
        if (shard.Length != data.ShardSize)
            throw new ArgumentException($"Expected {data.ShardSize} bytes for the shard, got {shard.Length}.", nameof(shard));

        var target = new ReadOnlyShards(shard, 1, shard.Length);
        bool isData = index < data.Count;
        ReadOnlySpan<byte> place = isData ? data[index] : recovery[index - data.Count];
        if (shard == place ? (isData ? recovery : data).Overlaps(target) : data.Overlaps(target) || recovery.Overlaps(target))
            throw new ArgumentException("Expected the shard's own place or memory apart from data and recovery, got memory of other shards.", nameof(shard));
    }

    /// <summary>The shard itself, where it is present.</summary>
    public static ReadOnlySpan<byte> Place(ReadOnlyShards data, ReadOnlyShards recovery, int index) =>
        index < data.Count ? data[index] : recovery[index - data.Count];
}
