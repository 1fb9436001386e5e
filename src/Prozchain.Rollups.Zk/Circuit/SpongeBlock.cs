using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Where a block of the hashes of posted bytes lies. Blocks are numbered over all chunks; each chunk's first one has a byte before
/// the data, and its last one padding behind it.
/// </summary>
/// <param name="Start">Whether it is its chunk's first.</param>
/// <param name="End">Whether it is its chunk's last.</param>
/// <param name="Final">Whether it is the last of all.</param>
/// <param name="Offset">Where its data starts.</param>
/// <param name="Count">How many bytes of data it has, 0 to 136.</param>
/// <param name="Left">How many bytes a full chunk has from <paramref name="Offset"/> on.</param>
internal readonly record struct SpongeBlock(bool Start, bool End, bool Final, int Offset, int Count, int Left)
{
    private const int FullBlocks = (ChunkCommitment.ChunkSize + 1) / SpongeColumns.Rate + 1;

    /// <summary>A block.</summary>
    /// <param name="length">Bytes posted, at least 1.</param>
    /// <param name="index">Its number.</param>
    public static SpongeBlock At(int length, int index)
    {
        int start = index / FullBlocks * ChunkCommitment.ChunkSize, place = index % FullBlocks;
        int size = Math.Min(ChunkCommitment.ChunkSize, length - start), skipped = place == 0 ? 0 : SpongeColumns.Rate * place - 1;
        bool isEnd = place == (size + 1) / SpongeColumns.Rate;
        return new(place == 0, isEnd, isEnd && start + size == length, start + skipped,
            Math.Min(size - skipped, place == 0 ? SpongeColumns.Rate - 1 : SpongeColumns.Rate), ChunkCommitment.ChunkSize - skipped);
    }

    /// <summary>The number of a block's first one of the same chunk.</summary>
    public static int FirstOfChunk(int index) => index / FullBlocks * FullBlocks;

    /// <summary>The number of the last block of a segment that reads up to some byte: that of the byte before it, or the last of all.</summary>
    /// <param name="length">Bytes posted, at least 1.</param>
    /// <param name="end">Behind the last byte read, at most <paramref name="length"/>.</param>
    public static int LastBefore(int length, int end)
    {
        int last = Math.Max(end, 1) - 1, chunk = last / ChunkCommitment.ChunkSize, place = last % ChunkCommitment.ChunkSize;
        return FullBlocks * chunk + (end == length ? place + 2 : place + 1) / SpongeColumns.Rate;
    }

    /// <summary>Writes the block as it is absorbed: prefix, data and padding.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="block">136 bytes.</param>
    public void Write(ReadOnlySpan<byte> data, Span<byte> block)
    {
        int at = Start ? 1 : 0;
        block.Clear();
        if (Start) block[0] = SpongeColumns.Prefix;
        data.Slice(Offset, Count).CopyTo(block[at..]);
        if (!End) return;
        block[at + Count] = 1;
        block[SpongeColumns.Rate - 1] |= 0x80;
    }
}
