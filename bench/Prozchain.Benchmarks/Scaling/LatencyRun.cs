namespace Prozchain.Benchmarks.Scaling;

/// <summary>From a customer's submission to the credit in a final block of another shard.</summary>
internal static class LatencyRun
{
    public static void Run(Report report)
    {
        MeasuredCosts costs = MeasuredCosts.Here;
        report.Costs();
        report.Line("- Latency: from the moment a customer hands a transfer to f + 1 validators of its own shard (no delay of the customer's own) to the final block of another shard that credits it, at the first validator that has it. Submissions are uniform in time. Four shards of seven validators that run the real nodes, costs charged as for 100 seats; a tenth of jitter.");
        report.Line("- Budget: a delay to the leader, m/2, 3 delays and m to the certificate that covers execution, a delay over, m/2 and 3 delays: 8 delays and 2 m. A view takes two delays at least, as a leader proposes on what is notarized: m is then the larger of the micro-block's interval and twice the delay.");
        report.Head("one way, ms", "micro-block, ms", "load", "p50, ms", "p99, ms", "budget, ms", "target p50");
        foreach (int oneWay in (int[])[25, 60])
        {
            foreach (int interval in (int[])[100, 50])
            {
                foreach (double load in (double[])[1, 30_000])
                {
                    CostedResult run = new CostedBank { Shards = 4, Validators = 7, Weight = load / 200, OneWayMs = oneWay, IntervalMs = interval, Seconds = 10 }.Run(costs);
                    int target = oneWay == 25 ? 500 : 1000;
                    report.Row($"{oneWay}", $"{interval}", $"{(load == 1 ? "idle" : $"{run.Transfers / 4:N0} TPS a shard")}", $"{run.MedianMs}", $"{run.SlowestPercentMs}", $"{8 * oneWay + 2 * Math.Max(interval, 2 * oneWay)}", $"< {target}: {(run.MedianMs < target ? "met" : "MISSED")}");
                }
            }
        }
    }
}
