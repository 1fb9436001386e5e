using System.Diagnostics;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>How fast the simulator runs the full replicated bank.</summary>
internal static class SimulatorRun
{
    public static void Run(Report report)
    {
        report.Line("- The bank of 4 shards × 7 validators with everything in it: ordering, execution, channels, atomic swaps, receipts with proofs, state roots; 40 transfers and 2 swaps a second; all events hashed, invariants after each event. Signatures are cheap ones; a second and a core are real ones.");
        report.Line("- A seed: 13 simulated seconds, up to 8 drawn faults of all kinds in the first 4, load in the first 4.5, at rest at the end.");
        report.Head("what", "value");
        using (var bank = new BankWorld(1, BankCampaign.Options with { LoadMs = long.MaxValue / 1_000_000 }))
        {
            // Warm, also the tiers.
            bank.World.RunTo(20_000);
            const int Seconds = 80;
            long start = Stopwatch.GetTimestamp(), steps = bank.World.Steps, allocated = GC.GetTotalAllocatedBytes();
            bank.World.RunFor(1000 * Seconds);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            report.Row($"simulated seconds a second, 1 thread", $"{Seconds / seconds:F1}");
            report.Row($"events a second, 1 thread", $"{(bank.World.Steps - steps) / seconds:N0}");
            report.Row($"MB allocated a simulated second", $"{(GC.GetTotalAllocatedBytes() - allocated) / 1e6 / Seconds:F1}");
        }
        CampaignReport campaign = BankCampaign.Run(1, 80, Environment.ProcessorCount);
        report.Row($"seeds an hour with drawn faults, {Environment.ProcessorCount} threads", $"{campaign.SeedsPerHour:N0}");
        report.Row($"simulated seconds a second in it", $"{campaign.SimulatedSecondsPerSecond:F1}");
    }
}
