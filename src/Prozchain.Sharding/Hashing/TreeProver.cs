using Prozchain.Shared;

namespace Prozchain.Sharding.Hashing;

/// <summary>All proofs of one tree at once, hashing each node once; the proofs are those of <see cref="MerkleTree{THash}"/>.</summary>
internal static class TreeProver
{
    /// <summary>The root, and for each leaf its siblings from the leaf up.</summary>
    public static Bytes32 ProveAll(ReadOnlySpan<Bytes32> leaves, out Bytes32[][] proofs)
    {
        var lists = new List<Bytes32>[leaves.Length];
        for (int i = 0; i < lists.Length; i++) lists[i] = [];
        Bytes32 root = leaves.IsEmpty ? TreeHash.Empty : Climb(leaves, lists);
        proofs = Array.ConvertAll(lists, list => list.ToArray());
        return root;
    }

    private static Bytes32 Climb(ReadOnlySpan<Bytes32> leaves, ReadOnlySpan<List<Bytes32>> proofs)
    {
        if (leaves.Length == 1) return leaves[0];
        int split = 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(leaves.Length - 1)));
        Bytes32 left = Climb(leaves[..split], proofs[..split]), right = Climb(leaves[split..], proofs[split..]);
        foreach (List<Bytes32> proof in proofs[..split]) proof.Add(right);
        foreach (List<Bytes32> proof in proofs[split..]) proof.Add(left);
        return TreeHash.Inner(left, right);
    }
}
