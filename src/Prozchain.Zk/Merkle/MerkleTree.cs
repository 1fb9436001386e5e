using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// A Merkle tree over a power of two of leaves of one size. Leaf digest: H(0 ‖ leaf); inner node: H(1 ‖ left ‖ right);
/// the tree of RFC 6962 where the number of leaves is a power of two. Holds digests only: 64 bytes for each leaf.
/// </summary>
/// <remarks>Immutable and thread-safe once made. The root does not bind the shape: a statement names both.</remarks>
/// <typeparam name="THash">The hash function.</typeparam>
public sealed class MerkleTree<THash> where THash : struct, IBatchDigest<THash>
{
    private const int ProgressStep = 4096, NodeBatch = 256, BufferSize = 1 << 18;

    // A heap: the root at 1, the children of i at 2i and 2i + 1, the leaves from LeafCount on.
    private readonly Bytes32[] _nodes;

    private MerkleTree(MerkleShape shape, Bytes32[] nodes) => (Shape, _nodes) = (shape, nodes);

    /// <summary>Number and size of the leaves.</summary>
    public MerkleShape Shape { get; }

    /// <summary>The 32-byte root.</summary>
    public ReadOnlySpan<byte> Root => _nodes[1].Span;

    /// <summary>Hashes leaves that lie one after the other.</summary>
    /// <param name="leaves">All leaves, <c>shape.LeafCount * shape.LeafSize</c> bytes.</param>
    /// <param name="shape">Number and size of the leaves.</param>
    /// <param name="progress">Told the number of leaves hashed, now and then.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">The bytes are not of that shape.</exception>
    public static MerkleTree<THash> Commit(ReadOnlySpan<byte> leaves, MerkleShape shape, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        shape.Require();
        if (leaves.Length != (long)shape.LeafCount * shape.LeafSize)
            throw new ArgumentException($"Expected {(long)shape.LeafCount * shape.LeafSize} bytes of leaves, got {leaves.Length}.", nameof(leaves));
        return Commit(new ContiguousRows(leaves, shape.LeafSize), shape, progress, cancellation);
    }

    /// <summary>Opens one leaf: its bytes and its path. The tree does not hold the leaf, so the caller brings it.</summary>
    /// <exception cref="ArgumentException">The index is out of range, or the leaf is not the one committed to.</exception>
    public MerkleOpening Open(int index, ReadOnlySpan<byte> leaf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shape.LeafCount);
        var opening = new MerkleOpening(index, leaf, Shape.Depth);
        int at = Shape.LeafCount + index;
        if (leaf.Length != Shape.LeafSize || !opening.LeafDigest<THash>().Equals(_nodes[at]))
            throw new ArgumentException($"Expected leaf {index} as it was committed to, got {leaf.Length} other bytes.", nameof(leaf));
        for (int level = 0; at > 1; at >>= 1, level++) _nodes[at ^ 1].Span.CopyTo(opening.Sibling(level));
        return opening;
    }

    internal static MerkleTree<THash> Commit<TRows>(TRows rows, MerkleShape shape, IProgress<int>? progress, CancellationToken cancellation)
        where TRows : IRowSource, allows ref struct
    {
        var nodes = new Bytes32[2 * shape.LeafCount];
        int tagged = 1 + shape.LeafSize, batch = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(BufferSize / tagged, 1, ProgressStep / 4));
        batch = Math.Min(batch, shape.LeafCount);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(batch * tagged, Math.Min(NodeBatch, shape.LeafCount) * NodeHash<THash>.InnerSize));
        try
        {
            for (int first = 0; first < shape.LeafCount; first += batch)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> leaves = buffer.AsSpan(0, batch * tagged);
                for (int i = 0; i < batch; i++)
                {
                    leaves[i * tagged] = NodeHash<THash>.LeafTag;
                    rows.CopyRow(first + i, leaves.Slice(i * tagged + 1, shape.LeafSize));
                }
                THash.HashMany(leaves, tagged, MemoryMarshal.AsBytes(nodes.AsSpan(shape.LeafCount + first, batch)));
                if ((first + batch) % ProgressStep == 0) progress?.Report(first + batch);
            }
            for (int level = shape.LeafCount / 2; level > 0; level /= 2)
                for (int first = 0; first < level; first += NodeBatch)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int count = Math.Min(NodeBatch, level - first);
                    InnerMany(nodes.AsSpan(2 * (level + first), 2 * count), buffer, nodes.AsSpan(level + first, count));
                }
        }
        finally
        {
            // Rows may be a witness.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
        progress?.Report(shape.LeafCount);
        return new MerkleTree<THash>(shape, nodes);
    }

    private static void InnerMany(ReadOnlySpan<Bytes32> children, Span<byte> buffer, Span<Bytes32> parents)
    {
        Span<byte> tagged = buffer[..(parents.Length * NodeHash<THash>.InnerSize)];
        for (int i = 0; i < parents.Length; i++)
        {
            Span<byte> one = tagged.Slice(i * NodeHash<THash>.InnerSize, NodeHash<THash>.InnerSize);
            one[0] = NodeHash<THash>.InnerTag;
            MemoryMarshal.AsBytes(children.Slice(2 * i, 2)).CopyTo(one[1..]);
        }
        THash.HashMany(tagged, NodeHash<THash>.InnerSize, MemoryMarshal.AsBytes(parents));
    }

    private readonly ref struct ContiguousRows(ReadOnlySpan<byte> leaves, int leafSize) : IRowSource
    {
        private readonly ReadOnlySpan<byte> _leaves = leaves;

        public void CopyRow(int index, Span<byte> destination) => _leaves.Slice(index * leafSize, leafSize).CopyTo(destination);
    }
}
