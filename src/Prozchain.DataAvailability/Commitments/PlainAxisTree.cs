using System.Buffers;
using System.Runtime.InteropServices;
using Prozchain.DataAvailability.Coding;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// The Merkle tree of RFC 6962 with SHA-256 over the cells of a line: scheme 0. A path is the siblings from the leaf
/// up, 32 bytes each.
/// </summary>
public sealed class PlainAxisTree : IAxisTree
{
    private PlainAxisTree() { }

    /// <summary>The one instance; it has no state.</summary>
    public static PlainAxisTree Instance { get; } = new();

    /// <summary>0.</summary>
    public byte Scheme => 0;

    /// <summary>32 bytes.</summary>
    public int RootSize => Bytes32.Size;

    /// <inheritdoc/>
    public void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root)
    {
        LineRules.CheckLine(line, cells);
        LineRules.CheckRoot(RootSize, root);
        byte[] rented = ArrayPool<byte>.Shared.Rent(line.Width * Bytes32.Size);
        Span<byte> nodes = rented.AsSpan(0, line.Width * Bytes32.Size);
        Sha256MerkleHash.Leaves(cells, nodes);
        for (; nodes.Length > Bytes32.Size; nodes = nodes[..(nodes.Length / 2)]) Sha256MerkleHash.Inners(nodes, nodes);
        nodes.CopyTo(root);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <inheritdoc/>
    public void ComputeRoots(ReadOnlyMemory<byte> cells, int width, Memory<byte> roots, int threads = 1, CancellationToken cancellationToken = default)
    {
        int cellSize = LineRules.CellSize(cells, width, roots, RootSize, threads);
        new SquareTrees(false, cells, width, cellSize, roots).Compute(threads, cancellationToken);
    }

    /// <inheritdoc/>
    public ILineTree Build(AxisLine line, ReadOnlyShards cells)
    {
        LineRules.CheckLine(line, cells);
        var levels = new TreeLevels(false, line.Width);
        Sha256MerkleHash.Leaves(cells, levels.Leaves);
        levels.Reduce();
        return new PlainLine(levels);
    }

    /// <inheritdoc/>
    public bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path)
    {
        if (!LineRules.IsWidth(line.Width) || root.Length != Bytes32.Size || path.Length % Bytes32.Size != 0) return false;
        if (path.Length > MerkleTree<Sha256MerkleHash>.MaxProofLength * Bytes32.Size) return false;
        return MerkleTree<Sha256MerkleHash>.Verify(
            new Bytes32(root), line.Width, position, Sha256MerkleHash.Leaf(cell), MemoryMarshal.Cast<byte, Bytes32>(path));
    }

    private sealed class PlainLine(TreeLevels levels) : ILineTree
    {
        public ReadOnlySpan<byte> Root => levels.Root;

        public void Prove(int position, IBufferWriter<byte> path) => levels.Prove(position, path);
    }
}
