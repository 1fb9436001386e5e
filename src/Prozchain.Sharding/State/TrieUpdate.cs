using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// Applies a batch to a heap trie: down level by level, so that the blocks of many keys are fetched at once, then, if
/// keys went, up to make single blocks of what became small, then the hashes. Reused; allocates nothing when warm.
/// </summary>
internal sealed unsafe class TrieUpdate(HeapTrie trie) : IDisposable
{
    private const int PrefetchAhead = 12;

    private readonly NativeBuffer<PageTask> _pages = new();
    private readonly NativeBuffer<BucketTask> _buckets = new();
    private readonly NativeBuffer<int> _levels = new();
    private readonly TrieHasher _hasher = new(trie);
    private StateBatch _batch = null!;
    private StateBatch? _undo;

    /// <summary>Applies all writes; the undo gets what they replaced.</summary>
    public void Apply(StateBatch batch, StateBatch? undo)
    {
        undo?.Undo(batch);
        (_batch, _undo) = (batch, undo);
        if (batch.Count == 0) return;
        _pages.Count = _buckets.Count = _levels.Count = 0;
        Visit(trie.Root, 0, batch.Count, -1, 0);
        ApplyBuckets();
        for (int level = 0; level < _pages.Count;)
        {
            _levels.Add(level);
            int end = _pages.Count;
            for (int i = level; i < end; i++)
            {
                if (i + PrefetchAhead < end) PrefetchPage(_pages.Items[i + PrefetchAhead].Page);
                Partition(i);
            }
            ApplyBuckets();
            level = end;
        }
        for (int i = _pages.Count - 1; i >= 0; i--) Settle(i);
        _hasher.Run(_pages, _levels);
    }

    public void Dispose()
    {
        _pages.Dispose();
        _buckets.Dispose();
        _levels.Dispose();
        _hasher.Dispose();
    }

    private void Visit(uint reference, int start, int end, int parent, int nibble)
    {
        if (parent >= 0) _pages[parent].Dirty |= 1u << nibble;
        if (TrieBlocks.Kind(reference) != TrieBlocks.PageKind)
        {
            _buckets.Add(new BucketTask(reference, start, end, parent, nibble));
            return;
        }
        byte* page = trie.At(reference);
        int depth = TrieBlocks.Depth(page), above = parent < 0 ? trie.RootDepth : TrieBlocks.Depth(_pages[parent].Page) + TrieBlocks.PageBits;
        if (depth > above && end > start)
        {
            int shared = Math.Min(Bytes32.CommonPrefix(*_batch.Key(start), TrieBlocks.Prefix(page)), Bytes32.CommonPrefix(*_batch.Key(end - 1), TrieBlocks.Prefix(page)));
            if (shared < depth)
            {
                // Keys part from the page's before its depth: a page between, in which this one is a child.
                int between = shared & -TrieBlocks.PageBits;
                uint fork = trie.TakePage(TrieBlocks.Prefix(page), between);
                byte* at = trie.At(fork);
                fixed (Bytes32* prefix = &TrieBlocks.Prefix(page)) TrieBlocks.References(at)[TrieBlocks.Nibble(prefix, between)] = reference;
                TrieBlocks.Count(at) = TrieBlocks.Count(page);
                TrieBlocks.Bytes(at) += TrieBlocks.Bytes(page);
                AddBytes(parent, TrieBlocks.PageUnits * TrieBlocks.UnitBytes);
                Push(fork, start, end, parent, nibble, isNew: true);
                return;
            }
        }
        uint own = trie.Own(reference);
        Push(own, start, end, parent, nibble, isNew: false);
    }

    private void Push(uint page, int start, int end, int parent, int nibble, bool isNew)
    {
        SetChild(parent, nibble, page);
        _pages.Add(new PageTask { Page = trie.At(page), Start = start, End = end, Parent = parent, Nibble = nibble, IsNew = isNew });
    }

    private void Partition(int task)
    {
        PageTask at = _pages[task];
        int depth = TrieBlocks.Depth(at.Page);
        uint* references = TrieBlocks.References(at.Page);
        for (int i = at.Start; i < at.End;)
        {
            int start = i, nibble = TrieBlocks.Nibble(_batch.Key(i), depth);
            while (++i < at.End && TrieBlocks.Nibble(_batch.Key(i), depth) == nibble) { }
            Visit(references[nibble], start, i, task, nibble);
        }
        if (!at.IsNew) return;
        for (int nibble = 0; nibble < TrieBlocks.Fanout; nibble++)
            if (references[nibble] != 0 && (_pages[task].Dirty >> nibble & 1) == 0) Visit(references[nibble], at.Start, at.Start, task, nibble);
    }

