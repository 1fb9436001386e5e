using System.Buffers;
using System.Numerics;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>All nodes of a tree over a power of two of leaves, level after level: 2n - 1 nodes.</summary>
/// <param name="isNamed">Nodes are namespaced, 90 bytes; else plain digests, 32 bytes.</param>
/// <param name="count">Leaves.</param>
internal sealed class TreeLevels(bool isNamed, int count)
{
    private readonly int _nodeSize = isNamed ? NamespacedHash.NodeSize : NamespacedHash.DigestSize;
    private readonly byte[] _nodes = new byte[(2 * count - 1) * (isNamed ? NamespacedHash.NodeSize : NamespacedHash.DigestSize)];

    /// <summary>The level of the root; the leaves are level 0.</summary>
    public int Top => BitOperations.Log2((uint)count);

    /// <summary>The nodes of the leaves, to be written before <see cref="Reduce"/>.</summary>
    public Span<byte> Leaves => Level(0);

    public ReadOnlySpan<byte> Root => Node(Top, 0);

    public ReadOnlySpan<byte> Node(int level, int index) => Level(level).Slice(index * _nodeSize, _nodeSize);

    /// <summary>Computes the levels above the leaves.</summary>
    public void Reduce()
    {
        for (int level = 0; level < Top; level++)
        {
            if (isNamed) NamespacedHash.Inners(Level(level), Level(level + 1));
            else Sha256MerkleHash.Inners(Level(level), Level(level + 1));
        }
    }

    /// <summary>Writes the siblings of a leaf, from the leaf up.</summary>
    public void Prove(int index, IBufferWriter<byte> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        for (int level = 0; level < Top; level++) path.Write(Node(level, (index >> level) ^ 1));
    }

    private Span<byte> Level(int level) => _nodes.AsSpan((2 * count - (2 * count >> level)) * _nodeSize, (count >> level) * _nodeSize);
}
