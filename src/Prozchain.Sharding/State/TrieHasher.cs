using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>The hashes of the pages that a batch reached, from the deepest up, in lanes. Reused; allocates nothing when warm.</summary>
internal sealed unsafe class TrieHasher(HeapTrie trie) : IDisposable
{
    // Pages hashed together: enough to fill the lanes, few enough to stay in the cache from one level to the next.
    private const int GroupPages = 256;

    private readonly NativeBuffer<Blake3Job> _jobs = new();
    private readonly NativeBuffer<BucketJob> _bucketJobs = new();
    private readonly BucketHasher _buckets = new();

    /// <summary>Hashes what is dirty in pages of a level, those below them being done.</summary>
    public void Run(NativeBuffer<PageTask> pages, int from, int end)
    {
        for (; from < end; from += GroupPages) RunGroup(pages, from, Math.Min(from + GroupPages, end));
    }

    /// <summary>The trie's own hash, where no page has it.</summary>
    public void HashRoot()
    {
        int kind = TrieBlocks.Kind(trie.Root);
        byte* root = trie.At(trie.Root);
        if (kind == 0) *trie.RootHash = default;
        else if (kind == 1) *trie.RootHash = *TrieBlocks.Leaf(root, 0);
        else if (kind != TrieBlocks.PageKind) _buckets.Run([new BucketJob((nint)root, kind, trie.RootDepth, (nint)trie.RootHash)]);
        else if (TrieBlocks.Depth(root) is var depth && depth < trie.RootDepth)
            *trie.RootHash = *TrieBlocks.Node(root, (16 | TrieBlocks.Nibble((Bytes32*)root, depth)) >> (TrieBlocks.PageBits - (trie.RootDepth - depth)));
    }

    /// <summary>The parent's hash by the rule of lone leaves: false if it takes a hash of both.</summary>
    public static bool IsLone(uint filled, uint many, Bytes32* pair, out Bytes32* lone)
    {
        lone = pair;
        if (many != 0 || (filled & (filled - 1)) != 0) return false;
        if (pair[0].IsZero) lone++;
        return true;
    }

    /// <summary>Which of a page's children hold something, and which more than one key.</summary>
    public static void Masks(byte* page, out uint filled, out uint many)
    {
        Vector512<uint> references = Unsafe.ReadUnaligned<Vector512<uint>>(TrieBlocks.References(page));
        filled = (uint)~Vector512.Equals(references, Vector512<uint>.Zero).ExtractMostSignificantBits() & 0xFFFF;
        many = (uint)Vector512.GreaterThanOrEqual(references, Vector512.Create(TrieBlocks.Reference(2, 0))).ExtractMostSignificantBits();
    }

    public void Dispose()
    {
        _jobs.Dispose();
        _bucketJobs.Dispose();
        _buckets.Dispose();
    }

    private void RunGroup(NativeBuffer<PageTask> pages, int from, int end)
    {
        for (int i = from; i < end; i++)
        {
            if (pages.Items[i].Page is not null) Leaves(pages.Items + i);
        }
        _buckets.Run(_bucketJobs.Span);
        _bucketJobs.Count = 0;
        for (int level = TrieBlocks.PageBits - 1; level >= 0; level--)
        {
            for (int i = from; i < end; i++)
                if (pages.Items[i].Page is not null) Parents(pages, pages.Items + i, level);
            Flush();
        }
        // Where keys agree for longer than the page above says: one side of each bit is empty.
        for (int step = 1; ; step++)
        {
            for (int i = from; i < end; i++)
            {
                PageTask* task = pages.Items + i;
                if (task->Page is null) continue;
                int depth = TrieBlocks.Depth(task->Page) - step;
                if (depth < DepthOf(pages, task->Parent)) continue;
                Bytes32* hash = Slot(pages, task);
                bool isLeft = TrieBlocks.Prefix(task->Page).Bit(depth) == 0;
                _jobs.Add(new Blake3Job(isLeft ? (nint)hash : (nint)_buckets.Zero, isLeft ? (nint)_buckets.Zero : (nint)hash, (nint)hash));
            }
            if (_jobs.Count == 0) return;
            Flush();
        }
    }

    // The heap's lowest level: what the dirty children hash to, those that are pages apart, which have put it there.
    private void Leaves(PageTask* task)
    {
        byte* page = task->Page;
        Masks(page, out task->Filled, out task->Many);
        // A page that nothing reached, but whose place is new, is hashed from the top of its heap on.
        task->Nodes = task->Dirty == 0 ? 1 : task->Dirty;
        int depth = TrieBlocks.Depth(page) + TrieBlocks.PageBits;
        for (uint dirty = task->Dirty; dirty != 0; dirty &= dirty - 1)
        {
            int nibble = BitOperations.TrailingZeroCount(dirty);
            uint reference = TrieBlocks.References(page)[nibble];
            Bytes32* slot = TrieBlocks.Node(page, TrieBlocks.Fanout + nibble);
            int kind = TrieBlocks.Kind(reference);
            if (kind == 0) *slot = default;
            else if (kind == 1) *slot = *TrieBlocks.Leaf(trie.At(reference), 0);
            else if (kind != TrieBlocks.PageKind) _bucketJobs.Add(new BucketJob((nint)trie.At(reference), kind, depth, (nint)slot));
        }
    }

    private void Parents(NativeBuffer<PageTask> pages, PageTask* task, int level)
    {
        uint above = 0;
        int width = TrieBlocks.Fanout >> level;
        for (uint dirty = task->Nodes; dirty != 0; dirty &= dirty - 1)
        {
            int place = BitOperations.TrailingZeroCount(dirty) >> 1;
            if ((above >> place & 1) != 0) continue;
            above |= 1u << place;
            int index = (1 << level) + place;
            Bytes32* pair = TrieBlocks.Node(task->Page, 2 * index), digest = level == 0 ? Slot(pages, task) : TrieBlocks.Node(task->Page, index);
            uint range = ((1u << width) - 1) << (place * width);
            if (IsLone(task->Filled & range, task->Many & range, pair, out Bytes32* lone)) *digest = *lone;
            else _jobs.Add(new Blake3Job((nint)pair, (nint)(pair + 1), (nint)digest));
        }
        task->Nodes = above;
    }

    private void Flush()
    {
        Domains.StateInner.Run(_jobs.Span, whole: true);
        _jobs.Count = 0;
    }

    private Bytes32* Slot(NativeBuffer<PageTask> pages, PageTask* task) =>
        task->Parent < 0 ? trie.RootHash : TrieBlocks.Node(pages.Items[task->Parent].Page, TrieBlocks.Fanout + task->Nibble);

    private int DepthOf(NativeBuffer<PageTask> pages, int parent) =>
        parent < 0 ? trie.RootDepth : TrieBlocks.Depth(pages.Items[parent].Page) + TrieBlocks.PageBits;
}
