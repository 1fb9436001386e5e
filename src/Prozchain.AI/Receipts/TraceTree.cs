using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>The tree over a trace's leaves, that of RFC 6962: it splits at the largest power of two below the count.</summary>
internal static class TraceTree
{
    public static int Split(int count) => 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));

    /// <summary>Whether a path leads from a leaf to the root.</summary>
    public static bool Verify(in Bytes32 root, int count, int leaf, in Bytes32 digest, ReadOnlySpan<byte> path) =>
        path.Length % Bytes32.Size == 0 && path.Length <= MerkleTree<ReceiptHash>.MaxProofLength * Bytes32.Size
        && MerkleTree<ReceiptHash>.Verify(root, count, leaf, digest, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Bytes32>(path));
}
