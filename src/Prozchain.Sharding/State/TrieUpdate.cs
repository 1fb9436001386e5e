using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// Applies a batch to a heap trie: the top level by level, then branch by branch, each small enough that what it reaches
/// is in the cache from the way down to the hashes. The blocks of a level are fetched at once; if keys went, what became
/// small is made single blocks on the way up. Reused; allocates nothing when warm.
/// </summary>
internal sealed unsafe class TrieUpdate : IDisposable
{
    // Writes of a branch: enough to fill the lanes; what each reaches is about 1 KiB.
    private const int BranchBits = 8, BranchWrites = 1 << BranchBits;

    private readonly NativeBuffer<PageTask> _pages = new();
    private readonly NativeBuffer<BucketTask> _reached = new(), _buckets = new();
    private readonly NativeBuffer<(int From, int To)> _levels = new();
    private readonly BranchFetch _ahead;
    private readonly TrieHasher _hasher;
    private readonly BucketUpdate _entries;
    private readonly HeapTrie _trie;
    private StateBatch _batch = null!;
    private bool _hasDeletes;

    public TrieUpdate(HeapTrie trie)
    {
        (_trie, _ahead, _entries) = (trie, new BranchFetch(trie), new BucketUpdate(trie));
        _hasher = new TrieHasher(trie, _ahead);
    }

    /// <summary>Applies all writes; the batch then is what undoes it.</summary>
    public void Apply(StateBatch batch)
    {
        (_batch, _hasDeletes) = (batch, batch.HasDeletes);
        batch.HasDeletes = false;
        _entries.Begin(batch);
        if (batch.Count == 0) return;
        _pages.Count = 0;
        Reach(_trie.Root, 0, batch.Count, -1, 0);
        Arrive();
        int level = 0, end = _pages.Count;
        for (; level < end && end - level < batch.Count >> BranchBits; (level, end) = (end, _pages.Count)) Descend(level, end);
        for (int from = level, to = BranchEnd(from, end), next; from < end; (from, to) = (to, next))
        {
            next = BranchEnd(to, end);
            Branch(from, to, next);
        }
        Ascend(0);
        _hasher.HashRoot();
    }

    public void Dispose()
    {
        _pages.Dispose();
        _reached.Dispose();
        _buckets.Dispose();
        _levels.Dispose();
        _hasher.Dispose();
        _entries.Dispose();
        _ahead.Dispose();
    }

    private int BranchEnd(int from, int end)
    {
        for (int writes = 0; from < end && writes < BranchWrites; from++) writes += _pages[from].End - _pages[from].Start;
        return from;
    }

    // Some pages of a level and all that lies below them, down and up, their own hashes included; meanwhile those up to the
    // next one are fetched.
    private void Branch(int from, int to, int next)
    {
        int below = _pages.Count, level = _levels.Count;
        Descend(from, to);
        for (int at = below, end; at < _pages.Count; at = end) Descend(at, end = _pages.Count);
        _ahead.Begin(_batch, _pages.Span[to..next]);
        Ascend(level);
        // What is above finds it done: a page that gives way to one of these hashes only the way up from it.
        for (int i = from; i < to; i++)
            if (_pages[i].Parent >= 0) _pages[_pages[i].Parent].Child = 0;
        _pages.Count = below;
    }

    private void Descend(int from, int to)
    {
        _levels.Add((from, to));
        for (int i = from; i < to; i++) Partition(i);
        Arrive();
    }

    private void Ascend(int level)
    {
        for (int i = _levels.Count - 1; i >= level; i--)
            for (int task = _levels[i].To - 1; task >= _levels[i].From; task--) Settle(task);
        for (int i = _levels.Count - 1; i >= level; i--) _hasher.Run(_pages, _levels[i].From, _levels[i].To);
        _levels.Count = level;
    }

