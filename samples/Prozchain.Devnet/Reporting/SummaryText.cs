using Prozchain.Devnet.Stages;

namespace Prozchain.Devnet.Reporting;

/// <summary>The end of a run in plain lines.</summary>
internal static class SummaryText
{
    private const int ShownShards = 32, ShownRejections = 20;

    public static void Write(TextWriter output, RunStatistics statistics, RunSummary summary)
    {
        void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));

        Line($"");
        Line($"Shards: {statistics.Rounds} rounds ({statistics.ResumedRounds} resumed), {statistics.L1Applied} transfers applied, {statistics.L1Failed} failed for lack of funds, {statistics.ShardTps:F0} signed TPS here");
        if (statistics.OtherRounds > 0) Line($"  {statistics.OtherRounds} rounds here had no transfer, {statistics.OtherSeconds:F1} s apart from those: they carry calls of the rollup to its settlement layer");
        foreach (ShardStatistics shard in statistics.Shards.Values.Take(ShownShards))
            Line($"  {shard.Name}{(shard.HasEnded ? " (ended)" : "")}: {shard.Blocks} blocks, {shard.Applied + shard.Failed} transfers, {statistics.TpsOf(shard):F0} TPS, receipts out {shard.ReceiptsOut}, in {shard.ReceiptsIn}, state {Short(shard.StateRoot)}");
        if (statistics.Shards.Count > ShownShards) Line($"  and {statistics.Shards.Count - ShownShards} more, in the report");
        foreach (ReshardNote note in statistics.Changes) Line($"  round {note.Round} ended with: {note.Change}");
        if (statistics.Swaps > 0) Line($"  {statistics.Swaps} atomic swaps: {statistics.Swapped} done on both sides, {statistics.SwapsAborted} on neither");
        LatencyHistogram latency = statistics.CrossShardLatency;
        Line($"  cross-shard latency over {latency.Count} receipts: p50 {latency.QuantileMs(0.5):F1} ms, p90 {latency.QuantileMs(0.9):F1} ms, p99 {latency.QuantileMs(0.99):F1} ms, on this host without a network");
        WriteRollup(Line, statistics, summary);
        if (summary.Vault is { } vault)
        {
            Line($"Vault: {vault.File} ({vault.Format}), {vault.RawBytes} bytes stored as {vault.StoredBytes} over {vault.Stores} stores, ratio {vault.Ratio:F3}, buffers at most {vault.MemoryBudget / (1 << 20)} MiB");
            Line($"  {vault.DeletedPieces} pieces deleted, 8 of each stripe; read back equal, digest {Short(vault.Digest)}; repaired");
        }
        if (summary.Model is { } model) ModelReport.WriteText(Line, model);
        Line($"Table: {summary.Table.Rows} rows x {summary.Table.Columns} columns over KoalaBear, {summary.Table.OpenedRows} openings checked, root {Short(summary.Table.Root)} (a commitment, not a proof)");
        Line($"Value: genesis {summary.Supply.Genesis} = shards {summary.Supply.Shards} + in flight {summary.Supply.InFlight} + escrow {summary.Supply.Escrow}; escrow = bridge {summary.Supply.Bridge} + left {summary.Supply.Left}; rollup {summary.Supply.Rollup} = bridge: balanced");
        Line($"Workload: {statistics.Lines} lines taken, {statistics.Malformed} malformed, {statistics.Refused} refused");
        foreach (MalformedNote note in statistics.Rejections.Take(ShownRejections)) Line($"  line {note.Line}: {note.Reason}");
        if (statistics.Malformed + statistics.Refused > ShownRejections) Line($"  and {statistics.Malformed + statistics.Refused - ShownRejections} more; --report keeps the first thousand, and a redirected standard error has them all");
        Line($"Whole run: {summary.Seconds:F1} s, peak memory {summary.PeakMemoryBytes / (1 << 20)} MiB; shards root {Short(summary.ShardsRoot)}, rollup root {Short(summary.RollupRoot)}");
    }

    private static void WriteRollup(Action<FormattableString> line, RunStatistics statistics, RunSummary summary)
    {
        if (statistics.Batches.Count == 0) return;
        long transfers = statistics.Batches.Sum(b => (long)b.Transfers), payments = statistics.Batches.Sum(b => (long)b.Payments), funds = payments - transfers - statistics.Batches.Sum(b => (long)b.Withdrawals);
        long bytes = statistics.Batches.Sum(b => b.Bytes), signatures = statistics.Batches.Sum(b => b.SignatureBytes);
        line($"Rollup: {statistics.Batches.Count} batches, {transfers} transfers, {(double)bytes / payments:F1} bytes a transfer ({(double)(bytes - signatures) / payments:F1} without signatures), {statistics.RollupTps:F0} TPS sequenced here");
        line($"  funds: one deposit of {summary.Supply.Escrow} through the bridge, paid on to {funds} senders in the first batches");
        line($"  derived again from the settlement layer and the posted data alone, all {statistics.Batches.Count} claims final, state {Short(summary.RollupRoot)}");
        foreach (TrialNote note in statistics.Trials) line($"  {note.Trial}: {note.Sentence}");
        AvailabilityResult[] sampled = [.. statistics.Batches.Where(b => b.Availability is not null).Select(b => b.Availability!.Value)];
        if (sampled.Length > 0)
            line($"Availability: {sampled.Length} batches sampled, confidence at least {AvailabilityStage.Floor(sampled.Min(a => a.Confidence)):P4}, each repaired from a random half");
        if (sampled.Any(a => a.CaughtAfter >= 0))
            line($"  withholding caught in {sampled.Count(a => a.CaughtAfter >= 0)} of {sampled.Length}, after {sampled.Where(a => a.CaughtAfter >= 0).Average(a => a.CaughtAfter):F1} samples on average");
    }

    private static string Short(string hex) => hex.Length <= 16 ? hex : hex[..16];
}
