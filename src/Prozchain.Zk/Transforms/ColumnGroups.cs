namespace Prozchain.Zk.Transforms;

/// <summary>Work on a few columns at a time, at pinned addresses.</summary>
internal interface IColumnWork
{
    void Run(int firstColumn, int columns);
}

/// <summary>Runs groups of columns, serially or in parallel. The serial way allocates nothing.</summary>
internal static class ColumnGroups
{
    public static void Run<TWork>(TWork work, int columns, int groupSize, int maxDegreeOfParallelism, CancellationToken cancellation)
        where TWork : struct, IColumnWork
    {
        if (maxDegreeOfParallelism is 0 or < -1)
            throw new ArgumentOutOfRangeException(nameof(maxDegreeOfParallelism), maxDegreeOfParallelism, "Expected -1 or at least 1.");
        if (maxDegreeOfParallelism == 1 || columns <= 1)
        {
            for (int first = 0; first < columns; first += groupSize)
            {
                cancellation.ThrowIfCancellationRequested();
                work.Run(first, Math.Min(groupSize, columns - first));
            }
            return;
        }
        RunParallel(work, columns, groupSize, maxDegreeOfParallelism, cancellation);
    }

    // Apart, because the closure is made on entry.
    private static void RunParallel<TWork>(TWork work, int columns, int groupSize, int maxDegreeOfParallelism, CancellationToken cancellation)
        where TWork : struct, IColumnWork
    {
        // Groups no larger than leave one to every worker.
        int workers = maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism;
        int size = Math.Clamp(columns / workers, 1, groupSize), groups = (columns + size - 1) / size;
        var options = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism, CancellationToken = cancellation };
        Parallel.For(0, groups, options, group => work.Run(group * size, Math.Min(size, columns - group * size)));
    }
}