    private void ApplyBuckets()
    {
        BucketTask* tasks = _buckets.Items;
        for (int i = 0; i < _buckets.Count; i++)
        {
            if (i + PrefetchAhead < _buckets.Count) Prefetch(tasks[i + PrefetchAhead]);
            if (i + PrefetchAhead / 2 < _buckets.Count && Sse.IsSupported && tasks[i + PrefetchAhead / 2].Reference != 0)
                Sse.Prefetch0(trie.Value(trie.At(tasks[i + PrefetchAhead / 2].Reference), 0));
            Apply(tasks[i]);
        }
        _buckets.Count = 0;
    }

    private void Apply(in BucketTask task)
    {
        long before = trie.UsedBytes;
        int count = TrieBlocks.Kind(task.Reference), final = count;
        byte* bucket = trie.At(task.Reference);
        bool inPlace = true;
        for (int i = task.Start, at = 0; i < task.End; i++)
        {
            bool found = Seek(bucket, count, i, ref at);
            bool deletes = _batch.Length(i) == StateBatch.Absent;
            inPlace &= found && !deletes;
            if (found && deletes) final--;
            if (!found && !deletes) final++;
        }
        if (inPlace) Replace(task, count);
        else if (final <= TrieBlocks.MaxBucket) Rebuild(task, bucket, count, final);
        else
        {
            Overflow(task, bucket, count);
            AddBytes(task.Parent, trie.UsedBytes - before);
            return;
        }
        AddBytes(task.Parent, trie.UsedBytes - before);
        if (task.Parent >= 0) _pages[task.Parent].Count += final - count;
        else trie.Count += final - count;
    }

    // Moves on to the place of the i-th write; true if its key is there.
    private bool Seek(byte* bucket, int count, int i, ref int at)
    {
        while (at < count)
        {
            int order = TrieBlocks.Key(bucket, at)->CompareTo(*_batch.Key(i));
            if (order == 0) return true;
            if (order > 0) return false;
            at++;
        }
        return false;
    }

