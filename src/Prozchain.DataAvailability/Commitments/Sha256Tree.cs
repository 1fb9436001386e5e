using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// The tree of <see cref="Sha256MerkleHash"/> over a power of two of equally long leaves, with all its nodes kept: built
/// many hashes at once, proves without hashing.
/// </summary>
/// <remarks>Node 1 is the root, nodes 2i and 2i + 1 are the children of node i, node n + i is leaf i.</remarks>
internal sealed class Sha256Tree
{
    private readonly Bytes32[] _nodes;

    /// <param name="leaves">A power of two.</param>
    public Sha256Tree(int leaves)
    {
        LeafCount = leaves;
        _nodes = new Bytes32[2 * leaves];
    }

    public int LeafCount { get; }

    public int PathLength => BitOperations.Log2((uint)LeafCount);

    /// <summary>Known once <see cref="Complete"/> has run.</summary>
    public ref readonly Bytes32 Root => ref _nodes[1];

    /// <summary>Hashes leaves from <paramref name="first"/> on. Distinct leaves may be set at once.</summary>
    /// <param name="first">The first leaf.</param>
    /// <param name="leaves">The leaves, one after the other.</param>
    /// <param name="size">Bytes of each.</param>
    public void SetLeaves(int first, ReadOnlySpan<byte> leaves, int size) =>
        Hash(0, leaves, size, _nodes.AsSpan(LeafCount + first, leaves.Length / size));

    /// <summary>Hashes everything above the leaves.</summary>
    public void Complete()
    {
        for (int level = LeafCount / 2; level > 0; level /= 2)
            Hash(1, MemoryMarshal.AsBytes(_nodes.AsSpan(2 * level, 2 * level)), 2 * Bytes32.Size, _nodes.AsSpan(level, level));
    }

    /// <summary>The siblings of a leaf, from the leaf up, 32 bytes each.</summary>
    public byte[] Prove(int leaf)
    {
        var path = new byte[PathLength * Bytes32.Size];
        Prove(leaf, path);
        return path;
    }

    /// <summary>The siblings of a leaf, into <see cref="PathLength"/> × 32 bytes.</summary>
    public void Prove(int leaf, Span<byte> path)
    {
        for (int node = LeafCount + leaf; node > 1; node /= 2, path = path[Bytes32.Size..]) _nodes[node ^ 1].Span.CopyTo(path);
    }

    /// <summary>The root that a leaf and its path lead to. The path is a multiple of 32 bytes; its length says how deep the tree is.</summary>
    public static Bytes32 Climb(int index, in Bytes32 leaf, ReadOnlySpan<byte> path)
    {
        Bytes32 node = leaf;
        foreach (ref readonly Bytes32 sibling in MemoryMarshal.Cast<byte, Bytes32>(path))
        {
            node = (index & 1) == 0 ? Sha256MerkleHash.Inner(node, sibling) : Sha256MerkleHash.Inner(sibling, node);
            index >>= 1;
        }
        return node;
    }

    private static void Hash(byte domain, ReadOnlySpan<byte> messages, int size, Span<Bytes32> digests) =>
        Sha256Lanes.HashPrefixed([domain], 1, 0, messages, size, size, MemoryMarshal.AsBytes(digests));
}