    // What lies below a page for each four bits that writes have next.
    private void Partition(int task)
    {
        PageTask at = _pages[task];
        int depth = TrieBlocks.Depth(at.Page);
        uint* references = TrieBlocks.References(at.Page);
        uint dirty = 0;
        for (int i = at.Start; i < at.End;)
        {
            int start = i, nibble = TrieBlocks.Nibble(_batch.Key(i), depth);
            while (++i < at.End && TrieBlocks.Nibble(_batch.Key(i), depth) == nibble) { }
            dirty |= 1u << nibble;
            Reach(references[nibble], start, i, task, nibble);
            // Its hash and those above it change on the way up.
            if (Sse.IsSupported)
                for (int node = TrieBlocks.Fanout + nibble; node > 1; node >>= 1) Sse.Prefetch0(TrieBlocks.Node(at.Page, node));
        }
        for (int nibble = 0; at.IsNew && nibble < TrieBlocks.Fanout; nibble++)
        {
            if (references[nibble] == 0 || (dirty >> nibble & 1) != 0) continue;
            dirty |= 1u << nibble;
            Reach(references[nibble], at.Start, at.Start, task, nibble);
        }
        _pages[task].Dirty = dirty;
    }

    // Only the address is known yet, and what kind of block is there.
    private void Reach(uint reference, int start, int end, int parent, int nibble)
    {
        _reached.Add(new BucketTask(reference, start, end, parent, nibble));
        if (!Sse.IsSupported || reference == 0) return;
        byte* block = _trie.At(reference);
        int kind = TrieBlocks.Kind(reference), lines = kind == TrieBlocks.PageKind ? 2 : kind + 1;
        for (int line = 0; line < lines; line++) Sse.Prefetch0(block + line * TrieBlocks.UnitBytes);
    }

    private void Arrive()
    {
        for (int i = 0; i < _reached.Count; i++)
        {
            BucketTask task = _reached[i];
            if (TrieBlocks.Kind(task.Reference) == TrieBlocks.PageKind)
            {
                Visit(task.Reference, task.Start, task.End, task.Parent, task.Nibble);
                continue;
            }
            _buckets.Add(task);
            if (!Sse.IsSupported) continue;
            byte* bucket = _trie.At(task.Reference);
            for (int entry = 0; entry < TrieBlocks.Kind(task.Reference); entry++) Sse.Prefetch0(_trie.Value(bucket, entry));
            for (int write = task.Start; write < task.End; write++) _batch.Fetch(write);
        }
        _reached.Count = 0;
        for (int i = 0; i < _buckets.Count; i++) Apply(_buckets[i]);
        _buckets.Count = 0;
    }

    private void Visit(uint reference, int start, int end, int parent, int nibble)
    {
        byte* page = _trie.At(reference);
        int depth = TrieBlocks.Depth(page), above = parent < 0 ? _trie.RootDepth : TrieBlocks.Depth(_pages[parent].Page) + TrieBlocks.PageBits;
        if (depth > above && end > start)
        {
            int shared = Math.Min(Bytes32.CommonPrefix(*_batch.Key(start), TrieBlocks.Prefix(page)), Bytes32.CommonPrefix(*_batch.Key(end - 1), TrieBlocks.Prefix(page)));
            if (shared < depth)
            {
                // Keys part from the page's before its depth: a page between, in which this one is a child.
                int between = shared & -TrieBlocks.PageBits;
                uint fork = _trie.TakePage(TrieBlocks.Prefix(page), between);
                byte* at = _trie.At(fork);
                fixed (Bytes32* prefix = &TrieBlocks.Prefix(page)) TrieBlocks.References(at)[TrieBlocks.Nibble(prefix, between)] = reference;
                TrieBlocks.Count(at) = TrieBlocks.Count(page);
                TrieBlocks.Bytes(at) += TrieBlocks.Bytes(page);
                AddBytes(parent, TrieBlocks.PageUnits * TrieBlocks.UnitBytes);
                Push(fork, start, end, parent, nibble, isNew: true);
                return;
            }
        }
        uint own = _trie.Own(reference);
        Push(own, start, end, parent, nibble, isNew: false);
    }

    private void Push(uint page, int start, int end, int parent, int nibble, bool isNew)
    {
        SetChild(parent, nibble, page);
        _pages.Add(new PageTask { Page = _trie.At(page), Start = start, End = end, Parent = parent, Nibble = nibble, IsNew = isNew });
    }

