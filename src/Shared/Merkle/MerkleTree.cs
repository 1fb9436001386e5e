namespace Prozchain.Shared;

/// <summary>How a binary Merkle tree hashes: leaf data and pairs of nodes, in separate domains.</summary>
internal interface IMerkleHash
{
    /// <summary>Digest of a leaf's bytes.</summary>
    static abstract Bytes32 Leaf(ReadOnlySpan<byte> data);

    /// <summary>Digest of an inner node.</summary>
    static abstract Bytes32 Inner(in Bytes32 left, in Bytes32 right);

    /// <summary>Root of a tree without leaves.</summary>
    static abstract Bytes32 Empty { get; }
}

/// <summary>
/// The tree of RFC 6962, section 2.1: a tree of n leaves splits at the largest power of two below n, so that any
/// number of leaves has one shape and no leaf is ever duplicated. A root does not bind the count (a leaf whose path
/// has the same turns in trees of two counts verifies in both), so a format commits to the count beside the root.
/// </summary>
internal static class MerkleTree<THash> where THash : IMerkleHash
{
    /// <summary>A proof holds at most this many siblings: the count of leaves is an <see cref="int"/>.</summary>
    public const int MaxProofLength = 31;

    public static Bytes32 Root(ReadOnlySpan<Bytes32> leaves)
    {
        if (leaves.IsEmpty) return THash.Empty;
        if (leaves.Length == 1) return leaves[0];
        int split = SplitPoint(leaves.Length);
        return THash.Inner(Root(leaves[..split]), Root(leaves[split..]));
    }

    /// <summary>Siblings of leaf <paramref name="index"/>, from the leaf up.</summary>
    public static Bytes32[] Prove(ReadOnlySpan<Bytes32> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        var siblings = new Bytes32[ProofLength(leaves.Length, index)];
        Prove(leaves, index, siblings);
        return siblings;
    }

    /// <summary>The same into the caller's memory, as long as <see cref="ProofLength"/> says.</summary>
    public static void Prove(ReadOnlySpan<Bytes32> leaves, int index, Span<Bytes32> siblings)
    {
        for (int at = siblings.Length; leaves.Length > 1;)
        {
            int split = SplitPoint(leaves.Length);
            bool left = index < split;
            siblings[--at] = Root(left ? leaves[split..] : leaves[..split]);
            leaves = left ? leaves[..split] : leaves[split..];
            if (!left) index -= split;
        }
    }

    /// <summary>The proofs of all leaves, each node hashed once; returns the root.</summary>
    /// <param name="siblings">Receives them, the siblings of a leaf every <paramref name="stride"/>.</param>
    /// <param name="stride">At least the proof length of the first leaf, which is as long as any.</param>
    public static Bytes32 ProveAll(ReadOnlySpan<Bytes32> leaves, Span<Bytes32> siblings, int stride)
    {
        if (leaves.Length <= 1) return Root(leaves);
        int split = SplitPoint(leaves.Length);
        Bytes32 left = ProveAll(leaves[..split], siblings, stride), right = ProveAll(leaves[split..], siblings[(split * stride)..], stride);
        for (int i = 0; i < leaves.Length; i++) siblings[i * stride + ProofLength(leaves.Length, i) - 1] = i < split ? right : left;
        return THash.Inner(left, right);
    }

    /// <summary>Number of siblings in the proof of one leaf. The index is below the count.</summary>
    public static int ProofLength(int count, int index)
    {
        int length = 0;
        while (count > 1)
        {
            int split = SplitPoint(count);
            (count, index) = index < split ? (split, index) : (count - split, index - split);
            length++;
        }
        return length;
    }

    /// <summary>
    /// Untrusted input: false for any proof that is not the one proof of that leaf in that tree. The count is the
    /// caller's, from where it is bound to the root.
    /// </summary>
    public static bool Verify(in Bytes32 root, int count, int index, in Bytes32 leaf, ReadOnlySpan<Bytes32> siblings) =>
        index >= 0 && index < count && siblings.Length == ProofLength(count, index) && Climb(count, index, leaf, siblings).Equals(root);

    /// <summary>
    /// The root that a leaf and its siblings lead to. The index is below the count, and there are as many siblings as
    /// <see cref="ProofLength"/> says.
    /// </summary>
    public static Bytes32 Climb(int count, int index, in Bytes32 leaf, ReadOnlySpan<Bytes32> siblings)
    {
        if (siblings.IsEmpty) return leaf;
        int split = SplitPoint(count);
        return index < split
            ? THash.Inner(Climb(split, index, leaf, siblings[..^1]), siblings[^1])
            : THash.Inner(siblings[^1], Climb(count - split, index - split, leaf, siblings[..^1]));
    }

    private static int SplitPoint(int count) => 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));
}
