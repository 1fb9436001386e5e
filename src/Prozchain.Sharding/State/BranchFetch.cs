using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>
/// Brings what a branch's writes reach into the cache a few steps at a time, while the branch before it is hashed: the
/// memory is waited for while there is something to compute. All ways go on by a block at a time. Changes nothing but how
/// long the branch takes; where a processor cannot fetch ahead, nothing.
/// </summary>
internal sealed unsafe class BranchFetch(HeapTrie trie) : IDisposable
{
    // As many writes go on by a block while as many hashes are computed as there are lanes.
    private const int Lanes = 16, Steps = 32;

    private readonly NativeBuffer<Way> _ways = new();
    private readonly NativeBuffer<(nint Bucket, int Kind, int Write)> _buckets = new();
    private StateBatch _batch = null!;
    private int _next, _left;

    /// <summary>Starts with the writes that pages get.</summary>
    public void Begin(StateBatch batch, ReadOnlySpan<PageTask> pages)
    {
        if (!Sse.IsSupported) return;
        _batch = batch;
        (_ways.Count, _buckets.Count, _next, _left) = (0, 0, 0, 0);
        foreach (ref readonly PageTask page in pages)
        {
            _ways.Reserve(_ways.Count + page.End - page.Start);
            for (int i = page.Start; i < page.End; i++) _ways.Items[_ways.Count++] = new Way((nint)page.Page, i);
        }
    }

    /// <summary>Hashes nodes, as many at once as there are lanes, and goes on after each.</summary>
    public void Hash(Blake3Job* from, Blake3Job* end)
    {
        for (; from < end; from += Lanes)
        {
            Domains.StateInner.Run(new ReadOnlySpan<Blake3Job>(from, (int)Math.Min(Lanes, end - from)), whole: true);
            if (_ways.Count > 0) StepWays();
            else if (_buckets.Count > 0) StepBuckets();
        }
    }

    public void Dispose()
    {
        _ways.Dispose();
        _buckets.Dispose();
    }

    // What a page's child is, and what of the page is hashed later.
    private void StepWays()
    {
        int end = Math.Min(_ways.Count, _next + Steps);
        uint last = 0;
        for (; _next < end; _next++)
        {
            Way way = _ways.Items[_next];
            byte* page = (byte*)way.Page;
            int nibble = TrieBlocks.Nibble(_batch.Key(way.Write), TrieBlocks.Depth(page));
            uint reference = TrieBlocks.References(page)[nibble];
            int kind = TrieBlocks.Kind(reference);
            byte* block = trie.At(reference);
            if (reference != last)
            {
                for (int node = TrieBlocks.Fanout + nibble; node > 1; node >>= 1) Sse.Prefetch1(TrieBlocks.Node(page, node));
                int lines = kind == TrieBlocks.PageKind ? 2 : kind + 1;
                for (int line = 0; line < 4; line++) Sse.Prefetch1(block + Math.Min(line, lines - 1) * TrieBlocks.UnitBytes);
                for (int line = 4; line < lines; line++) Sse.Prefetch1(block + line * TrieBlocks.UnitBytes);
                last = reference;
            }
            if (kind == TrieBlocks.PageKind) _ways.Items[_left++] = new Way((nint)block, way.Write);
            else _buckets.Add(((nint)block, kind, way.Write));
        }
        if (_next == _ways.Count) (_ways.Count, _next, _left) = (_left, 0, 0);
    }

    private void StepBuckets()
    {
        int end = Math.Min(_buckets.Count, _next + Steps);
        for (; _next < end; _next++)
        {
            (nint bucket, int kind, int write) = _buckets.Items[_next];
            _batch.Fetch(write);
            for (int entry = 0; entry < kind; entry++)
                if (*(ulong*)TrieBlocks.Key((byte*)bucket, entry) == *(ulong*)_batch.Key(write)) Sse.Prefetch1(trie.Value((byte*)bucket, entry));
        }
        if (_next == _buckets.Count) (_buckets.Count, _next) = (0, 0);
    }

    private readonly record struct Way(nint Page, int Write);
}
