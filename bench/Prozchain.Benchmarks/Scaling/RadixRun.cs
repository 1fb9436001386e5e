namespace Prozchain.Benchmarks.Scaling;

/// <summary>Radix' benchmark (research, section 4c, 6): nothing but atomic swaps between two shards.</summary>
internal static class RadixRun
{
    private const double Weight = 60;
    private const int SwapsPerShard = 60;

    public static void Run(Report report)
    {
        MeasuredCosts costs = MeasuredCosts.Here;
        report.Costs();
        report.Line($"- Work: atomic swaps between two accounts of two shards, drawn uniformly, each signed by both (Ed25519), by provision, execute, certify. Real nodes, 4 to a shard, costs charged as for 100 seats, one core each, 25 to 27.5 ms one way, micro-blocks of 100 ms. A simulated swap stands for {Weight:F0}; {SwapsPerShard} simulated ones a second and shard name their counterparties.");
        report.Line("- Efficiency of a doubling: swaps committed a second and core of CPU used, at 2N over at N. Quoted, not run: Radix 250k a second at 64 shards and 500k at 128, 4 vCPU a node, 3.9k a shard.");
        report.Line("- \"All counterparties\": the same with as many headers as when every shard has something for every other in every block, by the measured cost of a header.");
        report.Head("shards", "committed a second", "a shard", "CPU, mean (busiest)", "headers a second and node", "committed a core", "efficiency", "all counterparties: a core", "efficiency", "blocks a second and shard");
        double before = 0, beforeAll = 0;
        foreach (int shards in (int[])[8, 16, 32, 64])
        {
            CostedResult run = new CostedBank { Shards = shards, Weight = Weight, TransfersPerShard = 0, SwapsPerShard = SwapsPerShard, AccountsPerShard = 2048, Seconds = 2 }.Run(costs);
            double perCore = run.Commits / shards / run.MeanCpu;
            double allCpu = run.MeanCpu + (10 * (shards - 1) - run.Headers) * (costs.Certificate + CpuMeter.HearNanoseconds(costs, CpuMeter.CertificateBytes + 800)) / 1e9, perCoreAll = run.Commits / shards / allCpu;
            report.Row($"{shards}", $"{run.Commits:N0}", $"{run.Commits / shards:N0}", $"{run.MeanCpu:F2} ({run.MostCpu:F2})", $"{run.Headers:F0}", $"{perCore:N0}", $"{(before == 0 ? "" : (perCore / before).ToString("F3", System.Globalization.CultureInfo.InvariantCulture))}", $"{perCoreAll:N0}", $"{(before == 0 ? "" : (perCoreAll / beforeAll).ToString("F3", System.Globalization.CultureInfo.InvariantCulture))}", $"{run.Blocks:F1}");
            (before, beforeAll) = (perCore, perCoreAll);
        }
    }
}
