namespace Prozchain.Devnet.Reporting;

/// <summary>
/// Latencies in microseconds in logarithmic buckets (16 to an octave, so quantiles are within 4.5 %): a fixed
/// 16 kB however many are recorded.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int PerOctave = 16, Octaves = 40;

    private readonly long[] _buckets = new long[PerOctave * Octaves];

    public long Count { get; private set; }

    public void Record(double microseconds, long times = 1)
    {
        int bucket = (int)Math.Clamp(Math.Log2(Math.Max(microseconds, 1)) * PerOctave, 0, _buckets.Length - 1);
        _buckets[bucket] += times;
        Count += times;
    }

    /// <summary>Upper edge of the bucket that holds the quantile, in milliseconds; 0 when nothing was recorded.</summary>
    public double QuantileMs(double quantile)
    {
        if (Count == 0) return 0;
        long rank = (long)Math.Ceiling(quantile * Count);
        for (int i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank <= 0) return Math.Pow(2, (i + 1.0) / PerOctave) / 1000;
        }
        return 0;
    }
}
