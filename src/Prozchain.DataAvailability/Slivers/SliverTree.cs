using System.Runtime.InteropServices;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>RFC 6962 trees over the n symbols of a row or column. A symbol's leaf is the same in both of its trees.</summary>
internal static class SliverTree
{
    public static Bytes32[] Leaves(ReadOnlySpan<byte> symbols, int symbolSize)
    {
        var leaves = new Bytes32[symbols.Length / symbolSize];
        Sha256MerkleHash.Leaves(new ReadOnlyShards(symbols, leaves.Length, symbolSize), MemoryMarshal.AsBytes(leaves.AsSpan()));
        return leaves;
    }

    /// <summary>The root over at least one leaf: pairs from below, the last one of an odd number as it is, which is the tree of the RFC.</summary>
    public static Bytes32 Root(ReadOnlySpan<Bytes32> leaves)
    {
        Bytes32[] nodes = leaves.ToArray();
        for (int count = nodes.Length; count > 1; count = (count + 1) / 2)
        {
            Bytes32 last = nodes[count - 1];
            Span<byte> level = MemoryMarshal.AsBytes(nodes.AsSpan(0, count));
            Sha256MerkleHash.Inners(level, level);
            if (count % 2 == 1) nodes[count / 2] = last;
        }
        return nodes[0];
    }

    public static Bytes32[] Prove(ReadOnlySpan<Bytes32> leaves, int position) => MerkleTree<Sha256MerkleHash>.Prove(leaves, position);

    /// <summary>Siblings of a proof: for a position below the count of leaves.</summary>
    public static int ProofLength(int count, int position) => MerkleTree<Sha256MerkleHash>.ProofLength(count, position);

    public static bool Verify(in Bytes32 root, int count, int position, ReadOnlySpan<byte> symbol, ReadOnlySpan<Bytes32> siblings) =>
        MerkleTree<Sha256MerkleHash>.Verify(root, count, position, Sha256MerkleHash.Leaf(symbol), siblings);
}
