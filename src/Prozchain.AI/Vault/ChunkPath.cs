using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// A 1 KiB chunk of some bytes and the way from it to their BLAKE3 digest: the tree that BLAKE3 hashes by has the chunks as its
/// leaves, split as RFC 6962 splits, so the path has that tree's shape. A piece needs no second tree to be sampled.
/// </summary>
internal static class ChunkPath
{
    public const int ChunkSize = 1024;

    /// <summary>Chunks of so many bytes; one of none.</summary>
    public static int Count(int length) => Math.Max(1, (length + ChunkSize - 1) / ChunkSize);

    public static int LengthOf(int length, int chunk) => Math.Min(ChunkSize, length - chunk * ChunkSize);

    /// <summary>Siblings on a path.</summary>
    public static int PathLength(int length, int chunk) => MerkleTree<AuditTree>.ProofLength(Count(length), chunk);

    /// <summary>The siblings of a chunk, from the chunk up, and the digest of the whole.</summary>
    /// <param name="siblings">As many as <see cref="PathLength"/> says.</param>
    public static Bytes32 Make(ReadOnlySpan<byte> bytes, int chunk, Span<Bytes32> siblings)
    {
        (int first, int count, int at) = (0, Count(bytes.Length), siblings.Length);
        while (count > 1)
        {
            int split = 1 << (31 - BitOperations.LeadingZeroCount((uint)(count - 1)));
            bool left = chunk < first + split;
            siblings[--at] = Bytes(left ? Node(bytes, first + split, count - split) : Node(bytes, first, split));
            (first, count) = left ? (first, split) : (first + split, count - split);
        }
        return Climb(bytes.Slice(chunk * ChunkSize, LengthOf(bytes.Length, chunk)), bytes.Length, chunk, siblings);
    }

    /// <summary>The digest that a chunk and its siblings lead to.</summary>
    /// <param name="chunk">As many bytes as <see cref="LengthOf"/> says.</param>
    /// <param name="length">Bytes of the whole.</param>
    /// <param name="index">Which chunk.</param>
    /// <param name="siblings">As many as <see cref="PathLength"/> says.</param>
    public static Bytes32 Climb(ReadOnlySpan<byte> chunk, int length, int index, ReadOnlySpan<Bytes32> siblings)
    {
        if (siblings.IsEmpty) return VaultHash.Content(chunk);
        Span<bool> isLeft = stackalloc bool[siblings.Length];
        (int first, int count, int at) = (0, Count(length), siblings.Length);
        while (count > 1)
        {
            int split = 1 << (31 - BitOperations.LeadingZeroCount((uint)(count - 1)));
            bool left = index < first + split;
            isLeft[--at] = left;
            (first, count) = left ? (first, split) : (first + split, count - split);
        }
        Blake3Words node = Chunk(chunk, index);
        for (int i = 0; i < siblings.Length; i++)
        {
            Blake3Words sibling = Blake3Words.Read(siblings[i].Span);
            node = isLeft[i] ? Parent(node, sibling, i == siblings.Length - 1) : Parent(sibling, node, i == siblings.Length - 1);
        }
        return Bytes(node);
    }

    private static Blake3Words Node(ReadOnlySpan<byte> bytes, int first, int count)
    {
        int start = first * ChunkSize, length = Math.Min(count * ChunkSize, bytes.Length - start);
        if (count == 1) return Chunk(bytes.Slice(start, length), first);
        bool whole = BitOperations.IsPow2(count) && length == count * ChunkSize && count <= Blake3Lanes.MaxSubtreeChunks;
        if (whole && Blake3Lanes.HasSubtrees) return Blake3Lanes.Subtree(bytes.Slice(start, length), Blake3Core.InitialVector, Blake3Flags.None, (ulong)first);
        int split = 1 << (31 - BitOperations.LeadingZeroCount((uint)(count - 1)));
        return Parent(Node(bytes, first, split), Node(bytes, first + split, count - split), isRoot: false);
    }

    private static Blake3Words Chunk(ReadOnlySpan<byte> chunk, int index)
    {
        Blake3Words node = Blake3Core.InitialVector;
        for (int at = 0; at == 0 || at < chunk.Length; at += 64)
        {
            int length = Math.Min(64, chunk.Length - at);
            var block = default(Blake3Block);
            chunk.Slice(at, length).CopyTo(block.Bytes);
            Blake3Flags flags = (at == 0 ? Blake3Flags.ChunkStart : Blake3Flags.None) | (at + length == chunk.Length ? Blake3Flags.ChunkEnd : Blake3Flags.None);
            Blake3Core.Compress(ref node, block, (ulong)index, length, flags);
        }
        return node;
    }

    private static Blake3Words Parent(in Blake3Words left, in Blake3Words right, bool isRoot)
    {
        Blake3Words node = Blake3Core.InitialVector;
        var block = default(Blake3Block);
        block.SetHalves(left, right);
        Blake3Core.Compress(ref node, block, 0, 64, Blake3Flags.Parent | (isRoot ? Blake3Flags.Root : Blake3Flags.None));
        return node;
    }

    private static Bytes32 Bytes(in Blake3Words words)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        words.Write(bytes);
        return new Bytes32(bytes);
    }
}
