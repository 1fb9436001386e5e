using System.Text.Json;
using Prozchain.Devnet.Stages;

namespace Prozchain.Devnet.Reporting;

/// <summary>
/// The final report. Its member "deterministic" is the same on every run of the same file, seed and options, however
/// often the run was interrupted; "measured" is not.
/// </summary>
internal static class JsonReport
{
    public static void Write(string path, DevnetOptions options, RunStatistics statistics, RunSummary summary)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteSettings(json, options);
        WriteDeterministic(json, statistics, summary);
        WriteMeasured(json, statistics, summary);
        WriteBatches(json, statistics);
        JsonRows.Write(json, "trials", statistics.Trials);
        JsonRows.Write(json, "rejections", statistics.Rejections);
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, DevnetOptions options)
    {
        json.WriteStartObject("settings");
        json.WriteString("workload", options.Workload);
        json.WriteNumber("shards", options.Shards);
        json.WriteNumber("l2Share", options.L2Share);
        json.WriteNumber("linesPerRound", options.LinesPerRound);
        json.WriteNumber("batchSize", options.BatchSize);
        json.WriteNumber("validators", options.Validators);
        json.WriteNumber("seats", options.Seats);
        json.WriteNumber("fund", options.Fund);
        json.WriteNumber("seed", options.Seed);
        if (options.Model is not null) json.WriteString("model", options.Model);
        if (options.Faults is { } faults) json.WriteNumber("faults", faults);
        json.WriteString("availability", options.Availability.ToString());
        json.WriteBoolean("withhold", options.Withhold);
        json.WriteNumber("confidence", options.Confidence);
        json.WriteString("rollup", options.Rollup.ToString());
        json.WriteString("settlement", options.Settlement.ToString());
        json.WriteEndObject();
    }

    private static void WriteDeterministic(Utf8JsonWriter json, RunStatistics statistics, RunSummary summary)
    {
        json.WriteStartObject("deterministic");
        json.WriteNumber("lines", statistics.Lines);
        json.WriteNumber("malformed", statistics.Malformed);
        json.WriteNumber("refused", statistics.Refused);
        json.WriteNumber("rounds", statistics.Rounds);
        json.WriteNumber("applied", statistics.L1Applied);
        json.WriteNumber("failed", statistics.L1Failed);
        json.WriteNumber("swaps", statistics.Swaps);
        json.WriteNumber("swapped", statistics.Swapped);
        json.WriteString("shardsRoot", summary.ShardsRoot);
        JsonRows.Write(json, "shards", statistics.Shards.Values.Select(s => new
        {
            Id = s.Name, Ended = s.HasEnded, s.Blocks, s.Applied, s.Failed, s.ReceiptsOut, s.ReceiptsIn, s.StateRoot,
        }));
        JsonRows.Write(json, "changes", statistics.Changes);
        json.WriteNumber("rollupTransfers", statistics.Batches.Sum(b => (long)b.Transfers));
        json.WriteNumber("rollupBatches", statistics.Batches.Count);
        json.WriteString("rollupRoot", summary.RollupRoot);
        json.WriteString("tableRoot", summary.Table.Root);
        SupplySummary supply = summary.Supply;
        JsonRows.Write(json, "supply", new
        {
            supply.Genesis, supply.Shards, supply.InFlight, supply.Escrow, supply.Rollup, supply.Bridge, supply.Left, Balanced = supply.IsBalanced,
        });
        json.WriteEndObject();
    }

    private static void WriteMeasured(Utf8JsonWriter json, RunStatistics statistics, RunSummary summary)
    {
        json.WriteStartObject("measured");
        json.WriteNumber("seconds", summary.Seconds);
        json.WriteNumber("peakMemoryBytes", summary.PeakMemoryBytes);
        json.WriteNumber("shardTps", statistics.ShardTps);
        json.WriteNumber("roundsWithoutTransfers", statistics.OtherRounds);
        json.WriteNumber("secondsWithoutTransfers", statistics.OtherSeconds);
        json.WriteNumber("rollupTps", statistics.RollupTps);
        json.WriteStartObject("crossShardLatencyMs");
        json.WriteNumber("receipts", statistics.CrossShardLatency.Count);
        foreach ((string name, double quantile) in (ReadOnlySpan<(string, double)>)[("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)])
            json.WriteNumber(name, Math.Round(statistics.CrossShardLatency.QuantileMs(quantile), 3));
        json.WriteEndObject();
        if (summary.Vault is { } vault) JsonRows.Write(json, "vault", vault);
        if (summary.Model is { } model) JsonRows.Write(json, "model", model);
        json.WriteEndObject();
    }

    private static void WriteBatches(Utf8JsonWriter json, RunStatistics statistics)
    {
        JsonRows.Write(json, "batches", statistics.Batches.Select(b => new
        {
            b.Index, b.Transfers, b.Payments, b.Forced, b.Bytes, b.SignatureBytes,
            Units = b.Availability?.Units ?? 0, Sampled = b.Availability?.Sampled ?? 0,
            // A double would be cut to four places, at which all confidence is 1.
            Confidence = (decimal)(b.Availability?.Confidence ?? 0), Repaired = b.Availability?.Lost ?? 0, CaughtAfter = b.Availability?.CaughtAfter ?? -1,
            b.Commitment, b.DataRoot, b.PostRoot, b.Verdict,
        }));
    }
}
