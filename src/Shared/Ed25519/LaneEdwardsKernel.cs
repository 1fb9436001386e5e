using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>
/// Points in lanes. A sum is Pippenger's with one window of digits a lane: all lanes add the same point, each to the
/// bucket of its own digit, and no two lanes ever want the same bucket. A bucket is a row of twenty words (X, Y, Z and T,
/// two limbs a word), rows of a size side by side, so that the buckets of eight windows of eight bits fit the L2 cache.
/// </summary>
/// <remarks>
/// A word's upper limb may stay in the lane of the lower one while that is only added to and multiplied: products read
/// the low halves. Bounds of limbs, in units, are those of <see cref="FieldKernel{TVector, TLanes}"/>.
/// </remarks>
internal sealed unsafe class LaneEdwardsKernel<TVector, TLanes> : IEdwardsKernel
    where TVector : unmanaged
    where TLanes : struct, IFieldLanes<TVector>
{
    private const int RowWords = 20, MaxSize = 128;

    // Elements of the work area: a sum's operands, then running sum, total and bucket, each X, Y, Z, T; 2d.
    private const int Temporaries = 8, RunningAt = 8, TotalAt = 12, BucketAt = 16, TwoDAt = 20, PackedAt = 21, WorkElements = 23;

    private readonly PinnedWords _rows = new(RowWords * TLanes.Count * (MaxSize + 1));
    private readonly PinnedWords _work = new(WorkElements * 10 * TLanes.Count);
    private readonly EdwardsPoint[] _windows = new EdwardsPoint[64];

    private FieldVector<TVector>* Work => (FieldVector<TVector>*)_work.Start;

    public void Decode(ulong* encodings, ulong* points, Span<bool> isPoint)
    {
        for (int i = 0; i < isPoint.Length; i += TLanes.Count)
        {
            uint bits = LaneDecoder<TVector, TLanes>.Decode(encodings + 4 * i, points + AffinePoint.PackedWords * i, Work);
            for (int lane = 0; lane < TLanes.Count && i + lane < isPoint.Length; lane++) isPoint[i + lane] = (bits >> lane & 1) != 0;
        }
    }

    public EdwardsPoint Sum(ReadOnlySpan<PointRun> runs, int bits)
    {
        int windows = 256 / bits, sizes = 1 << (bits - 1);
        LaneField<TVector, TLanes>.Broadcast(EdwardsPoint.TwoD, Work + TwoDAt);
        for (int window = 0; window < windows; window += TLanes.Count)
        {
            ClearRows(sizes);
            foreach (ref readonly PointRun run in runs)
                if (window < run.DigitsEach) AddAll(run, window);
            SumRows(sizes, window);
        }
        EdwardsPoint sum = _windows[windows - 1];
        for (int window = windows - 2; window >= 0; window--) sum = sum.Double(bits) + _windows[window];
        return sum;
    }

    private void ClearRows(int sizes)
    {
        ulong* row = _rows.Start;
        for (int i = 0; i < TLanes.Count * (sizes + 1); i++, row += RowWords)
        {
            new Span<ulong>(row, RowWords).Clear();
            row[5] = row[10] = 1;
        }
    }

    // Finds the rows of a point while the one before is added: they are fetched meanwhile.
    private void AddAll(in PointRun run, int window)
    {
        nint* now = stackalloc nint[2 * TLanes.Count], next = now + TLanes.Count;
        sbyte* digits = run.Digits + window;
        if (run.Count > 0) Locate(digits, now);
        for (int i = 0; i < run.Count; i++)
        {
            if (i + 1 < run.Count) Locate(digits + (i + 1) * run.DigitsEach, next);
            AddToRows(run.Points + AffinePoint.PackedWords * i, now, TLanes.NegativeDigits(digits + i * run.DigitsEach));
            nint* added = now;
            now = next;
            next = added;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Locate(sbyte* digits, nint* offsets)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            int size = Math.Abs((int)digits[lane]);
            offsets[lane] = (size * TLanes.Count + lane) * RowWords;
            if (!Sse.IsSupported) continue;
            Sse.Prefetch0(_rows.Start + offsets[lane]);
            Sse.Prefetch0(_rows.Start + offsets[lane] + 8);
            Sse.Prefetch0(_rows.Start + offsets[lane] + 16);
        }
    }

    // Seven products: eprint 2008/522, section 3.1, with Z = 1 on one side.
    [SkipLocalsInit]
    private void AddToRows(ulong* point, nint* offsets, TVector isNegative)
    {
        FieldVector<TVector>* work = Work;
        TVector* difference = (TVector*)work, sum = (TVector*)(work + 1), t = (TVector*)(work + 2), d = (TVector*)(work + 3);
        TVector* byMinus = (TVector*)(work + 4), byPlus = (TVector*)(work + 5), byT = (TVector*)(work + 6);
        TVector* row = (TVector*)(work + PackedAt);
        for (int word = 0; word < RowWords; word += 4)
            TLanes.LoadRows(_rows.Start + word, offsets, out row[word], out row[word + 1], out row[word + 2], out row[word + 3]);
        for (int i = 0; i < 5; i++)
        {
            TVector bias = TLanes.Broadcast(i == 0 ? FieldKernel<TVector, TLanes>.PackedBias0 : FieldKernel<TVector, TLanes>.PackedBias);
            TVector x = row[i], y = row[5 + i], z = row[10 + i];
            TVector plus = TLanes.Broadcast(point[i]), minus = TLanes.Broadcast(point[5 + i]), twoDXY = TLanes.Broadcast(point[10 + i]);
            Split(TLanes.Subtract(TLanes.Add(y, bias), x), difference + 2 * i);
            Split(TLanes.Add(y, x), sum + 2 * i);
            Split(row[15 + i], t + 2 * i);
            Split(TLanes.Add(z, z), d + 2 * i);
            Split(TLanes.Choose(isNegative, minus, plus), byMinus + 2 * i);
            Split(TLanes.Choose(isNegative, plus, minus), byPlus + 2 * i);
            Split(TLanes.Choose(isNegative, twoDXY, TLanes.Subtract(bias, twoDXY)), byT + 2 * i);
        }
        FieldKernel<TVector, TLanes>.Multiply(out work[0], in work[0], in work[4]);
        FieldKernel<TVector, TLanes>.Multiply(out work[1], in work[1], in work[5]);
        FieldKernel<TVector, TLanes>.Multiply(out work[2], in work[2], in work[6]);
        Finish(work, work + BucketAt);
        for (int i = 0; i < 4; i++) LaneField<TVector, TLanes>.Pack(work + BucketAt + i, row + 5 * i);
        for (int word = 0; word < RowWords; word += 4)
            TLanes.StoreRows(_rows.Start + word, offsets, row[word], row[word + 1], row[word + 2], row[word + 3]);
    }

    // Each row as often as its size: the sum of the running sums from the largest size down.
    private void SumRows(int sizes, int window)
    {
        FieldVector<TVector>* running = Work + RunningAt, total = Work + TotalAt, bucket = Work + BucketAt;
        nint* offsets = stackalloc nint[TLanes.Count];
        for (int size = sizes; size > 0; size--)
        {
            for (int lane = 0; lane < TLanes.Count; lane++) offsets[lane] = (size * TLanes.Count + lane) * RowWords;
            TVector* row = (TVector*)(Work + PackedAt);
            for (int word = 0; word < RowWords; word += 4)
                TLanes.LoadRows(_rows.Start + word, offsets, out row[word], out row[word + 1], out row[word + 2], out row[word + 3]);
            for (int i = 0; i < RowWords; i++)
            {
                Split(row[i], (TVector*)bucket + 2 * i);
                ((TVector*)bucket)[2 * i] = TLanes.And(row[i], TLanes.Broadcast(uint.MaxValue));
            }
            if (size == sizes)
            {
                for (int i = 0; i < 4; i++) running[i] = total[i] = bucket[i];
                continue;
            }
            AddPoints(running, bucket);
            AddPoints(total, running);
        }
        ulong* words = _rows.Start;
        TVector* packed = (TVector*)(Work + PackedAt);
        for (int i = 0; i < 4; i++) LaneField<TVector, TLanes>.Pack(total + i, packed + 5 * i);
        for (int lane = 0; lane < TLanes.Count; lane++) offsets[lane] = lane * RowWords;
        for (int word = 0; word < RowWords; word += 4)
            TLanes.StoreRows(words + word, offsets, packed[word], packed[word + 1], packed[word + 2], packed[word + 3]);
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            var point = new ReadOnlySpan<ulong>(words + lane * RowWords, RowWords);
            _windows[window + lane] = new EdwardsPoint(Fe25519.Unpack(point), Fe25519.Unpack(point[5..]), Fe25519.Unpack(point[10..]), Fe25519.Unpack(point[15..]));
        }
    }

    // a += b, nine products.
    private void AddPoints(FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        FieldVector<TVector>* work = Work;
        FieldKernel<TVector, TLanes>.Subtract(out work[0], in a[1], in a[0]);
        FieldKernel<TVector, TLanes>.Subtract(out work[4], in b[1], in b[0]);
        FieldKernel<TVector, TLanes>.Multiply(out work[0], in work[0], in work[4]);
        FieldKernel<TVector, TLanes>.Add(out work[1], in a[1], in a[0]);
        FieldKernel<TVector, TLanes>.Add(out work[4], in b[1], in b[0]);
        FieldKernel<TVector, TLanes>.Multiply(out work[1], in work[1], in work[4]);
        FieldKernel<TVector, TLanes>.Multiply(out work[2], in b[3], in work[TwoDAt]);
        FieldKernel<TVector, TLanes>.Multiply(out work[2], in work[2], in a[3]);
        FieldKernel<TVector, TLanes>.Multiply(out work[3], in a[2], in b[2]);
        FieldKernel<TVector, TLanes>.Add(out work[3], in work[3], in work[3]);
        Finish(work, a);
    }

    // From A, B, C and D: E = B - A, H = B + A, F = D - C, G = D + C. F has four units and is a first factor only.
    private static void Finish(FieldVector<TVector>* work, FieldVector<TVector>* result)
    {
        FieldVector<TVector>* e = work + 4, f = work + 5, g = work + 6, h = work + 7;
        FieldKernel<TVector, TLanes>.Subtract(out *e, in work[1], in work[0]);
        FieldKernel<TVector, TLanes>.Add(out *h, in work[1], in work[0]);
        FieldKernel<TVector, TLanes>.Subtract(out *f, in work[3], in work[2]);
        FieldKernel<TVector, TLanes>.Add(out *g, in work[3], in work[2]);
        FieldKernel<TVector, TLanes>.Multiply(out result[0], in *f, in *e);
        FieldKernel<TVector, TLanes>.Multiply(out result[1], in *g, in *h);
        FieldKernel<TVector, TLanes>.Multiply(out result[2], in *f, in *g);
        FieldKernel<TVector, TLanes>.Multiply(out result[3], in *e, in *h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(TVector word, TVector* limbs)
    {
        limbs[0] = word;
        limbs[1] = TLanes.ShiftRight(word, 32);
    }
}
