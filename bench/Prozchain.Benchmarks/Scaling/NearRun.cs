namespace Prozchain.Benchmarks.Scaling;

/// <summary>NEAR's benchmark of native transfers (research, section 4c, 1).</summary>
internal static class NearRun
{
    private const double Busy = 0.85, BusyShortBlocks = 0.65;

    public static void Run(Report report)
    {
        MeasuredCosts costs = MeasuredCosts.Here;
        report.Costs();
        report.Line("- Work: signed native transfers. The source is an account of the producing shard by a Zipf-Mandelbrot law (shift 2.7, exponent 1.0), every shard sends alike; the receiver is any account of all shards. Real nodes, 4 to a shard, costs charged as for 100 seats, one core each, 25 to 27.5 ms one way; execution is charged as over 2^17 accounts. 1,024 simulated accounts a shard: a simulated transfer stands for a row of them by one sender, and as many simulated ones as fit into a block name the receivers, so that not quite every shard hears of every block of every other; at 70 shards and 100 ms the model reckons with all.");
        report.Line("- A missed block: the shard that made the fewest made less than 0.98 of its blocks. NEAR's own figure: 1M TPS over 70 shards at 0.5 block/s, 140 machines of 8 cores (1,120 cores): 14.3k a shard, 0.9k a core.");
        report.Head("shards", "block time held, ms", "TPS", "TPS a shard", "blocks made of those due", "CPU, mean (busiest)", "p50 / p99 cross-shard, ms");
        foreach (int shards in (int[])[4, 20, 70])
        {
            foreach (int interval in (int[])[100, 500, 1500])
            {
                if (shards == 70 && interval == 100)
                {
                    double load = new ScalingModel(costs, Following.EveryHeader).Capacity(shards, BusyShortBlocks);
                    report.Row($"{shards} (model)", $"{interval}", $"{shards * load:N0}", $"{load:N0}", $"", $"{BusyShortBlocks:F2}", $"");
                    continue;
                }
                Held(report, costs, shards, interval);
            }
        }
    }

    // The highest load on a ladder of tenths below what the model says at which no block is missed.
    private static void Held(Report report, MeasuredCosts costs, int shards, int interval)
    {
        double blocks = 1000.0 / interval;
        int rate = shards > 20 ? 60 : interval == 100 && shards > 4 ? 100 : 200;
        double most = new ScalingModel(costs, Following.EveryHeader) { BlocksPerSecond = blocks, DrawsPerBlock = (int)(rate / blocks) }.Capacity(shards, interval == 100 ? BusyShortBlocks : Busy);
        int seconds = interval == 1500 ? 6 : shards > 4 ? 3 : 5;
        var bank = new CostedBank { Shards = shards, Weight = 1, TransfersPerShard = rate, Skew = 1, SkewShift = 2.7, IntervalMs = interval, Seconds = seconds };
        // A sender has one simulated transfer under way at a time, so that fewer come than asked for: the weight makes up for it.
        double weight = most * shards / bank.Run(costs).Transfers;
        for (int trial = 0; ; trial++)
        {
            CostedResult run = (bank with { Weight = weight }).Run(costs);
            // A count of blocks in a window is off by one.
            double made = (run.Blocks * seconds + 1) / (blocks * seconds);
            if (made < 0.98 && trial < 4)
            {
                weight *= 0.88;
                continue;
            }
            report.Row($"{shards}", $"{interval}", $"{run.Transfers:N0}", $"{run.Transfers / shards:N0}", $"{Math.Min(1, made):P0}", $"{run.MeanCpu:F2} ({run.MostCpu:F2})", $"{run.MedianMs} / {run.SlowestPercentMs}");
            return;
        }
    }
}
