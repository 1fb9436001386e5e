namespace Prozchain.Rollups.Disputes;

/// <summary>
/// What a party says about a whole computation: the Merkle root over 2^h leaves, leaf i the state root after i + 1
/// transactions (the last one repeated as padding), and that last root. Two parties that say the same make the same claim,
/// so a move for it needs no identity, and nobody can defend it with anything but what it commits to.
/// </summary>
/// <param name="Root">Root of the tree: keccak256(left ‖ right) at each level, leaves as they are.</param>
/// <param name="FinalRoot">The last leaf: the state root after the last transaction.</param>
public readonly record struct Claim(Digest32 Root, Digest32 FinalRoot)
{
    /// <summary>Largest height of a tree: 2^32 transactions.</summary>
    public const int MaxHeight = 32;

    /// <summary>Smallest height that holds a number of transactions; at least 1, because a claim is two children.</summary>
    /// <param name="steps">Number of transactions.</param>
    /// <exception cref="ArgumentOutOfRangeException">None, or more than 2^32.</exception>
    public static int HeightOf(ulong steps)
    {
        ArgumentOutOfRangeException.ThrowIfZero(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, 1UL << MaxHeight);
        return steps <= 2 ? 1 : 64 - System.Numerics.BitOperations.LeadingZeroCount(steps - 1);
    }

    /// <summary>Checks that a leaf stands at an index under a root. Untrusted input: false unless it is its one opening.</summary>
    /// <param name="root">Root of the tree.</param>
    /// <param name="height">Its height.</param>
    /// <param name="index">Index of the leaf, from 0.</param>
    /// <param name="leaf">The leaf.</param>
    /// <param name="siblings">As many siblings as the height, from the leaf up.</param>
    public static bool VerifyOpening(in Digest32 root, int height, ulong index, in Digest32 leaf, ReadOnlySpan<Digest32> siblings)
    {
        if (height is < 0 or > MaxHeight || siblings.Length != height || index >> height != 0) return false;
        Digest32 node = leaf;
        foreach (Digest32 sibling in siblings)
        {
            node = (index & 1) == 0 ? Hashing.Pair(node, sibling) : Hashing.Pair(sibling, node);
            index >>= 1;
        }
        return node == root;
    }
}
