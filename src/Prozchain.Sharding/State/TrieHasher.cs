using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>The hashes of the pages that a batch reached, from the deepest up, in lanes. Reused; allocates nothing when warm.</summary>
internal sealed unsafe class TrieHasher(HeapTrie trie, BranchFetch ahead) : IDisposable
{
    // Pages hashed together: enough to fill the lanes, few enough to stay in the cache from one level to the next.
    private const int GroupPages = 512;

    private readonly NativeBuffer<Blake3Job> _jobs = new(), _low = new(), _middle = new(), _high = new();
    private readonly NativeBuffer<int> _deep = new();
    private readonly NativeBuffer<BucketJob> _bucketJobs = new();
    private readonly BucketHasher _buckets = new(ahead);

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
        _low.Dispose();
        _middle.Dispose();
        _high.Dispose();
        _deep.Dispose();
        _bucketJobs.Dispose();
        _buckets.Dispose();
    }

    private void RunGroup(NativeBuffer<PageTask> pages, int from, int end)
    {
        // Lists by level: the pages' heaps are hashed from their lowest nodes up.
        int count = end - from;
        _low.Reserve(count * TrieBlocks.Fanout / 2);
        _middle.Reserve(count * TrieBlocks.Fanout / 4);
        _high.Reserve(count * TrieBlocks.Fanout / 8);
        _jobs.Reserve(count);
        Blake3Job** ends = stackalloc Blake3Job*[TrieBlocks.PageBits] { _low.Items, _middle.Items, _high.Items, _jobs.Items };
        for (int i = from; i < end; i++)
        {
            PageTask* task = pages.Items + i;
            if (task->Page is null) continue;
            // A page that nothing reached, but whose place is new, is hashed from the top of its heap on.
            if (task->Dirty != 0) Plan(task, ends);
            Bytes32* pair = TrieBlocks.Node(task->Page, 2);
            *ends[TrieBlocks.PageBits - 1]++ = new Blake3Job((nint)pair, (nint)(pair + 1), (nint)Slot(pages, task));
            if (TrieBlocks.Depth(task->Page) > DepthOf(pages, task->Parent)) _deep.Add(i);
        }
        _buckets.Run(_bucketJobs.Span);
        _bucketJobs.Count = 0;
        ahead.Hash(_low.Items, ends[0]);
        ahead.Hash(_middle.Items, ends[1]);
        ahead.Hash(_high.Items, ends[2]);
        ahead.Hash(_jobs.Items, ends[3]);
        // Where keys agree for longer than the page above says: one side of each bit is empty.
        for (int step = 1; _deep.Count > 0; step++)
        {
            int left = 0;
            foreach (int i in _deep.Span)
            {
                PageTask* task = pages.Items + i;
                int depth = TrieBlocks.Depth(task->Page) - step;
                if (depth < DepthOf(pages, task->Parent)) continue;
                nint hash = (nint)Slot(pages, task), zero = (nint)_buckets.Zero;
                bool isLeft = TrieBlocks.Prefix(task->Page).Bit(depth) == 0;
                _jobs.Items[left] = new Blake3Job(isLeft ? hash : zero, isLeft ? zero : hash, hash);
                _deep.Items[left++] = i;
            }
            _deep.Count = left;
            ahead.Hash(_jobs.Items, _jobs.Items + left);
        }
    }

    // What the dirty children hash to, those that are pages apart, which have put it there; and what is above them in the
    // page's heap, its top apart: a node over one key is that key's leaf, one over more takes a hash.
    private void Plan(PageTask* task, Blake3Job** ends)
    {
        byte* page = task->Page;
        Masks(page, out uint filled, out uint many);
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
        // Sixteen bits a level; a node is the bit of its leftmost child.
        ulong hashed = 0, lone = 0;
        uint some = filled, more = many, changed = task->Dirty, heads = 0x5555;
        for (int level = 0; level < TrieBlocks.PageBits - 1; level++)
        {
            int width = 1 << level;
            more = (more | more >> width | some & some >> width) & heads;
            some = (some | some >> width) & heads;
            changed = (changed | changed >> width) & heads;
            hashed |= (ulong)(changed & more) << (level * TrieBlocks.Fanout);
            lone |= (ulong)(changed & ~more) << (level * TrieBlocks.Fanout);
            heads = level == 0 ? 0x1111u : 0x0101u;
        }
        for (; hashed != 0; hashed &= hashed - 1)
        {
            int bit = BitOperations.TrailingZeroCount(hashed), level = bit >> TrieBlocks.PageBits, first = bit & (TrieBlocks.Fanout - 1);
            int index = (TrieBlocks.Fanout + first) >> (level + 1);
            Bytes32* pair = TrieBlocks.Node(page, 2 * index);
            *ends[level]++ = new Blake3Job((nint)pair, (nint)(pair + 1), (nint)TrieBlocks.Node(page, index));
        }
        for (; lone != 0; lone &= lone - 1)
        {
            int bit = BitOperations.TrailingZeroCount(lone), level = bit >> TrieBlocks.PageBits, first = bit & (TrieBlocks.Fanout - 1);
            // Where there is no key at all, any child has the zeros.
            int child = first + BitOperations.TrailingZeroCount(filled >> first & ((1u << (2 << level)) - 1) | 1u << TrieBlocks.Fanout) % TrieBlocks.Fanout;
            *TrieBlocks.Node(page, (TrieBlocks.Fanout + first) >> (level + 1)) = *TrieBlocks.Node(page, TrieBlocks.Fanout + child);
        }
    }

    private Bytes32* Slot(NativeBuffer<PageTask> pages, PageTask* task) =>
        task->Parent < 0 ? trie.RootHash : TrieBlocks.Node(pages.Items[task->Parent].Page, TrieBlocks.Fanout + task->Nibble);

    private int DepthOf(NativeBuffer<PageTask> pages, int parent) =>
        parent < 0 ? trie.RootDepth : TrieBlocks.Depth(pages.Items[parent].Page) + TrieBlocks.PageBits;
}
