using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// The commitment to data that is off-chain, of which any part can be asked for on L1: a Keccak-256 tree over chunks of
/// 131,072 bytes, so that one whole chunk fits an EVM transaction, and the length (docs/formats/rollups-chunks.md).
/// </summary>
public static class ChunkCommitment
{
    /// <summary>Bytes of every chunk but the last.</summary>
    public const int ChunkSize = 131_072;

    private const byte LeafTag = 0x13, InnerTag = 0x14;

    /// <summary>Number of chunks of so many bytes.</summary>
    public static ulong CountOf(ulong length) => length / ChunkSize + (length % ChunkSize == 0 ? 0UL : 1);

    /// <summary>The commitment to data.</summary>
    public static Digest32 Compute(ReadOnlySpan<byte> data) => Commit((ulong)data.Length, Root(data));

    /// <summary>The root over the chunks of data; zero for none.</summary>
    public static Digest32 Root(ReadOnlySpan<byte> data) => RootOf(HashesOf(data));

    /// <summary>The root over chunks from their hashes; zero for none.</summary>
    public static Digest32 RootOf(ReadOnlySpan<Digest32> hashes)
    {
        Bytes32[] level = Leaves(hashes);
        for (; level.Length > 1; level = Fold(level)) { }
        return level.Length == 0 ? default : new Digest32(level[0]);
    }

    /// <summary>The hashes of the chunks of data, in order: the leaves of the tree.</summary>
    public static Digest32[] HashesOf(ReadOnlySpan<byte> data)
    {
        var hashes = new Digest32[CountOf((ulong)data.Length)];
        for (int i = 0; i < hashes.Length; i++) hashes[i] = new Digest32(Leaf(data.Slice(i * ChunkSize, Math.Min(ChunkSize, data.Length - i * ChunkSize))));
        return hashes;
    }

    /// <summary>The commitment from its two parts: Keccak-256 of both as words of 32 bytes.</summary>
    public static Digest32 Commit(ulong length, in Digest32 root)
    {
        Span<byte> words = stackalloc byte[2 * Bytes32.Size];
        words.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(words[(Bytes32.Size - sizeof(ulong))..], length);
        root.Span.CopyTo(words[Bytes32.Size..]);
        return new Digest32(Hashing.Keccak(words));
    }

    /// <summary>The siblings of a chunk, from its leaf up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk.</exception>
    public static Digest32[] Prove(ReadOnlySpan<byte> data, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, CountOf((ulong)data.Length), nameof(index));
        Bytes32[] level = Leaves(HashesOf(data));
        var siblings = new List<Digest32>();
        for (; level.Length > 1; level = Fold(level), index /= 2) siblings.Add(new Digest32(level[index ^ 1]));
        return [.. siblings];
    }

    /// <summary>Checks that bytes are a chunk of what the commitment is to. Untrusted input.</summary>
    public static bool Verify(in Digest32 commitment, ulong length, in Digest32 root, ulong index, ReadOnlySpan<byte> chunk, ReadOnlySpan<Digest32> siblings) =>
        Commit(length, root) == commitment && VerifyChunk(length, root, index, chunk, siblings);

    internal static bool VerifyChunk(ulong length, in Digest32 root, ulong index, ReadOnlySpan<byte> chunk, ReadOnlySpan<Digest32> siblings)
    {
        ulong count = CountOf(length);
        if (index >= count || (ulong)chunk.Length != Math.Min(ChunkSize, length - index * ChunkSize)) return false;
        if (siblings.Length != (count == 1 ? 0 : BitOperations.Log2(count - 1) + 1)) return false;
        Bytes32 node = Leaf(chunk);
        for (int i = 0; i < siblings.Length; i++)
            node = (index >> i & 1) == 0 ? Hashing.Tagged(InnerTag, node, siblings[i].Value) : Hashing.Tagged(InnerTag, siblings[i].Value, node);
        return node.Equals(root.Value);
    }

    private static Bytes32[] Leaves(ReadOnlySpan<Digest32> hashes)
    {
        if (hashes.IsEmpty) return [];
        var level = new Bytes32[BitOperations.RoundUpToPowerOf2((uint)hashes.Length)];
        for (int i = 0; i < hashes.Length; i++) level[i] = hashes[i].Value;
        return level;
    }

    private static Bytes32 Leaf(ReadOnlySpan<byte> chunk)
    {
        var input = new byte[1 + chunk.Length];
        input[0] = LeafTag;
        chunk.CopyTo(input.AsSpan(1));
        return Hashing.Keccak(input);
    }

    private static Bytes32[] Fold(Bytes32[] level)
    {
        var above = new Bytes32[level.Length / 2];
        for (int i = 0; i < above.Length; i++) above[i] = Hashing.Tagged(InnerTag, level[2 * i], level[2 * i + 1]);
        return above;
    }
}
