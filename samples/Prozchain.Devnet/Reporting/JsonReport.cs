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
        json.WriteStartArray("shards");
        foreach (ShardStatistics shard in statistics.Shards.Values)
        {
            json.WriteStartObject();
            json.WriteString("id", shard.Name);
            json.WriteBoolean("ended", shard.HasEnded);
            json.WriteNumber("blocks", shard.Blocks);
            json.WriteNumber("applied", shard.Applied);
            json.WriteNumber("failed", shard.Failed);
            json.WriteNumber("receiptsOut", shard.ReceiptsOut);
            json.WriteNumber("receiptsIn", shard.ReceiptsIn);
            json.WriteString("stateRoot", shard.StateRoot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        JsonRows.Write(json, "changes", statistics.Changes);
        json.WriteNumber("rollupTransfers", statistics.Batches.Sum(b => (long)b.Transfers));
        json.WriteNumber("rollupBatches", statistics.Batches.Count);
        json.WriteString("rollupRoot", summary.RollupRoot);
        json.WriteString("tableRoot", summary.Table.Root);
        json.WriteStartObject("supply");
        json.WriteNumber("genesis", summary.Supply.Genesis);
        json.WriteNumber("shards", summary.Supply.Shards);
        json.WriteNumber("inFlight", summary.Supply.InFlight);
        json.WriteNumber("escrow", summary.Supply.Escrow);
        json.WriteNumber("rollup", summary.Supply.Rollup);
        json.WriteNumber("bridge", summary.Supply.Bridge);
        json.WriteNumber("left", summary.Supply.Left);
        json.WriteBoolean("balanced", summary.Supply.IsBalanced);
        json.WriteEndObject();
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
        json.WriteStartArray("batches");
        foreach (BatchSummary batch in statistics.Batches)
        {
            json.WriteStartObject();
            json.WriteNumber("index", batch.Index);
            json.WriteNumber("transfers", batch.Transfers);
            json.WriteNumber("payments", batch.Payments);
            json.WriteNumber("forced", batch.Forced);
            json.WriteNumber("bytes", batch.Bytes);
            json.WriteNumber("signatureBytes", batch.SignatureBytes);
            AvailabilityResult? availability = batch.Availability;
            json.WriteNumber("units", availability?.Units ?? 0);
            json.WriteNumber("sampled", availability?.Sampled ?? 0);
            json.WriteNumber("confidence", availability?.Confidence ?? 0);
            json.WriteNumber("repaired", availability?.Lost ?? 0);
            json.WriteNumber("caughtAfter", availability?.CaughtAfter ?? -1);
            json.WriteString("commitment", batch.Commitment);
            json.WriteString("dataRoot", batch.DataRoot);
            json.WriteString("postRoot", batch.PostRoot);
            json.WriteString("verdict", batch.Verdict);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