    private void Apply(in BucketTask task)
    {
        long before = _trie.UsedBytes;
        int count = TrieBlocks.Kind(task.Reference);
        if (_entries.TryApply(task, out uint made))
        {
            SetChild(task.Parent, task.Nibble, made);
            int change = TrieBlocks.Kind(made) - count;
            if (task.Parent >= 0) _pages[task.Parent].Count += change;
            else _trie.Count += change;
        }
        else
        {
            Overflow(task, _trie.At(task.Reference), count);
        }
        AddBytes(task.Parent, _trie.UsedBytes - before);
    }

    // The old entries by their next four bits; the writes then reach them as those of any page.
    private void Overflow(in BucketTask task, byte* old, int count)
    {
        Bytes32 first = *_batch.Key(task.Start), last = *_batch.Key(task.End - 1);
        if (count > 0 && TrieBlocks.Key(old, 0)->CompareTo(first) < 0) first = *TrieBlocks.Key(old, 0);
        if (count > 0 && TrieBlocks.Key(old, count - 1)->CompareTo(last) > 0) last = *TrieBlocks.Key(old, count - 1);
        int depth = Bytes32.CommonPrefix(first, last) & -TrieBlocks.PageBits;
        uint made = _trie.TakePage(first, depth);
        byte* page = _trie.At(made);
        for (int i = 0; i < count;)
        {
            int start = i, nibble = TrieBlocks.Nibble(TrieBlocks.Key(old, i), depth);
            while (++i < count && TrieBlocks.Nibble(TrieBlocks.Key(old, i), depth) == nibble) { }
            uint part = _trie.CopyBucket(old, start, i);
            TrieBlocks.References(page)[nibble] = part;
            TrieBlocks.Bytes(page) += _trie.BytesOf(part);
        }
        TrieBlocks.Count(page) = (uint)count;
        _trie.Give(task.Reference);
        Push(made, task.Start, task.End, task.Parent, task.Nibble, isNew: true);
    }

    // From the last task up: what came to a page comes to the one above; what is small becomes a bucket; a page with one
    // page below gives way to it.
    private void Settle(int task)
    {
        ref PageTask at = ref _pages[task];
        // A line that nothing changes in is not to be written back.
        if (at.Count != 0) TrieBlocks.Count(at.Page) += (uint)at.Count;
        if (at.Bytes != 0) TrieBlocks.Bytes(at.Page) += at.Bytes;
        if (at.Parent >= 0) _pages[at.Parent].Count += at.Count;
        else _trie.Count += at.Count;
        AddBytes(at.Parent, at.Bytes);
        if (_hasDeletes)
        {
            long before = _trie.UsedBytes;
            Shrink(ref at);
            AddBytes(at.Parent, _trie.UsedBytes - before);
        }
        if (at.Page is not null && at.Parent >= 0) _pages[at.Parent].Child = task;
    }

    private void Shrink(ref PageTask at)
    {
        var references = new ReadOnlySpan<uint>(TrieBlocks.References(at.Page), TrieBlocks.Fanout);
        uint self = at.Parent < 0 ? _trie.Root : TrieBlocks.References(_pages[at.Parent].Page)[at.Nibble];
        if (TrieBlocks.Count(at.Page) <= TrieBlocks.MaxBucket)
        {
            uint bucket = _trie.Gather(references);
            foreach (uint reference in references) _trie.Give(reference);
            _trie.Give(self);
            SetChild(at.Parent, at.Nibble, bucket);
            at.Page = null;
            return;
        }
        int only = references.IndexOfAnyExcept(0u);
        if (references[(only + 1)..].ContainsAnyExcept(0u)) return;
        uint child = _trie.Own(references[only]);
        SetChild(at.Parent, at.Nibble, child);
        _trie.Give(self);
        at.Page = null;
        if (at.Child > 0)
        {
            ref PageTask below = ref _pages[at.Child];
            (below.Parent, below.Nibble) = (at.Parent, at.Nibble);
            if (at.Parent >= 0) _pages[at.Parent].Child = at.Child;
        }
        else
        {
            // No write went below: only the way up from it is new.
            at.Page = _trie.At(child);
            at.Dirty = 0;
        }
    }

    private void SetChild(int parent, int nibble, uint reference)
    {
        if (parent < 0) _trie.Root = reference;
        else TrieBlocks.References(_pages[parent].Page)[nibble] = reference;
    }

    private void AddBytes(int parent, long bytes)
    {
        if (parent >= 0) _pages[parent].Bytes += bytes;
    }
}
