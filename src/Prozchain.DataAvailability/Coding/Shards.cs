namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Equally long shards in the caller's memory: shard i starts at byte i × stride. With a stride above the shard size
/// it is a column of a matrix that is stored by rows.
/// </summary>
public readonly ref struct Shards
{
    private readonly Span<byte> _bytes;

    /// <summary>Shards that follow each other without a gap.</summary>
    /// <param name="bytes">At least <paramref name="count"/> × <paramref name="shardSize"/> bytes.</param>
    /// <param name="count">Number of shards, at least 1.</param>
    /// <param name="shardSize">Bytes of one shard, at least 1.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or <paramref name="bytes"/> is too short.</exception>
    public Shards(Span<byte> bytes, int count, int shardSize) : this(bytes, count, shardSize, shardSize) { }

    /// <summary>Shards at a distance of <paramref name="stride"/> bytes from start to start.</summary>
    /// <param name="bytes">At least (<paramref name="count"/> - 1) × <paramref name="stride"/> + <paramref name="shardSize"/> bytes.</param>
    /// <param name="count">Number of shards, at least 1.</param>
    /// <param name="shardSize">Bytes of one shard, at least 1.</param>
    /// <param name="stride">Bytes from the start of one shard to the start of the next, at least <paramref name="shardSize"/>.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or <paramref name="bytes"/> is too short.</exception>
    public Shards(Span<byte> bytes, int count, int shardSize, int stride)
    {
        _bytes = bytes[..ReadOnlyShards.CheckedExtent(bytes.Length, count, shardSize, stride)];
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
    public Span<byte> this[int index] => _bytes.Slice(checked(index * Stride), ShardSize);

    /// <summary>For <c>fixed</c>: the first byte of shard 0.</summary>
    internal ref byte GetPinnableReference() => ref _bytes.GetPinnableReference();

    /// <summary>The same shards, for reading.</summary>
    public ReadOnlyShards AsReadOnly() => new(_bytes, Count, ShardSize, Stride);

    /// <summary>The same shards, for reading.</summary>
    public static implicit operator ReadOnlyShards(Shards shards) => shards.AsReadOnly();
}
