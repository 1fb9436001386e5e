using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>A bucket of two to eight keys whose hash is wanted.</summary>
/// <param name="Bucket">Address of the bucket.</param>
/// <param name="Count">Keys in it.</param>
/// <param name="Depth">Depth in bits of the subtree that they are all of.</param>
/// <param name="Digest">Where the hash goes.</param>
internal readonly unsafe record struct BucketJob(nint Bucket, int Count, int Depth, nint Digest);

/// <summary>
/// Hashes many buckets, one a lane. A lane that is done takes the next bucket, so that neither the shape of a bucket nor
/// keys that agree for two hundred bits leave the others idle. Reused.
/// </summary>
internal sealed unsafe class BucketHasher : IDisposable
{
    private const int Lanes = 16;

    private readonly Lane* _lanes = (Lane*)NativeMemory.AlignedAlloc((nuint)(Lanes * sizeof(Lane)), 64);
    private readonly Bytes32* _results = (Bytes32*)NativeMemory.AlignedAlloc((Lanes * TrieBlocks.MaxBucket + 1) * Bytes32.Size, 64);
    private readonly Lane** _busy = (Lane**)NativeMemory.AlignedAlloc((nuint)(Lanes * sizeof(Lane*)), 64);
    private readonly Blake3Job[] _jobs = new Blake3Job[Lanes];

    public BucketHasher()
    {
        for (int i = 0; i < Lanes; i++)
        {
            _lanes[i].Results = _results + i * TrieBlocks.MaxBucket;
            _busy[i] = _lanes + i;
        }
        *Zero = default;
    }

    ~BucketHasher() => Free();

    /// <summary>32 zero bytes: the hash of nothing.</summary>
    public Bytes32* Zero => _results + Lanes * TrieBlocks.MaxBucket;

    public void Run(ReadOnlySpan<BucketJob> buckets)
    {
        int active = 0;
        for (int next = 0; ;)
        {
            while (active < Lanes && next < buckets.Length) Plan(_busy[active++], buckets[next++]);
            if (active == 0) return;
            for (int i = 0; i < active; i++) _jobs[i] = Step(_busy[i]);
            Domains.StateInner.Run(_jobs.AsSpan(0, active), whole: true);
            for (int i = active - 1; i >= 0; i--)
            {
                Lane* lane = _busy[i];
                if (lane->Fork != lane->Forks) continue;
                _busy[i] = _busy[--active];
                _busy[active] = lane;
            }
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // The forks of the keys' trie, each after those below it.
    private static void Plan(Lane* lane, in BucketJob job)
    {
        byte* bucket = (byte*)job.Bucket;
        lane->Bucket = bucket;
        (lane->Digest, lane->Forks, lane->Fork) = (job.Digest, 0, 0);
        byte* operands = stackalloc byte[TrieBlocks.MaxBucket];
        int* depths = stackalloc int[TrieBlocks.MaxBucket];
        int pending = 0;
        byte current = 0;
        for (int i = 1; i <= job.Count; i++)
        {
            int shared = i < job.Count ? Bytes32.CommonPrefix(*TrieBlocks.Key(bucket, i - 1), *TrieBlocks.Key(bucket, i)) : -1;
            while (pending > 0 && depths[pending - 1] > shared)
            {
                pending--;
                int fork = lane->Forks++, above = Math.Max(shared, pending > 0 ? depths[pending - 1] : -1);
                lane->Left[fork] = operands[pending];
                lane->Right[fork] = current;
                lane->Key[fork] = (byte)(i - 1);
                lane->Depth[fork] = (short)depths[pending];
                lane->Top[fork] = (short)Math.Max(above + 1, job.Depth);
                current = (byte)(TrieBlocks.MaxBucket + fork);
            }
            operands[pending] = current;
            depths[pending++] = shared;
            current = (byte)i;
        }
        lane->At = lane->Depth[0];
    }

    private Blake3Job Step(Lane* lane)
    {
        int fork = lane->Fork, at = lane->At;
        nint result = (nint)(lane->Results + fork), left = result, right = result;
        if (at == lane->Depth[fork]) (left, right) = (Operand(lane, lane->Left[fork]), Operand(lane, lane->Right[fork]));
        else if (TrieBlocks.Key(lane->Bucket, lane->Key[fork])->Bit(at) == 0) right = (nint)Zero;
        else left = (nint)Zero;
        bool isTop = at == lane->Top[fork];
        if (isTop) lane->At = ++lane->Fork < lane->Forks ? lane->Depth[lane->Fork] : 0;
        else lane->At--;
        return new Blake3Job(left, right, isTop && lane->Fork == lane->Forks ? lane->Digest : result);
    }

    private static nint Operand(Lane* lane, int operand) =>
        operand < TrieBlocks.MaxBucket ? (nint)TrieBlocks.Leaf(lane->Bucket, operand) : (nint)(lane->Results + operand - TrieBlocks.MaxBucket);

    private void Free()
    {
        NativeMemory.AlignedFree(_lanes);
        NativeMemory.AlignedFree(_results);
        NativeMemory.AlignedFree(_busy);
    }

    private struct Lane
    {
        public byte* Bucket;
        public nint Digest;
        public Bytes32* Results;
        public int Forks, Fork, At;
        public fixed byte Left[TrieBlocks.MaxBucket], Right[TrieBlocks.MaxBucket], Key[TrieBlocks.MaxBucket];
        public fixed short Depth[TrieBlocks.MaxBucket], Top[TrieBlocks.MaxBucket];
    }
}
