using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// Resharding under load in the simulator: two shards of four validators, 25 ms one way and a tenth of jitter, micro-blocks
/// of 100 ms that hold 40 transfers; one shard takes 70 % of what it can, is split, and later merged again. Signatures are
/// neither made nor checked.
/// </summary>
internal static class ReshardRows
{
    private const string Area = "Sharding";
    private const int PerBlock = 40, PerSecond = 280, SplitMs = 4_000, MergeMs = 8_000, LoadMs = 12_000, EndMs = 18_000;

    private static readonly Lazy<LineageReport> s_report = new(Run);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Figure(Area, "resharding at 70 % load, split: last block of the parent to the first of a child, simulated", "ms", Better.Lower, () => First(merge: false)),
        QuickRow.Figure(Area, "resharding at 70 % load, merge: last block of a sibling to the first of the whole, simulated", "ms", Better.Lower, () => First(merge: true)),
        QuickRow.Figure(Area, "resharding at 70 % load, split: lowest throughput of half a second, of that before, simulated", "%", Better.Higher, () => Lowest(SplitMs)),
        QuickRow.Figure(Area, "resharding at 70 % load, merge: lowest throughput of half a second, of that before, simulated", "%", Better.Higher, () => Lowest(MergeMs)),
        QuickRow.Figure(Area, "resharding at 70 % load, receipts lost or doubled", "receipts", Better.Lower, () => s_report.Value.UnderWay),
    ];

    // The auditor throws for a receipt that comes twice, as value is then made.
    private static LineageReport Run()
    {
        using var bank = new LineageBank(1, new LineageOptions
        {
            Signer = seed => new FlatLoad.Noise(seed), Verifier = () => new NoSignatures(), Accounts = 800, HotPercent = 100, TransfersPerSecond = PerSecond, SwapsPerSecond = 4,
            BlockGas = PerBlock * 1000, LoadMs = LoadMs, Decisions = [new LineageDecision(SplitMs, default, false), new LineageDecision(MergeMs, default, true)],
        });
        bank.World.RunTo(EndMs);
        LineageReport report = bank.Report();
        return report is { IsQuiet: true, Waiting: 0, Births.Count: 3 } ? report : throw new InvalidOperationException($"Expected a bank at rest after a split and a merge, got {report}.");
    }

    private static double First(bool merge) => s_report.Value.Births.Where(birth => birth.IsMerge == merge).Max(birth => birth.FirstBlockMs - birth.EndedMs);

    private static double Lowest(int atMs)
    {
        const int Window = 5;
        int[] slices = [.. s_report.Value.AppliedPerSlice];
        int at = atMs / 100;
        double before = slices[(at - 25)..at].Average() * Window, lowest = double.MaxValue;
        for (int from = at; from < at + 25; from++) lowest = Math.Min(lowest, slices[from..(from + Window)].Sum());
        return 100 * lowest / before;
    }
}
