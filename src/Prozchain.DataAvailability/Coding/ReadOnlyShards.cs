namespace Prozchain.DataAvailability.Coding;

/// <summary>Equally long shards in the caller's memory, for reading. See <see cref="Shards"/>.</summary>
public readonly ref struct ReadOnlyShards
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Shards that follow each other without a gap.</summary>
    /// <inheritdoc cref="Shards(Span{byte}, int, int)"/>
    public ReadOnlyShards(ReadOnlySpan<byte> bytes, int count, int shardSize) : this(bytes, count, shardSize, shardSize) { }

    /// <summary>Shards at a distance of <paramref name="stride"/> bytes from start to start.</summary>
    /// <inheritdoc cref="Shards(Span{byte}, int, int, int)"/>
    public ReadOnlyShards(ReadOnlySpan<byte> bytes, int count, int shardSize, int stride)
    {
        _bytes = bytes[..CheckedExtent(bytes.Length, count, shardSize, stride)];
        Count = count;
        ShardSize = shardSize;
        Stride = stride;
    }

    /// <summary>Number of shards.</summary>
    public int Count { get; }

    /// <summary>Bytes of one shard.</summary>
    public int ShardSize { get; }

    /// <summary>Bytes from the start of one shard to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>Shard <paramref name="index"/>, 0 to <see cref="Count"/> - 1.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.Slice(checked(index * Stride), ShardSize);

    /// <summary>True if the memory from the first to the last shard shares a byte with that of <paramref name="other"/>.</summary>
    public bool Overlaps(ReadOnlyShards other) => _bytes.Overlaps(other._bytes);

    /// <summary>The memory from the first shard to the end of the last.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal static int CheckedExtent(int bytes, int count, int shardSize, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, shardSize);
        long extent = (count - 1L) * stride + shardSize;
        if (extent > bytes)
        {
            throw new ArgumentException(
                $"Expected at least {extent} bytes for {count} shards of {shardSize} bytes every {stride} bytes, got {bytes}.", nameof(bytes));
        }
        return (int)extent;
    }
}
