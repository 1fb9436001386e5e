using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// The tree behind a <see cref="Claim"/>, grown root by root as transactions are executed. It holds two digests a transaction;
/// padding is worked out, never stored. Not thread-safe.
/// </summary>
public sealed class ClaimTree
{
    // _levels[l] holds the roots of the complete subtrees of height l.
    private readonly List<Digest32>[] _levels;

    // _padding[l]: the subtree of height l all of whose leaves are the last root. Valid up to _padded.
    private readonly Digest32[] _padding;
    private int _padded = -1;

    /// <summary>A tree without roots yet.</summary>
    /// <param name="height">Height of the tree, 1 to <see cref="Claim.MaxHeight"/>.</param>
    public ClaimTree(int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Claim.MaxHeight);
        Height = height;
        _levels = new List<Digest32>[height + 1];
        for (int level = 0; level <= height; level++) _levels[level] = [];
        _padding = new Digest32[height + 1];
    }

    /// <summary>A tree over all roots at once.</summary>
    /// <param name="height">Height of the tree.</param>
    /// <param name="roots">The root after each transaction; at least one, at most 2^height.</param>
    public ClaimTree(int height, ReadOnlySpan<Digest32> roots) : this(height)
    {
        Append(roots);
    }

    /// <summary>Height: the tree has 2^Height leaves.</summary>
    public int Height { get; }

    /// <summary>Number of roots appended.</summary>
    public int Count => _levels[0].Count;

    /// <summary>The claim over what was appended, padded.</summary>
    /// <exception cref="InvalidOperationException">Nothing was appended.</exception>
    public Claim Claim => new(Node(Height, 0), Leaf((1UL << Height) - 1));

    /// <summary>Appends the root after the next transaction.</summary>
    /// <exception cref="InvalidOperationException">The tree is full.</exception>
    public void Append(in Digest32 root) => Append(new ReadOnlySpan<Digest32>(in root));

    /// <summary>Appends the roots after the next transactions, many hashes at once.</summary>
    /// <exception cref="InvalidOperationException">The tree has no room for them.</exception>
    public void Append(ReadOnlySpan<Digest32> roots)
    {
        if ((ulong)Count + (ulong)roots.Length > 1UL << Height) throw new InvalidOperationException($"A tree of height {Height} with {Count} roots has no room for {roots.Length}.");
        _padded = -1;
        _levels[0].AddRange(roots);
        for (int level = 0; level < Height; level++)
        {
            List<Digest32> below = _levels[level], above = _levels[level + 1];
            int have = above.Count, want = below.Count / 2;
            if (have == want) return;
            CollectionsMarshal.SetCount(above, want);
            // Two children that lie side by side are the message.
            KeccakLanes.HashRows(
                MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(below)[(2 * have)..(2 * want)]),
                2 * Digest32.Size,
                MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(above)[have..]));
        }
    }

    /// <summary>The root after index + 1 transactions; beyond the last one, the last.</summary>
    public Digest32 Leaf(ulong index) => Node(0, index);

    /// <summary>Root of a subtree.</summary>
    /// <param name="level">Its height, 0 for a leaf.</param>
    /// <param name="index">Which one from the left, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such subtree.</exception>
    /// <exception cref="InvalidOperationException">Nothing was appended.</exception>
    public Digest32 Node(int level, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, Height);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1UL << (Height - level));
        if (Count == 0) throw new InvalidOperationException("Expected at least one root, got none.");
        return Inside(level, index);
    }

    /// <summary>Opens a leaf: siblings from the leaf up, as many as the height.</summary>
    /// <param name="index">Index of the leaf, from 0.</param>
    public Digest32[] Open(ulong index)
    {
        var siblings = new Digest32[Height];
        for (int level = 0; level < Height; level++) siblings[level] = Node(level, (index >> level) ^ 1);
        return siblings;
    }

    private Digest32 Inside(int level, ulong index)
    {
        List<Digest32> complete = _levels[level];
        if (index < (ulong)complete.Count) return complete[(int)index];
        return index << level >= (ulong)Count ? Padding(level) : Hashing.Pair(Inside(level - 1, 2 * index), Inside(level - 1, 2 * index + 1));
    }

    private Digest32 Padding(int level)
    {
        if (_padded < 0) (_padding[0], _padded) = (_levels[0][^1], 0);
        for (; _padded < level; _padded++) _padding[_padded + 1] = Hashing.Pair(_padding[_padded], _padding[_padded]);
        return _padding[level];
    }
}
