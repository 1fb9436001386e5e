using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>
/// The tree of <see cref="MerkleTree{THash}"/> over a context's tokens, of which only the roots of its full subtrees are kept: a token is
/// added by one hash and on average one inner node, the root is theirs put together from the right, at most one inner node each.
/// </summary>
internal sealed class StateTree
{
    // Roots of full subtrees from the left, one for each bit of the count.
    private readonly Bytes32[] _peaks = new Bytes32[32];

    /// <summary>Tokens in the tree.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that were hashed so far.</summary>
    public long HashedBytes { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Adds a token.</summary>
    /// <param name="leaf">Its digest.</param>
    /// <param name="bytes">Bytes that were hashed for it.</param>
    public void Add(in Bytes32 leaf, long bytes)
    {
        Bytes32 node = leaf;
        int at = BitOperations.PopCount((uint)Count);
        for (int full = Count; (full & 1) == 1; full >>= 1) node = Inner(_peaks[--at], node);
        _peaks[at] = node;
        Count++;
        HashedBytes += bytes;
    }

    /// <summary>Digest of the state.</summary>
    public Bytes32 Digest()
    {
        int peaks = BitOperations.PopCount((uint)Count);
        if (peaks == 0) return StateHash.State(0, StateHash.Empty);
        Bytes32 root = _peaks[peaks - 1];
        for (int i = peaks - 2; i >= 0; i--) root = Inner(_peaks[i], root);
        HashedBytes += sizeof(uint) + Bytes32.Size;
        return StateHash.State(Count, root);
    }

    private Bytes32 Inner(in Bytes32 left, in Bytes32 right)
    {
        HashedBytes += 2 * Bytes32.Size;
        return StateHash.Inner(left, right);
    }
}
