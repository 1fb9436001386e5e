namespace Prozchain.DataAvailability.Coding;

/// <summary>The two codes without multiplication: one data shard is copied, one recovery shard is the XOR of the data.</summary>
internal static unsafe class ShardSum
{
    public static void Encode(ShardTable shards, int size)
    {
        if (shards.DataCount == 1)
        {
            for (int i = 0; i < shards.RecoveryCount; i++) Shard(shards, 0, size).CopyTo(Shard(shards, 1 + i, size));
        }
        else
        {
            AddToMissing(shards, shards.DataCount, size);
        }
    }

    /// <summary>One data shard: every missing shard is the first one that is there.</summary>
    public static void CopyToMissing(ShardTable shards, ReadOnlySpan<bool> present, bool withRecovery, int size)
    {
        Span<byte> source = Shard(shards, present.IndexOf(true), size);
        for (int i = 0; i < (withRecovery ? present.Length : 1); i++)
            if (!present[i]) source.CopyTo(Shard(shards, i, size));
    }

    /// <summary>One recovery shard: the missing shard is the XOR of all others.</summary>
    public static void AddToMissing(ShardTable shards, int missing, int size)
    {
        Span<byte> target = Shard(shards, missing, size);
        int first = missing == 0 ? 1 : 0;
        Shard(shards, first, size).CopyTo(target);
        for (int i = first + 1; i <= shards.DataCount; i++)
            if (i != missing) AdditiveFft.Add(target, Shard(shards, i, size));
    }

    /// <summary>A shard, data first.</summary>
    private static Span<byte> Shard(ShardTable shards, int index, int size) => new(shards.Row(index < shards.DataCount ? shards.Block + index : index - shards.DataCount), size);
}
