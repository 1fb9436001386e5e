using System.Diagnostics;
using Prozchain.Benchmarks.Sharding;
using Prozchain.Sharding.Execution;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>Block-STM's p2p transfers (arXiv 2203.06871; research, section 4c, 3): execution only, against the own sequential run.</summary>
internal static class BlockStmRun
{
    public static void Run(Report report)
    {
        report.Line("- Work: blocks of 1,000 and 10,000 payments between two random accounts out of 2 to 10,000; from the bytes of the body to statuses, sorted writes, write digest and receipts root over a hash table; no signatures, no state root. Undeclared: accesses are not known beforehand, optimistic re-execution, as in Block-STM; declared: conflict groups. Sequential: the same executor with one thread. The best of rounds over 0.25 s.");
        report.Line("- Quoted, not run: Block-STM 170k a second at 32 threads, 17 times its sequential run, at low contention; 80k contended; with 2 accounts at most 30 % slower than sequential.");
        int[] threads = [.. Enumerable.Range(1, Environment.ProcessorCount)];
        report.Head(["block", "accounts", "accesses", .. threads.Select(count => count == 1 ? "sequential, tx/s" : $"{count} threads, tx/s"), "times sequential"]);
        // Warm: what the first rows would pay for otherwise.
        var warm = new FlatLoad(100, 1_000, disjoint: false);
        for (int i = 0; i < 3; i++)
        {
            foreach (int count in threads) _ = Rate<FlatLoad.Undeclared>(warm, 1_000, count) + Rate<TransferTransition>(warm, 1_000, count);
        }
        foreach (int block in (int[])[1_000, 10_000])
        {
            foreach (int accounts in (int[])[2, 10, 100, 1_000, 10_000])
            {
                var load = new FlatLoad(accounts, block, disjoint: false);
                Row<FlatLoad.Undeclared>(report, load, block, accounts, "undeclared", threads);
                Row<TransferTransition>(report, load, block, accounts, "declared", threads);
            }
        }
    }

    private static void Row<TTransition>(Report report, FlatLoad load, int block, int accounts, string accesses, int[] threads) where TTransition : struct, IShardTransition
    {
        double[] rates = [.. threads.Select(count => Rate<TTransition>(load, block, count))];
        report.Row([$"{block:N0}", $"{accounts:N0}", $"{accesses}", .. rates.Select(rate => (FormattableString)$"{rate:N0}"), $"{rates[^1] / rates[0]:F2}"]);
    }

    private static double Rate<TTransition>(FlatLoad load, int transfers, int threads) where TTransition : struct, IShardTransition
    {
        using var executor = new MicroBlockExecutor<TTransition>(default, maxDegreeOfParallelism: threads);
        var body = new MicroBlockBody();
        double best = double.MaxValue;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < 0.25)
        {
            long start = Stopwatch.GetTimestamp();
            body.Read(load.Body.Encoded);
            executor.Execute(load.Block, body, load);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (executor.Outcome.Counters.Applied != transfers) throw new InvalidOperationException("Expected all transfers applied.");
        }
        return transfers / best;
    }
}
