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
        CheckWidth(line, cells);
        if (root.Length != RootSize) throw new ArgumentException($"Expected {RootSize} bytes for the root, got {root.Length}.", nameof(root));
        MerkleTree<Sha256MerkleHash>.Root(Leaves(cells)).Span.CopyTo(root);
    }

    /// <inheritdoc/>
    public void Prove(AxisLine line, ReadOnlyShards cells, int position, IBufferWriter<byte> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckWidth(line, cells);
        foreach (Bytes32 sibling in MerkleTree<Sha256MerkleHash>.Prove(Leaves(cells), position)) path.Write(sibling.Span);
    }

    /// <inheritdoc/>
    public bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path)
    {
        if (root.Length != Bytes32.Size || path.Length % Bytes32.Size != 0) return false;
        if (path.Length > MerkleTree<Sha256MerkleHash>.MaxProofLength * Bytes32.Size) return false;
        return MerkleTree<Sha256MerkleHash>.Verify(
            new Bytes32(root), line.Width, position, Sha256MerkleHash.Leaf(cell), MemoryMarshal.Cast<byte, Bytes32>(path));
    }

    private static Bytes32[] Leaves(ReadOnlyShards cells)
    {
        var leaves = new Bytes32[cells.Count];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = Sha256MerkleHash.Leaf(cells[i]);
        return leaves;
    }

    private static void CheckWidth(AxisLine line, ReadOnlyShards cells)
    {
        if (cells.Count != line.Width) throw new ArgumentException($"Expected {line.Width} cells, got {cells.Count}.", nameof(cells));
    }
}
