using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>RFC 6962 trees over the n symbols of a row or column. A symbol's leaf is the same in both of its trees.</summary>
internal static class SliverTree
{
    public static Bytes32[] Leaves(ReadOnlySpan<byte> symbols, int symbolSize)
    {
        var leaves = new Bytes32[symbols.Length / symbolSize];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = Sha256MerkleHash.Leaf(symbols.Slice(i * symbolSize, symbolSize));
        return leaves;
    }

    public static Bytes32 Root(ReadOnlySpan<Bytes32> leaves) => MerkleTree<Sha256MerkleHash>.Root(leaves);

    public static Bytes32[] Prove(ReadOnlySpan<Bytes32> leaves, int position) => MerkleTree<Sha256MerkleHash>.Prove(leaves, position);

    /// <summary>Siblings of a proof: for a position below the count of leaves.</summary>
    public static int ProofLength(int count, int position) => MerkleTree<Sha256MerkleHash>.ProofLength(count, position);

    public static bool Verify(in Bytes32 root, int count, int position, ReadOnlySpan<byte> symbol, ReadOnlySpan<Bytes32> siblings) =>
        MerkleTree<Sha256MerkleHash>.Verify(root, count, position, Sha256MerkleHash.Leaf(symbol), siblings);
}
