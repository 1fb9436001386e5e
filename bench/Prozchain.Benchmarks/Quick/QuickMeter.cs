using System.Diagnostics;

namespace Prozchain.Benchmarks.Quick;

/// <summary>Times a body: warm-up, then repeats of at least 20 ms each, of which the median counts.</summary>
internal static class QuickMeter
{
    private const int Repeats = 7;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_repeat = TimeSpan.FromMilliseconds(20);

    /// <summary>The median seconds of one run, and the least managed bytes that one run allocated, on all threads.</summary>
    public static (double Seconds, long Allocated) Measure(QuickBody body)
    {
        // Tiered compilation replaces the code in the background: the warm-up is by time, not by count.
        long start = Stopwatch.GetTimestamp();
        int runs = 0;
        do
        {
            body.Run();
            runs++;
        }
        while (Stopwatch.GetElapsedTime(start) < s_warmUp);
        int perRepeat = Math.Max(1, (int)(runs * (s_repeat / Stopwatch.GetElapsedTime(start))));

        var seconds = new double[Repeats];
        long allocated = long.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            start = Stopwatch.GetTimestamp();
            for (int run = 0; run < perRepeat; run++) body.Run();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds / perRepeat;
            allocated = Math.Min(allocated, (GC.GetTotalAllocatedBytes(precise: true) - before) / perRepeat);
        }
        Array.Sort(seconds);
        return (seconds[Repeats / 2], allocated);
    }
}
