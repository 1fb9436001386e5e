namespace Prozchain.Benchmarks.Scaling;

/// <summary>SmallBank's MultiTransfer over two accounts of two shards (research, section 4c, 7).</summary>
internal static class SmallBankRun
{
    public static void Run(Report report)
    {
        MeasuredCosts costs = MeasuredCosts.Here;
        report.Costs();
        report.Line("- Work: MultiTransfer of two accounts that lie in two of four shards, atomic by provision, execute, certify, signed by both. Accounts are drawn uniformly or by a Zipf law of exponent 0.9 within a shard. Real nodes, 4 to a shard, replicated, costs charged as for 100 seats, one core each; 1 ms one way as within a data centre, micro-blocks of 50 ms. A simulated transaction stands for as many as the weight says.");
        report.Line("- Aborted: another transaction had claimed an account, or the deadline of 5 s passed. Quoted, not run: Orleans Transactions 7,113 two-grain transactions a second (dotnet/orleans#6912; not replicated by consensus, not signed).");
        report.Head("accounts drawn", "accounts", "offered a second", "committed a second", "a shard", "committed of offered", "CPU, mean (busiest)");
        foreach (double skew in (double[])[0, 0.9])
        {
            foreach (double weight in (double[])[1, 20, 80])
            {
                const int Swaps = 100;
                CostedResult run = new CostedBank { Shards = 4, Weight = weight, TransfersPerShard = 0, SwapsPerShard = Swaps, AccountsPerShard = 2500, Skew = skew, IntervalMs = 50, OneWayMs = 1, Seconds = 5 }.Run(costs);
                // Two accounts of one shard make no swap: a quarter of the draws, in the mean.
                double offered = 4 * Swaps * weight * 0.75;
                report.Row($"{(skew == 0 ? "uniformly" : "Zipf 0.9")}", $"10,000", $"{offered:N0}", $"{run.Commits:N0}", $"{run.Commits / 4:N0}", $"{Math.Min(1, run.Commits / offered):P0}", $"{run.MeanCpu:F2} ({run.MostCpu:F2})");
            }
        }
    }
}
