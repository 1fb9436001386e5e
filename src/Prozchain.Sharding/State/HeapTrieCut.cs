using System.Numerics;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>Cuts a heap trie in two at its root's bit, and joins two. Only blocks on the way of the cut are made anew.</summary>
internal static unsafe class HeapTrieCut
{
    /// <summary>One side of a trie whose blocks are frozen: a trie over the same blocks, one bit deeper.</summary>
    public static HeapTrie Side(HeapTrie trie, int bit)
    {
        var side = new HeapTrie(trie.Memory, trie.Nodes.Share(), trie.Values.Share(), KeyInterval.Append(trie.Prefix, trie.RootDepth, bit), trie.RootDepth + 1);
        uint* parts = stackalloc uint[TrieBlocks.Fanout];
        new Span<uint>(parts, TrieBlocks.Fanout).Clear();
        int depth = Parts(side, trie.Root, trie.RootDepth, bit, new Span<uint>(parts, TrieBlocks.Fanout));
        // What was shared counts as this side's from here on; in units of values, which divide all blocks.
        long bytes = 0;
        for (int i = 0; i < TrieBlocks.Fanout; i++) bytes += side.BytesOf(parts[i]);
        side.Nodes.UsedUnits = 0;
        side.Values.UsedUnits = bytes >> TrieBlocks.ValueBits;
        Assemble(side, new ReadOnlySpan<uint>(parts, TrieBlocks.Fanout), depth);
        return side;
    }

    /// <summary>Makes a trie's root of two sides in the same memory, whose pools it has taken over.</summary>
    public static void Join(HeapTrie trie, uint left, uint right)
    {
        int depth = trie.RootDepth & -TrieBlocks.PageBits;
        uint* parts = stackalloc uint[TrieBlocks.Fanout];
        new Span<uint>(parts, TrieBlocks.Fanout).Clear();
        Scatter(trie, left, depth, new Span<uint>(parts, TrieBlocks.Fanout));
        Scatter(trie, right, depth, new Span<uint>(parts, TrieBlocks.Fanout));
        Assemble(trie, new ReadOnlySpan<uint>(parts, TrieBlocks.Fanout), depth);
    }

    // The children, at the page above the cut, of one side. Buckets are cut in two; all else is taken as it is.
    private static int Parts(HeapTrie side, uint root, int rootDepth, int bit, Span<uint> parts)
    {
        int depth = rootDepth & -TrieBlocks.PageBits;
        if (TrieBlocks.Kind(root) == TrieBlocks.PageKind && TrieBlocks.Depth(side.At(root)) is var pageDepth && pageDepth <= rootDepth) depth = pageDepth;
        int shift = TrieBlocks.PageBits - 1 - (rootDepth - depth);
        Scatter(side, root, depth, parts);
        for (int i = 0; i < TrieBlocks.Fanout; i++)
            if ((i >> shift & 1) != bit) parts[i] = 0;
        return depth;
    }

    // A root's blocks by four bits of their keys.
    private static void Scatter(HeapTrie trie, uint root, int depth, Span<uint> parts)
    {
        if (root == 0) return;
        byte* block = trie.At(root);
        int kind = TrieBlocks.Kind(root);
        if (kind == TrieBlocks.PageKind)
        {
            if (TrieBlocks.Depth(block) > depth)
            {
                parts[TrieBlocks.Nibble((Bytes32*)block, depth)] = root;
                return;
            }
            for (int i = 0; i < TrieBlocks.Fanout; i++)
                if (TrieBlocks.References(block)[i] is var child && child != 0) parts[i] = child;
            trie.Give(root);
            return;
        }
        for (int i = 0; i < kind;)
        {
            int start = i, nibble = TrieBlocks.Nibble(TrieBlocks.Key(block, i), depth);
            while (++i < kind && TrieBlocks.Nibble(TrieBlocks.Key(block, i), depth) == nibble) { }
            parts[nibble] = trie.CopyBucket(block, start, i);
        }
        trie.Give(root);
    }

    // The one right block over the parts, and its hash.
    private static void Assemble(HeapTrie trie, ReadOnlySpan<uint> parts, int depth)
    {
        int count = 0, filled = 0;
        foreach (uint part in parts)
        {
            count += trie.CountOf(part);
            if (part != 0) filled++;
        }
        trie.Count = count;
        int first = parts.IndexOfAnyExcept(0u);
        if (count <= TrieBlocks.MaxBucket)
        {
            trie.Root = trie.Gather(parts);
            foreach (uint part in parts) trie.Give(part);
        }
        else if (filled == 1)
        {
            trie.Root = parts[first];
        }
        else
        {
            byte* any = trie.At(parts[first]);
            Bytes32 prefix = TrieBlocks.Kind(parts[first]) == TrieBlocks.PageKind ? TrieBlocks.Prefix(any) : *TrieBlocks.Key(any, 0);
            trie.Root = trie.TakePage(prefix, depth);
            byte* page = trie.At(trie.Root);
            TrieBlocks.Count(page) = (uint)count;
            for (int i = 0; i < TrieBlocks.Fanout; i++)
            {
                TrieBlocks.References(page)[i] = parts[i];
                TrieBlocks.Bytes(page) += trie.BytesOf(parts[i]);
                *TrieBlocks.Node(page, TrieBlocks.Fanout + i) = HashAt(trie, parts[i], depth + TrieBlocks.PageBits);
            }
            TrieHasher.Masks(page, out uint full, out uint many);
            for (int index = TrieBlocks.Fanout - 1; index > 1; index--)
            {
                int level = BitOperations.Log2((uint)index), width = TrieBlocks.Fanout >> level;
                uint range = ((1u << width) - 1) << ((index - (1 << level)) * width);
                Bytes32* pair = TrieBlocks.Node(page, 2 * index);
                *TrieBlocks.Node(page, index) = TrieHasher.IsLone(full & range, many & range, pair, out Bytes32* lone) ? *lone : StateHash.Inner(pair[0], pair[1]);
            }
        }
        *trie.RootHash = HashAt(trie, trie.Root, trie.RootDepth);
    }

    /// <summary>The hash of a block as the subtree at a depth.</summary>
    private static Bytes32 HashAt(HeapTrie trie, uint reference, int depth)
    {
        var view = new HeapTrieView(trie);
        return view.Hash(view.At(reference, depth));
    }
}
