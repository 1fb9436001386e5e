using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Prozchain.Zk.Hashing;

/// <summary>The checks of the batch entries, and the way of a machine without little-endian lanes.</summary>
internal static class BatchGuard
{
    private const int TileRows = 16;

    public static void RequireMany(ReadOnlySpan<byte> messages, int length, ReadOnlySpan<byte> digests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (int count, int rest) = Math.DivRem(digests.Length, DigestGuard.Size);
        if (rest != 0 || messages.Length != (long)count * length)
            throw new ArgumentException($"Expected {DigestGuard.Size} bytes for each message of {length} bytes, got {digests.Length} for {messages.Length} bytes of messages.", nameof(digests));
        if (messages.Overlaps(digests)) throw new ArgumentException("Expected digests apart from the messages, got overlapping spans.", nameof(digests));
    }

    public static void RequireTile(ReadOnlySpan<uint> words, ReadOnlySpan<byte> digests)
    {
        if (words.Length % TileRows != 0) throw new ArgumentException($"Expected a multiple of {TileRows} words, got {words.Length}.", nameof(words));
        if (digests.Length != TileRows * DigestGuard.Size)
            throw new ArgumentException($"Expected {TileRows * DigestGuard.Size} bytes of digests, got {digests.Length}.", nameof(digests));
        if (MemoryMarshal.AsBytes(words).Overlaps(digests)) throw new ArgumentException("Expected digests apart from the words, got overlapping spans.", nameof(digests));
    }

    /// <summary>Row by row, with a buffer of the pool: for big-endian machines only.</summary>
    public static void HashRowByRow<THash>(ReadOnlySpan<uint> words, Span<byte> digests) where THash : struct, IDigest<THash>
    {
        int width = words.Length / TileRows;
        byte[] row = System.Buffers.ArrayPool<byte>.Shared.Rent(sizeof(uint) * width);
        for (int i = 0; i < TileRows; i++)
        {
            for (int word = 0; word < width; word++) BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(sizeof(uint) * word), words[TileRows * word + i]);
            THash.Hash(row.AsSpan(0, sizeof(uint) * width), digests[(DigestGuard.Size * i)..]);
        }
        System.Buffers.ArrayPool<byte>.Shared.Return(row, clearArray: true);
    }
}