    private void Replace(in BucketTask task, int count)
    {
        uint own = trie.Own(task.Reference);
        SetChild(task.Parent, task.Nibble, own);
        byte* bucket = trie.At(own);
        for (int i = task.Start, at = 0; i < task.End; i++)
        {
            Seek(bucket, count, i, ref at);
            Remember(i, bucket, at);
            SetValue(bucket, at, i, TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[at]));
        }
    }

    private void Rebuild(in BucketTask task, byte* old, int count, int final)
    {
        uint made = trie.TakeBucket(final);
        byte* bucket = trie.At(made);
        int at = 0, place = 0;
        for (int i = task.Start; i < task.End; i++)
        {
            int from = at;
            bool found = Seek(old, count, i, ref at);
            for (; from < at; from++) HeapTrie.MoveEntry(old, from, bucket, place++);
            Remember(i, found ? old : null, at);
            if (_batch.Length(i) == StateBatch.Absent)
            {
                if (found) GiveValue(old, at++);
                continue;
            }
            if (found) HeapTrie.MoveEntry(old, at++, bucket, place);
            else
            {
                *TrieBlocks.Key(bucket, place) = *_batch.Key(i);
                TrieBlocks.Lengths(bucket)[place] = 0;
                TrieBlocks.Values(bucket)[place] = 0;
            }
            SetValue(bucket, place, i, TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[place]));
            place++;
        }
        for (; at < count; at++) HeapTrie.MoveEntry(old, at, bucket, place++);
        trie.Give(task.Reference);
        SetChild(task.Parent, task.Nibble, made);
    }

    // The old entries by their next four bits; the writes then reach them as those of any page.
    private void Overflow(in BucketTask task, byte* old, int count)
    {
        Bytes32 first = *_batch.Key(task.Start), last = *_batch.Key(task.End - 1);
        if (count > 0 && TrieBlocks.Key(old, 0)->CompareTo(first) < 0) first = *TrieBlocks.Key(old, 0);
        if (count > 0 && TrieBlocks.Key(old, count - 1)->CompareTo(last) > 0) last = *TrieBlocks.Key(old, count - 1);
        int depth = Bytes32.CommonPrefix(first, last) & -TrieBlocks.PageBits;
        uint made = trie.TakePage(first, depth);
        byte* page = trie.At(made);
        for (int i = 0; i < count;)
        {
            int start = i, nibble = TrieBlocks.Nibble(TrieBlocks.Key(old, i), depth);
            while (++i < count && TrieBlocks.Nibble(TrieBlocks.Key(old, i), depth) == nibble) { }
            uint part = trie.CopyBucket(old, start, i);
            TrieBlocks.References(page)[nibble] = part;
            TrieBlocks.Bytes(page) += trie.BytesOf(part);
        }
        TrieBlocks.Count(page) = (uint)count;
        trie.Give(task.Reference);
        Push(made, task.Start, task.End, task.Parent, task.Nibble, isNew: true);
    }

    private void SetValue(byte* bucket, int at, int i, int units)
    {
        int length = _batch.Length(i), need = TrieBlocks.ValueUnits(length);
        uint* values = TrieBlocks.Values(bucket);
        if (units != need || units > 0 && !trie.Values.IsOwn(values[at]))
        {
            if (units > 0) trie.Values.Give(values[at], units);
            values[at] = need > 0 ? trie.Values.Take(need) : 0;
        }
        if (length > 0) System.Runtime.CompilerServices.Unsafe.CopyBlockUnaligned(trie.Values.At(values[at]), _batch.Value(i), (uint)length);
        TrieBlocks.Lengths(bucket)[at] = (ushort)length;
        *TrieBlocks.Leaf(bucket, at) = *_batch.Leaf(i);
    }

    private void GiveValue(byte* bucket, int at)
    {
        int units = TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[at]);
        if (units > 0) trie.Values.Give(TrieBlocks.Values(bucket)[at], units);
    }

    private void Remember(int i, byte* bucket, int at)
    {
        if (_undo is null) return;
        if (bucket is null) _undo.SetAbsent(i);
        else _undo.Set(i, TrieBlocks.Leaf(bucket, at), trie.Value(bucket, at), TrieBlocks.Lengths(bucket)[at]);
    }

    // From the last task up: what came to a page comes to the one above; what is small becomes a bucket; a page with one
    // page below gives way to it.
    private void Settle(int task)
    {
        ref PageTask at = ref _pages[task];
        TrieBlocks.Count(at.Page) += (uint)at.Count;
        TrieBlocks.Bytes(at.Page) += at.Bytes;
        if (at.Parent >= 0) _pages[at.Parent].Count += at.Count;
        else trie.Count += at.Count;
        AddBytes(at.Parent, at.Bytes);
        if (_batch.HasDeletes)
        {
            long before = trie.UsedBytes;
            Shrink(ref at);
            AddBytes(at.Parent, trie.UsedBytes - before);
        }
        if (at.Page is not null && at.Parent >= 0) _pages[at.Parent].Child = task;
    }

    private void Shrink(ref PageTask at)
    {
        var references = new ReadOnlySpan<uint>(TrieBlocks.References(at.Page), TrieBlocks.Fanout);
        uint self = at.Parent < 0 ? trie.Root : TrieBlocks.References(_pages[at.Parent].Page)[at.Nibble];
        if (TrieBlocks.Count(at.Page) <= TrieBlocks.MaxBucket)
        {
            uint bucket = trie.Gather(references);
            foreach (uint reference in references) trie.Give(reference);
            trie.Give(self);
            SetChild(at.Parent, at.Nibble, bucket);
            at.Page = null;
            return;
        }
        int only = references.IndexOfAnyExcept(0u);
        if (references[(only + 1)..].ContainsAnyExcept(0u)) return;
        uint child = trie.Own(references[only]);
        SetChild(at.Parent, at.Nibble, child);
        trie.Give(self);
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
            at.Page = trie.At(child);
            at.Dirty = 0;
        }
    }

    private void SetChild(int parent, int nibble, uint reference)
    {
        if (parent < 0) trie.Root = reference;
        else TrieBlocks.References(_pages[parent].Page)[nibble] = reference;
    }

    private void AddBytes(int parent, long bytes)
    {
        if (parent >= 0) _pages[parent].Bytes += bytes;
    }

    private static void PrefetchPage(byte* page)
    {
        if (Sse.IsSupported) Sse.Prefetch0(page + TrieBlocks.UnitBytes);
        if (Sse.IsSupported) Sse.Prefetch0(page);
    }

    private void Prefetch(in BucketTask task)
    {
        if (!Sse.IsSupported || task.Reference == 0) return;
        byte* bucket = trie.At(task.Reference);
        for (int line = 0; line < 3; line++) Sse.Prefetch0(bucket + line * TrieBlocks.UnitBytes);
    }
}
