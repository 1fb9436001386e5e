using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// Celestia's namespaced Merkle tree over the cells of a line: scheme 1. Every cell of the data quadrant begins with its
/// 29-byte namespace, in ascending order along every row and column; all other cells have the parity namespace, 29
/// bytes 0xFF. A root is the least namespace, the greatest but for parity, and a digest. A path is the
/// siblings from the leaf up, 90 bytes each. Proofs of ranges and of whole namespaces: <see cref="NamespacedLine"/>.
/// </summary>
public sealed class NamespacedAxisTree : IAxisTree
{
    /// <summary>Bytes of a namespace.</summary>
    public const int NamespaceSize = NamespacedHash.NamespaceSize;

    private const int NodeSize = NamespacedHash.NodeSize;

    private NamespacedAxisTree() { }

    /// <summary>The one instance; it has no state.</summary>
    public static NamespacedAxisTree Instance { get; } = new();

    /// <summary>1.</summary>
    public byte Scheme => 1;

    /// <summary>90 bytes.</summary>
    public int RootSize => NodeSize;

    /// <summary>True if the namespaces of the line's data cells are in ascending order.</summary>
    public bool Accepts(AxisLine line, ReadOnlyShards cells)
    {
        for (int i = 1; i < cells.Count && line.IsData(i); i++)
            if (Name(cells, i - 1).SequenceCompareTo(Name(cells, i)) > 0) return false;
        return true;
    }

    /// <inheritdoc/>
    public void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root)
    {
        Check(line, cells);
        LineRules.CheckRoot(RootSize, root);
        byte[] rented = ArrayPool<byte>.Shared.Rent(line.Width * NodeSize);
        Span<byte> nodes = rented.AsSpan(0, line.Width * NodeSize);
        Leaves(line, cells, nodes);
        NamespacedMerkle.Root(nodes, root);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <inheritdoc/>
    public void ComputeRoots(ReadOnlyMemory<byte> cells, int width, Memory<byte> roots, int threads = 1, CancellationToken cancellationToken = default)
    {
        int cellSize = LineRules.CellSize(cells, width, roots, RootSize, threads);
        for (int i = 0; i < width; i++)
        {
            var line = new AxisLine(i < width / 2 ? Axis.Row : Axis.Column, i % (width / 2), width);
            CheckOrder(line, line.Of(cells.Span, cellSize));
        }
        new SquareTrees(true, cells, width, cellSize, roots).Compute(threads, cancellationToken);
    }

    /// <summary>Hashes a line and keeps what proofs of cells, ranges and namespaces need.</summary>
    /// <exception cref="ArgumentException">Namespaces are out of order, or a size is not the one expected.</exception>
    public NamespacedLine Build(AxisLine line, ReadOnlyShards cells)
    {
        Check(line, cells);
        var levels = new TreeLevels(true, line.Width);
        Leaves(line, cells, levels.Leaves);
        levels.Reduce();
        return new NamespacedLine(line, levels);
    }

    ILineTree IAxisTree.Build(AxisLine line, ReadOnlyShards cells) => Build(line, cells);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path)
    {
        if (root.Length != NodeSize || (uint)position >= (uint)line.Width || !LineRules.IsWidth(line.Width)) return false;
        if (path.Length != BitOperations.Log2((uint)line.Width) * NodeSize || cell.Length < NamespaceSize) return false;
        Span<byte> node = stackalloc byte[NodeSize];
        NamespacedHash.Leaf(line.IsData(position) ? cell[..NamespaceSize] : NamespacedHash.Parity, cell, node);
        for (; !path.IsEmpty; path = path[NodeSize..], position >>= 1)
        {
            ReadOnlySpan<byte> sibling = path[..NodeSize];
            if (position % 2 == 0) NamespacedHash.Inner(node, sibling, node);
            else NamespacedHash.Inner(sibling, node, node);
        }
        return node.SequenceEqual(root);
    }

    /// <summary>The nodes of cells that follow each other along a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="first">The position of the first of them.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="nodes">90 bytes for each.</param>
    internal static void Leaves(AxisLine line, int first, ReadOnlyShards cells, Span<byte> nodes)
    {
        int data = line.IsData(first) ? Math.Min(cells.Count, line.Width / 2 - first) : 0;
        if (data > 0) NamespacedHash.Leaves([], new ReadOnlyShards(cells.Bytes, data, cells.ShardSize, cells.Stride), nodes);
        if (data == cells.Count) return;
        var parity = new ReadOnlyShards(cells.Bytes[(data * cells.Stride)..], cells.Count - data, cells.ShardSize, cells.Stride);
        NamespacedHash.Leaves(NamespacedHash.Parity, parity, nodes[(data * NodeSize)..]);
    }

    private static void Leaves(AxisLine line, ReadOnlyShards cells, Span<byte> nodes) => Leaves(line, 0, cells, nodes);

    private static ReadOnlySpan<byte> Name(ReadOnlyShards cells, int index) => cells[index][..NamespaceSize];

    private void Check(AxisLine line, ReadOnlyShards cells)
    {
        LineRules.CheckLine(line, cells);
        if (cells.ShardSize < NamespaceSize) throw new ArgumentException($"Expected cells of at least {NamespaceSize} bytes, got {cells.ShardSize}.", nameof(cells));
        CheckOrder(line, cells);
    }

    private void CheckOrder(AxisLine line, ReadOnlyShards cells)
    {
        if (Accepts(line, cells)) return;
        int at = 1;
        while (Name(cells, at - 1).SequenceCompareTo(Name(cells, at)) <= 0) at++;
        throw new ArgumentException(
            $"Expected namespaces in ascending order along every row and column, got {Convert.ToHexStringLower(Name(cells, at))} "
            + $"after {Convert.ToHexStringLower(Name(cells, at - 1))} at {line.Coordinate(at)}.", nameof(cells));
    }
}
