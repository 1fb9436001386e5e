using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>The nodes of a heap trie, those within buckets and above pages included.</summary>
internal sealed unsafe class HeapTrieView(HeapTrie trie) : ITrieView<HeapTrieView.Node>
{
    public Node Root => At(trie.Root, trie.RootDepth);

    public int RootDepth => trie.RootDepth;

    /// <summary>A block as the subtree at a depth; if it is a page, at most one bit above its end.</summary>
    public Node At(uint reference, int depth)
    {
        if (TrieBlocks.Kind(reference) != TrieBlocks.PageKind) return Below(reference, depth, null);
        byte* page = trie.At(reference);
        int within = depth - TrieBlocks.Depth(page);
        if (within <= 0) return Below(reference, depth, null);
        return InPage(reference, page, (TrieBlocks.Fanout | TrieBlocks.Nibble((Bytes32*)page, TrieBlocks.Depth(page))) >> (TrieBlocks.PageBits - within));
    }

    public TrieNode Kind(Node node) => node.Reference == 0 ? TrieNode.Empty
        : TrieBlocks.Kind(node.Reference) == TrieBlocks.PageKind || node.End - node.Start > 1 ? TrieNode.Inner : TrieNode.Leaf;

    public Bytes32 Hash(Node node)
    {
        if (node.Reference == 0) return default;
        if (node.Known is { } hash) return hash;
        if (TrieBlocks.Kind(node.Reference) != TrieBlocks.PageKind && node.End - node.Start == 1) return *TrieBlocks.Leaf(trie.At(node.Reference), node.Start);
        (Node left, Node right) = Children(node);
        return StateHash.Inner(Hash(left), Hash(right));
    }

    public (Node Left, Node Right) Children(Node node)
    {
        byte* block = trie.At(node.Reference);
        if (node.Index > 0) return (InPage(node.Reference, block, 2 * node.Index), InPage(node.Reference, block, 2 * node.Index + 1));
        if (TrieBlocks.Kind(node.Reference) == TrieBlocks.PageKind)
        {
            bool isLeft = TrieBlocks.Prefix(block).Bit(node.Depth) == 0;
            Node next = node.Depth + 1 < TrieBlocks.Depth(block) ? node with { Depth = node.Depth + 1, Known = null } : InPage(node.Reference, block, 1);
            return isLeft ? (next, default) : (default, next);
        }
        int fork = node.Start;
        while (fork < node.End && TrieBlocks.Key(block, fork)->Bit(node.Depth) == 0) fork++;
        return (Part(node, node.Start, fork), Part(node, fork, node.End));
    }

    public (Bytes32 Key, Bytes32 ValueHash) Leaf(Node node)
    {
        TryValue(node, out ReadOnlySpan<byte> value);
        return (*TrieBlocks.Key(trie.At(node.Reference), node.Start), StateHash.Value(value));
    }

    public bool TryValue(Node node, out ReadOnlySpan<byte> value)
    {
        byte* bucket = trie.At(node.Reference);
        value = new ReadOnlySpan<byte>(trie.Value(bucket, node.Start), TrieBlocks.Lengths(bucket)[node.Start]);
        return true;
    }

    private static Node Part(Node node, int start, int end) =>
        start == end ? default : node with { Depth = node.Depth + 1, Start = start, End = end, Known = null };

    // A block as the subtree at a depth.
    private Node Below(uint reference, int depth, Bytes32? hash)
    {
        if (reference == 0) return default;
        if (TrieBlocks.Kind(reference) != TrieBlocks.PageKind) return new Node(reference, depth, 0, 0, TrieBlocks.Kind(reference), hash);
        byte* page = trie.At(reference);
        return TrieBlocks.Depth(page) > depth ? new Node(reference, depth, 0, 0, 0, hash) : InPage(reference, page, 1) with { Known = hash };
    }

    // A node of a page's heap; what holds one key or none is that.
    private Node InPage(uint reference, byte* page, int index)
    {
        int depth = TrieBlocks.Depth(page);
        if (index >= TrieBlocks.Fanout) return Below(TrieBlocks.References(page)[index - TrieBlocks.Fanout], depth + TrieBlocks.PageBits, *TrieBlocks.Node(page, index));
        TrieHasher.Masks(page, out uint filled, out uint many);
        int level = System.Numerics.BitOperations.Log2((uint)index), width = TrieBlocks.Fanout >> level;
        uint range = ((1u << width) - 1) << ((index - (1 << level)) * width);
        filled &= range;
        if (filled == 0) return default;
        if ((many & range) == 0 && (filled & (filled - 1)) == 0)
            return new Node(TrieBlocks.References(page)[System.Numerics.BitOperations.TrailingZeroCount(filled)], depth + level, 0, 0, 1, null);
        return new Node(reference, depth + level, index, 0, 0, index > 1 ? *TrieBlocks.Node(page, index) : null);
    }

    /// <param name="Reference">The block; 0 for nothing.</param>
    /// <param name="Depth">Depth in bits.</param>
    /// <param name="Index">In a page, the place in its heap; 0 above it.</param>
    /// <param name="Start">In a bucket, the first entry.</param>
    /// <param name="End">And the one after the last.</param>
    /// <param name="Known">The hash, where it is kept.</param>
    public readonly record struct Node(uint Reference, int Depth, int Index, int Start, int End, Bytes32? Known);
}
