using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>The full replicated bank in the simulator: its latency and what a second of it costs. The sharding command has more.</summary>
internal static class ScalingRows
{
    private const string Area = "Sharding";

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Latency("one region, 25 ms one way, micro-blocks of 100 ms", 25, 100, 500),
        Latency("one region, 25 ms one way, micro-blocks of 50 ms", 25, 50, 500),
        Latency("world-wide, 60 ms one way, micro-blocks of 100 ms", 60, 100, 1000),
        QuickRow.Rate(Area, "replicated bank, 4 shards × 7 validators in the simulator, 1 thread", "simulated s/s", Steady) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond },
    ];

    private static QuickRow Latency(string name, int oneWayMs, int intervalMs, int target) =>
        QuickRow.Figure(Area, $"cross-shard transfer, submitted to credited in a final block, {name}, median, simulated", "ms", Better.Lower, () => Median(oneWayMs, intervalMs)) with { Aim = new Goal(GoalOf.Value, target) };

    private static double Median(int oneWayMs, int intervalMs)
    {
        using var bank = new BankWorld(1, BankCampaign.Options with
        {
            Validators = 4, IntervalMs = intervalMs, DelayMs = oneWayMs + 5, LoadMs = 10_000, World = new WorldOptions { Network = new NetworkOptions { Delays = RegionDelays.Uniform(1000 * oneWayMs) } },
        });
        bank.World.RunTo(10_000);
        return bank.Report().MedianMs;
    }

    private static QuickBody Steady()
    {
        const int Seconds = 4;
        var bank = new BankWorld(1, BankCampaign.Options with { LoadMs = long.MaxValue / 1_000_000 });
        bank.World.RunTo(2000);
        return new QuickBody(() => bank.World.RunFor(1000 * Seconds), Seconds, bank);
    }
}
