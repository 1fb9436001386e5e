using System.Diagnostics;

namespace Prozchain.Benchmarks.Quick;

/// <summary>Times a body: warm-up, then repeats of at least 20 ms each, of which the median counts.</summary>
internal static class QuickMeter
{
    private const int Repeats = 7, RepeatsOfLongRuns = 3;
    private const double LongRunSeconds = 0.4;
    private const double RepeatSeconds = 0.02;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(450);

    /// <summary>The median seconds of one run, and the least managed bytes that one run allocated, on all threads.</summary>
    public static (double Seconds, long Allocated) Measure(QuickBody body)
    {
        // Tiered compilation replaces the code in the background, twice, each time after 100 ms of quiet: the warm-up is by
        // time, not by count, and a shorter one leaves instrumented code in some rows of some runs.
        long start = Stopwatch.GetTimestamp();
        double warm = 0;
        int runs = 0;
        do
        {
            warm += Repeat(body, 1).Seconds;
            runs++;
        }
        while (Stopwatch.GetElapsedTime(start) < s_warmUp);
        int perRepeat = Math.Max(1, (int)(runs * (RepeatSeconds / warm)));

        var seconds = new double[warm / runs > LongRunSeconds ? RepeatsOfLongRuns : Repeats];
        long allocated = long.MaxValue;
        for (int i = 0; i < seconds.Length; i++)
        {
            (seconds[i], long bytes) = Repeat(body, perRepeat);
            allocated = Math.Min(allocated, bytes);
        }
        Array.Sort(seconds);
        return (seconds[seconds.Length / 2], allocated);
    }

    private static (double Seconds, long Allocated) Repeat(QuickBody body, int runs)
    {
        // A body without a preparation is not interrupted: a short one would be measured with the clock's own cost.
        int together = body.Before is null ? runs : 1;
        double seconds = 0;
        long allocated = 0;
        for (int done = 0; done < runs; done += together)
        {
            body.Before?.Invoke();
            long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
            for (int run = 0; run < together; run++) body.Run();
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        return (seconds / runs, allocated / runs);
    }
}
