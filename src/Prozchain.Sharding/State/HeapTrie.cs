using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>A heap trie's memory and root, and how its blocks are made, copied and freed.</summary>
internal sealed unsafe class HeapTrie : IDisposable
{
    private readonly NativeBuffer<Bytes32> _rootHash = new();

    public HeapTrie(StateMemory memory, BlockPool nodes, BlockPool values, Bytes32 prefix, int rootDepth)
    {
        (Memory, Nodes, Values, Prefix, RootDepth) = (memory, nodes, values, prefix, rootDepth);
        _rootHash.Add(default);
    }

    public HeapTrie(StateMemory memory, Bytes32 prefix, int rootDepth)
        : this(memory, new BlockPool(memory, TrieBlocks.UnitBits), new BlockPool(memory, TrieBlocks.ValueBits), prefix, rootDepth) { }

    public StateMemory Memory { get; }

    public BlockPool Nodes { get; }

    public BlockPool Values { get; }

    public Bytes32 Prefix { get; }

    public int RootDepth { get; }

    /// <summary>Reference to the block with all keys.</summary>
    public uint Root { get; set; }

    public int Count { get; set; }

    public Bytes32* RootHash => _rootHash.Items;

    /// <summary>Bytes of all blocks: a function of the content.</summary>
    public long UsedBytes => (Nodes.UsedUnits << TrieBlocks.UnitBits) + (Values.UsedUnits << TrieBlocks.ValueBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(uint reference) => Nodes.At(TrieBlocks.Block(reference));

    public byte* Value(byte* bucket, int index) => Values.At(TrieBlocks.Values(bucket)[index]);

    /// <summary>Finds a key: its bucket and place, or null.</summary>
    public byte* Find(in Bytes32 key, out int index)
    {
        fixed (Bytes32* at = &key)
        {
            uint reference = Root;
            while (TrieBlocks.Kind(reference) == TrieBlocks.PageKind)
            {
                byte* page = At(reference);
                reference = TrieBlocks.References(page)[TrieBlocks.Nibble(at, TrieBlocks.Depth(page))];
            }
            byte* bucket = At(reference);
            int count = TrieBlocks.Kind(reference);
            for (index = 0; index < count; index++)
                if (TrieBlocks.Key(bucket, index)->Equals(*at)) return bucket;
            return null;
        }
    }

    /// <summary>An empty page.</summary>
    public uint TakePage(in Bytes32 prefix, int depth)
    {
        uint block = Nodes.Take(TrieBlocks.PageUnits);
        byte* page = Nodes.At(block);
        NativeMemory.Clear(page, TrieBlocks.PageUnits * TrieBlocks.UnitBytes);
        TrieBlocks.Prefix(page) = prefix;
        TrieBlocks.Depth(page) = (ushort)depth;
        TrieBlocks.Bytes(page) = TrieBlocks.PageUnits * TrieBlocks.UnitBytes;
        return TrieBlocks.Reference(TrieBlocks.PageKind, block);
    }

    public uint TakeBucket(int count) => count == 0 ? 0 : TrieBlocks.Reference(count, Nodes.Take(TrieBlocks.Units(count)));

    public void Give(uint reference)
    {
        if (reference != 0) Nodes.Give(TrieBlocks.Block(reference), TrieBlocks.Units(TrieBlocks.Kind(reference)));
    }

    /// <summary>The block itself if it is this trie's own, else a copy in its stead.</summary>
    public uint Own(uint reference)
    {
        if (reference == 0 || Nodes.IsOwn(TrieBlocks.Block(reference))) return reference;
        int kind = TrieBlocks.Kind(reference), units = TrieBlocks.Units(kind);
        uint copy = Nodes.Take(units);
        Unsafe.CopyBlockUnaligned(Nodes.At(copy), At(reference), (uint)(units * TrieBlocks.UnitBytes));
        Give(reference);
        return TrieBlocks.Reference(kind, copy);
    }

    /// <summary>Copies a key's line and where its value is.</summary>
    public static void MoveEntry(byte* from, int index, byte* to, int place)
    {
        Unsafe.CopyBlockUnaligned(TrieBlocks.Key(to, place), TrieBlocks.Key(from, index), TrieBlocks.UnitBytes);
        TrieBlocks.Values(to)[place] = TrieBlocks.Values(from)[index];
        TrieBlocks.Lengths(to)[place] = TrieBlocks.Lengths(from)[index];
    }

    /// <summary>A bucket of some of another's entries, in order.</summary>
    public uint CopyBucket(byte* from, int start, int end)
    {
        uint bucket = TakeBucket(end - start);
        for (int i = start; i < end; i++) MoveEntry(from, i, At(bucket), i - start);
        return bucket;
    }

    /// <summary>One bucket of all entries below; at most eight.</summary>
    public uint Gather(ReadOnlySpan<uint> references)
    {
        int count = 0, at = 0;
        foreach (uint reference in references) count += CountOf(reference);
        uint all = TakeBucket(count);
        Gather(references, At(all), ref at);
        return all;
    }

    public int CountOf(uint reference) => TrieBlocks.Kind(reference) == TrieBlocks.PageKind ? (int)TrieBlocks.Count(At(reference)) : TrieBlocks.Kind(reference);

    /// <summary>Bytes of all blocks below a reference.</summary>
    public long BytesOf(uint reference)
    {
        if (reference == 0) return 0;
        byte* block = At(reference);
        int kind = TrieBlocks.Kind(reference);
        if (kind == TrieBlocks.PageKind) return TrieBlocks.Bytes(block);
        long bytes = TrieBlocks.Units(kind) * TrieBlocks.UnitBytes;
        for (int i = 0; i < kind; i++) bytes += TrieBlocks.ValueUnits(TrieBlocks.Lengths(block)[i]) << TrieBlocks.ValueBits;
        return bytes;
    }

    public void Dispose()
    {
        Nodes.Dispose();
        Values.Dispose();
        _rootHash.Dispose();
        (Root, Count) = (0, 0);
    }

    private void Gather(ReadOnlySpan<uint> references, byte* to, ref int at)
    {
        foreach (uint reference in references)
        {
            if (reference == 0) continue;
            byte* block = At(reference);
            if (TrieBlocks.Kind(reference) == TrieBlocks.PageKind) Gather(new ReadOnlySpan<uint>(TrieBlocks.References(block), TrieBlocks.Fanout), to, ref at);
            else for (int i = 0; i < TrieBlocks.Kind(reference); i++) MoveEntry(block, i, to, at++);
        }
    }
}
