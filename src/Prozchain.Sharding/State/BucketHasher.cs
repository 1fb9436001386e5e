using System.Runtime.CompilerServices;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>A bucket of two to eight keys whose hash is wanted.</summary>
/// <param name="Bucket">Address of the bucket.</param>
/// <param name="Count">Keys in it.</param>
/// <param name="Depth">Depth in bits of the subtree that they are all of.</param>
/// <param name="Digest">Where the hash goes.</param>
internal readonly unsafe record struct BucketJob(nint Bucket, int Count, int Depth, nint Digest);

/// <summary>
/// Hashes many buckets: what all of them hash first, then what takes one of those hashes, and so on, so that neither the
/// shape of a bucket nor keys that agree for two hundred bits leave lanes idle that others have work for. Reused.
/// </summary>
internal sealed unsafe class BucketHasher : IDisposable
{
    // What is planned is run from so many hashes on, to which a bucket adds fewer than 256 for each of its keys.
    private const int EnoughJobs = 1 << 11, MaxJobs = EnoughJobs + 256 * TrieBlocks.MaxBucket;

    private readonly NativeBuffer<Planned> _planned = new();
    private readonly NativeBuffer<Blake3Job> _jobs = new();
    private readonly NativeBuffer<Bytes32> _results = new(), _zero = new();
    private readonly int[] _starts = new int[258];
    private readonly BranchFetch _ahead;
    private int _heights;

    public BucketHasher(BranchFetch ahead)
    {
        _ahead = ahead;
        _zero.Add(default);
    }

    /// <summary>32 zero bytes: the hash of nothing.</summary>
    public Bytes32* Zero => _zero.Items;

    public void Run(ReadOnlySpan<BucketJob> buckets)
    {
        if (buckets.IsEmpty) return;
        _planned.Reserve(MaxJobs);
        _results.Reserve(MaxJobs);
        foreach (ref readonly BucketJob bucket in buckets)
        {
            Plan(bucket);
            if (_planned.Count >= EnoughJobs) Flush();
        }
        Flush();
    }

    public void Dispose()
    {
        _planned.Dispose();
        _jobs.Dispose();
        _results.Dispose();
        _zero.Dispose();
    }

    // The forks of the keys' trie, each after those below it, and the way up from each to the next.
    [SkipLocalsInit]
    private void Plan(in BucketJob job)
    {
        byte* bucket = (byte*)job.Bucket;
        Operand* operands = stackalloc Operand[TrieBlocks.MaxBucket];
        int pending = 0, height = 0, forks = job.Count - 1;
        nint current = (nint)TrieBlocks.Leaf(bucket, 0);
        for (int i = 1; i <= job.Count; i++)
        {
            int shared = i < job.Count ? Bytes32.CommonPrefix(*TrieBlocks.Key(bucket, i - 1), *TrieBlocks.Key(bucket, i)) : -1;
            while (pending > 0 && operands[pending - 1].Depth > shared)
            {
                Operand left = operands[--pending];
                int above = Math.Max(shared, pending > 0 ? operands[pending - 1].Depth : -1), top = Math.Max(above + 1, job.Depth);
                nint result = --forks == 0 ? job.Digest : (nint)(_results.Items + _results.Count++);
                height = Math.Max(height, left.Height);
                Add(new Blake3Job(left.Hash, current, result), height++);
                for (int at = left.Depth - 1; at >= top; at--)
                {
                    bool isLeft = TrieBlocks.Key(bucket, i - 1)->Bit(at) == 0;
                    Add(new Blake3Job(isLeft ? result : (nint)Zero, isLeft ? (nint)Zero : result, result), height++);
                }
                current = result;
            }
            operands[pending++] = new Operand(current, height, shared);
            (current, height) = ((nint)TrieBlocks.Leaf(bucket, i), 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(in Blake3Job job, int height)
    {
        _planned.Items[_planned.Count++] = new Planned(job, height);
        _starts[height]++;
        if (height >= _heights) _heights = height + 1;
    }

    // By height, as those of a height do not take one another's hashes.
    private void Flush()
    {
        int sum = 0;
        for (int height = 0; height < _heights; height++) (_starts[height], sum) = (sum, sum + _starts[height]);
        _jobs.Reserve(sum);
        foreach (ref readonly Planned planned in _planned.Span) _jobs.Items[_starts[planned.Height]++] = planned.Job;
        for (int height = 0, from = 0; height < _heights; from = _starts[height++])
            _ahead.Hash(_jobs.Items + from, _jobs.Items + _starts[height]);
        Array.Clear(_starts, 0, _heights);
        (_heights, _planned.Count, _results.Count) = (0, 0, 0);
    }

    /// <summary>A hash that waits for the one on its right: where it is or will be, after how many others, and at which depth both fork.</summary>
    private readonly record struct Operand(nint Hash, int Height, int Depth);

    private readonly record struct Planned(Blake3Job Job, int Height);
}
