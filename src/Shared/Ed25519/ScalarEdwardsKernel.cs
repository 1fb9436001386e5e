namespace Prozchain.Shared;

/// <summary>One point at a time, for machines without wide vectors, and the oracle of those with them.</summary>
internal sealed unsafe class ScalarEdwardsKernel : IEdwardsKernel
{
    private readonly EdwardsPoint[] _buckets = new EdwardsPoint[129];

    public void Decode(ulong* encodings, ulong* points, Span<bool> isPoint)
    {
        for (int i = 0; i < isPoint.Length; i++)
        {
            isPoint[i] = EdwardsPoint.TryRead(new ReadOnlySpan<byte>(encodings + 4 * i, EdwardsPoint.Size), out EdwardsPoint point);
            new AffinePoint(point.X, point.Y).Pack(new Span<ulong>(points + AffinePoint.PackedWords * i, AffinePoint.PackedWords));
        }
    }

    // Pippenger: a bucket for each size of digit, then each bucket as often as its size by two sums.
    public EdwardsPoint Sum(ReadOnlySpan<PointRun> runs, int bits)
    {
        int half = 1 << (bits - 1);
        EdwardsPoint sum = EdwardsPoint.Identity;
        for (int window = 256 / bits - 1; window >= 0; window--)
        {
            sum = sum.Double(bits);
            _buckets.AsSpan(0, half + 1).Fill(EdwardsPoint.Identity);
            foreach (ref readonly PointRun run in runs) AddAll(run, window);
            EdwardsPoint running = EdwardsPoint.Identity, total = EdwardsPoint.Identity;
            for (int size = half; size > 0; size--)
            {
                running += _buckets[size];
                total += running;
            }
            sum += total;
        }
        return sum;
    }

    private void AddAll(in PointRun run, int window)
    {
        if (window >= run.DigitsEach) return;
        for (int i = 0; i < run.Count; i++)
        {
            int digit = run.Digits[i * run.DigitsEach + window];
            if (digit == 0) continue;
            var point = AffinePoint.Unpack(new ReadOnlySpan<ulong>(run.Points + AffinePoint.PackedWords * i, AffinePoint.PackedWords));
            ref EdwardsPoint bucket = ref _buckets[Math.Abs(digit)];
            bucket += digit < 0 ? -point : point;
        }
    }
}
