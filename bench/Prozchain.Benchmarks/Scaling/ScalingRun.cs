namespace Prozchain.Benchmarks.Scaling;

/// <summary>One shard to 1,024: the model against the simulation where both run, then the model alone.</summary>
internal static class ScalingRun
{
    // What the simulation keeps its blocks on time at: the rest of a block's interval is the network's.
    private const double Busy = 0.65;
    private const int TransfersPerShard = 200, LargestSimulated = 32;

    public static void Run(Report report)
    {
        MeasuredCosts costs = MeasuredCosts.Here;
        report.Costs();
        report.Line("- Work: signed transfers (Ed25519, signatures inside), receivers uniform over all shards, so (N-1)/N of them cross shards. A node has one core and 25 to 27.5 ms one way to every other; micro-blocks every 100 ms, state root every 500 ms; a shard has 100 seats. Bandwidth is not limited, only reported.");
        report.Line($"- Capacity: transfers final a second with a node busy for {Busy:P0} of its time. The critical path of a block (two delays, the leader's and the voters' execution) must fit into 100 ms: above that share blocks come late.");
        report.Line("- Efficiency: capacity of 2N shards over twice that of N. The knee: up to where every doubling is at 0.9 or more; the first one, in which half of the transfers begin to cross shards and execution costs a quarter more, is shown and not counted.");
        report.Line("- Simulation: the real nodes (ShardNode, OrderingNode, ShardMachine), committees of 4 whose costs are charged as for 100 seats; a simulated transfer stands for as many as its weight says; 20 of them a block choose receivers, so fewer headers are heard than with all; the model beside it reckons with the same 20.");
        Compare(report, costs);
        foreach (Following following in Enum.GetValues<Following>()) Doublings(report, new ScalingModel(costs, following));
        Doublings(report, new ScalingModel(costs, Following.EveryHeader) { Cores = 8 });
        report.Line("");
        report.Line($"The beacon's own nodes follow every shard's sealed header, 2 a second: {1024 * 2 * costs.Certificate / 1e9:F2} cores at 1,024 shards. A root by way of the beacon costs latency: to the 5 delays of the way over it come 250 ms for its block and 100 ms for the seal, in the mean.");
    }

    private static void Compare(Report report, MeasuredCosts costs)
    {
        report.Line("");
        report.Line("## Model and simulation at the model's capacity");
        report.Head("shards", "TPS offered", "TPS final, simulated", "CPU at that, model", "CPU, simulated (busiest node)", "headers a second, model / simulated", "blocks a second and shard", "cross-shard p50 / p99, ms");
        for (int shards = 1; shards <= LargestSimulated; shards *= 2)
        {
            var model = new ScalingModel(costs, Following.EveryHeader) { DrawsPerBlock = TransfersPerShard / 10 };
            double load = model.Capacity(shards, Busy);
            CostedResult run = new CostedBank { Shards = shards, Weight = load / TransfersPerShard, TransfersPerShard = TransfersPerShard, Seconds = shards >= 16 ? 2 : 4 }.Run(costs);
            double heard = 10 * (shards - 1) * (1 - Math.Pow(1 - 1.0 / shards, 2 * TransfersPerShard / 10.0));
            report.Row($"{shards}", $"{shards * load:N0}", $"{run.Transfers:N0}", $"{model.Cpu(shards, run.Transfers / shards).Total:F2}", $"{run.MeanCpu:F2} ({run.MostCpu:F2})", $"{heard:F0} / {run.Headers:F0}", $"{run.Blocks:F1}", $"{run.MedianMs} / {run.SlowestPercentMs}");
        }
    }

    private static void Doublings(Report report, ScalingModel model)
    {
        report.Line("");
        report.Line((model.Cores == 1 ? "## " : $"## {model.Cores} cores a node: ") + model.Following switch
        {
            Following.EveryHeader => "Every counterparty's every header (as built), model",
            Following.SealedHeaders => "One certificate and one set of bundles per 500 ms from every counterparty, model",
            _ => "Eight shards directly, the others by beacon-aggregated roots every 500 ms, model",
        });
        report.Head("shards", "TPS", "TPS a shard", "efficiency of the doubling", "cores: signatures", "execution", "headers", "ordering and votes", "MB/s received");
        double before = 0;
        int knee = 1;
        bool holds = true;
        for (int shards = 1; shards <= 1024; shards *= 2)
        {
            double load = model.Capacity(shards, Busy);
            ModelCpu cpu = model.Cpu(shards, load);
            double efficiency = before == 0 ? 1 : load / before;
            holds &= shards == 2 || efficiency >= 0.9;
            if (holds) knee = shards;
            report.Row($"{shards}", $"{shards * load:N0}", $"{load:N0}", $"{(before == 0 ? "" : efficiency.ToString("F3", System.Globalization.CultureInfo.InvariantCulture))}", $"{cpu.Signatures:F2}", $"{cpu.Execution:F2}", $"{cpu.Headers:F2}", $"{cpu.Ordering + cpu.Votes:F2}", $"{cpu.Traffic / 1e6:N0}");
            before = load;
        }
        report.Line("");
        ModelCpu end = model.Cpu(2 * knee, model.Capacity(2 * knee, Busy)), at = model.Cpu(knee, model.Capacity(knee, Busy));
        report.Line(knee == 1024 ? "Knee: beyond 1,024 shards." : $"Knee: {knee} shards. What saturates: from {knee} to {2 * knee} certified headers take {end.Headers - at.Headers:F2} cores more, all else {end.Total - end.Headers - at.Total + at.Headers:F2}.");
    }
}
