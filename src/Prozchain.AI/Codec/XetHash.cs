using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.AI.Codec;

/// <summary>
/// The names that Xet gives to what <see cref="ContentChunker"/> cuts: BLAKE3 of a chunk under one key, of the nodes of a tree
/// over chunks under another (xet-core, merklehash/aggregated_hashes.rs). A node is the hash of a text: a line for each child,
/// its hash and its size.
/// </summary>
internal static class XetHash
{
    /// <summary>Bytes of every hash.</summary>
    public const int Size = Blake3.DigestSize;

    private const int MinChildren = 3, MaxChildren = 9, HexDigits = 2 * Size, MaxLine = HexDigits + 24;

    private static ReadOnlySpan<byte> ChunkKey =>
        [0x66, 0x97, 0xF5, 0x77, 0x5B, 0x95, 0x50, 0xDE, 0x31, 0x35, 0xCB, 0xAC, 0xA5, 0x97, 0x18, 0x1C, 0x9D, 0xE4, 0x21, 0x10, 0x9B, 0xEB, 0x2B, 0x58, 0xB4, 0xD0, 0xB0, 0x4B, 0x93, 0xAD, 0xF2, 0x29];

    private static ReadOnlySpan<byte> NodeKey =>
        [0x01, 0x7E, 0xC5, 0xC7, 0xA5, 0x47, 0x29, 0x96, 0xFD, 0x94, 0x66, 0x66, 0xB4, 0x8A, 0x02, 0xE6, 0x5D, 0xDD, 0x53, 0x6F, 0x37, 0xC7, 0x6D, 0xD2, 0xF8, 0x63, 0x52, 0xE6, 0x4A, 0x53, 0x71, 0x3F];

    /// <summary>The hash of a chunk's bytes.</summary>
    public static void Chunk(ReadOnlySpan<byte> chunk, Span<byte> hash) => Blake3.KeyedHash(ChunkKey, chunk, hash);

    /// <summary>The root over chunks, which is the hash of a xorb of just these chunks; of no chunks, zeros.</summary>
    /// <param name="hashes">The chunks' hashes, one behind another.</param>
    /// <param name="sizes">Their sizes in bytes.</param>
    /// <param name="root">Receives <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException">There are not as many hashes as sizes.</exception>
    public static void Root(ReadOnlySpan<byte> hashes, ReadOnlySpan<ulong> sizes, Span<byte> root)
    {
        if (hashes.Length != (long)sizes.Length * Size)
            throw new ArgumentException($"Expected {sizes.Length} hashes of {Size} bytes, got {hashes.Length} bytes.", nameof(hashes));
        if (sizes.IsEmpty)
        {
            root[..Size].Clear();
            return;
        }
        byte[] nodes = ArrayPool<byte>.Shared.Rent(hashes.Length);
        ulong[] weights = ArrayPool<ulong>.Shared.Rent(sizes.Length);
        hashes.CopyTo(nodes);
        sizes.CopyTo(weights);
        for (int count = sizes.Length; count > 1;) count = Level(nodes.AsSpan(0, count * Size), weights.AsSpan(0, count));
        nodes.AsSpan(0, Size).CopyTo(root);
        ArrayPool<byte>.Shared.Return(nodes);
        ArrayPool<ulong>.Shared.Return(weights);
    }

    /// <summary>The hash of a file: that of the root over its chunks, under a salt. An empty file has zeros.</summary>
    /// <param name="salt"><see cref="Size"/> bytes; zeros where nobody wants his files unknown to others.</param>
    /// <inheritdoc cref="Root"/>
    public static void File(ReadOnlySpan<byte> hashes, ReadOnlySpan<ulong> sizes, ReadOnlySpan<byte> salt, Span<byte> hash)
    {
        Span<byte> root = stackalloc byte[Size];
        Root(hashes, sizes, root);
        if (sizes.IsEmpty) hash[..Size].Clear();
        else Blake3.KeyedHash(salt, root, hash);
    }

    /// <summary>The hash as Xet writes it: four words of 16 hexadecimal digits, each little-endian in the bytes.</summary>
    public static string Format(ReadOnlySpan<byte> hash)
    {
        Span<byte> digits = stackalloc byte[HexDigits];
        WriteHex(hash, digits);
        return Encoding.ASCII.GetString(digits);
    }

    // Puts the nodes over these to their front. A node closes at the third child or later whose last word is a multiple of
    // four, at the ninth, and at the end.
    private static int Level(Span<byte> nodes, Span<ulong> sizes)
    {
        int written = 0;
        for (int from = 0; from < sizes.Length;)
        {
            int count = 1;
            while (from + count < sizes.Length && count < MaxChildren && (count < MinChildren || (nodes[(from + count) * Size - sizeof(ulong)] & 3) != 0)) count++;
            ulong total = Node(nodes.Slice(from * Size, count * Size), sizes.Slice(from, count), nodes.Slice(written * Size, Size));
            sizes[written++] = total;
            from += count;
        }
        return written;
    }

    private static ulong Node(ReadOnlySpan<byte> children, ReadOnlySpan<ulong> sizes, Span<byte> hash)
    {
        Span<byte> text = stackalloc byte[MaxChildren * MaxLine];
        int at = 0;
        ulong total = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            WriteHex(children.Slice(i * Size, Size), text[at..]);
            at += HexDigits;
            " : "u8.CopyTo(text[at..]);
            bool written = sizes[i].TryFormat(text[(at + 3)..], out int digits);
            Debug.Assert(written);
            at += 3 + digits;
            text[at++] = (byte)'\n';
            total += sizes[i];
        }
        Blake3.KeyedHash(NodeKey, text[..at], hash);
        return total;
    }

    private static void WriteHex(ReadOnlySpan<byte> hash, Span<byte> digits)
    {
        for (int i = 0; i < Size; i += sizeof(ulong))
            BinaryPrimitives.ReadUInt64LittleEndian(hash[i..]).TryFormat(digits[(2 * i)..], out _, "x16");
    }
}
