namespace Prozchain.Zk.Stark;

/// <summary>Work on runs by workers that each have memory of their own.</summary>
internal interface IRunWorker : IDisposable
{
    void Execute(int run);
}

/// <summary>Shares out runs, a range at a time.</summary>
internal static class RunWork
{
    // Small, so that no worker is left with much when the others are done.
    private const int RangeSize = 2;

    /// <param name="runs">How many.</param>
    /// <param name="threads">Workers: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="create">Makes a worker; called once for each.</param>
    /// <param name="cancellation">Checked between ranges.</param>
    public static void Execute<TWorker>(int runs, int threads, Func<TWorker> create, CancellationToken cancellation) where TWorker : IRunWorker
    {
        if (threads is 0 or < -1) throw new ArgumentOutOfRangeException(nameof(threads), threads, "Expected -1 or at least 1.");
        int ranges = (runs + RangeSize - 1) / RangeSize, workers = Math.Min(threads == -1 ? Environment.ProcessorCount : threads, ranges), taken = 0;
        if (workers <= 1) Work();
        else Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, _ => Work());

        void Work()
        {
            using TWorker worker = create();
            for (int range = Interlocked.Increment(ref taken) - 1; range < ranges; range = Interlocked.Increment(ref taken) - 1)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int run = range * RangeSize; run < Math.Min(runs, (range + 1) * RangeSize); run++) worker.Execute(run);
            }
        }
    }
}
