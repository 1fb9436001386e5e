using System.Diagnostics;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Inference;
using Prozchain.AI.Registry;
using Prozchain.AI.Vault;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// A model through the whole of Prozchain.AI: stored over 24 shards and published, a third of the shards lost, audited and repaired;
/// then a quantised network beside it, served from the vault, and a host that cheats and loses.
/// </summary>
internal sealed class ModelStage(DevnetOptions options, string directory, RunStatistics statistics, RunView view)
{
    private const int LostShards = 8;
    private const long MostInMemory = 256_000_000;

    /// <param name="beacon">What the audit is drawn from, 32 bytes: stands for the randomness of the slot that opens it.</param>
    /// <param name="cancellationToken">Ends the stage.</param>
    /// <exception cref="RunUnusableException">The model cannot be read.</exception>
    /// <exception cref="RunBrokenException">Something that must hold did not.</exception>
    public async Task<ModelSummary> RunAsync(byte[] beacon, CancellationToken cancellationToken)
    {
        bool isInMemory = options.SyntheticBytes <= MostInMemory;
        using var storage = new ModelStorage(isInMemory ? null : directory, options.Data is not null, DevnetSeeds.Bytes(options.Seed, "publisher"));
        long start = Stopwatch.GetTimestamp(), peak = Environment.WorkingSet;
        string name = ModelSource.NameOf(options);
        ModelManifest manifest;
        ModelVersion version;
        using (IModelReader reader = await ModelSource.OpenAsync(options, cancellationToken).ConfigureAwait(false))
        {
            var progress = new Progress(this, "storing", reader.Length, () => peak = Math.Max(peak, Environment.WorkingSet));
            (manifest, version) = await storage.PublishAsync(reader, name, graph: null, source: null, progress, cancellationToken).ConfigureAwait(false);
        }
        double storeSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        peak = Math.Max(peak, Environment.WorkingSet);
        view.Note(FormattableString.Invariant($"model {version}: stored {manifest.Geometry.RawSize} bytes as {manifest.Geometry.StoredSize}"));

        var random = new SplitMix64(options.Seed);
        int[] lost = [.. Enumerable.Range(0, ModelStorage.Shards).OrderBy(_ => random.Next()).Take(LostShards)];
        int lostPieces = await storage.LoseAsync(manifest, lost.ToHashSet(), cancellationToken).ConfigureAwait(false);
        AuditNote without = await storage.AuditAsync(manifest, lost[0], beacon, (ulong)statistics.Rounds, cancellationToken).ConfigureAwait(false);
        if (without.Passes) throw new RunBrokenException($"shard {without.Shard} passed an audit without its pieces");
        start = Stopwatch.GetTimestamp();
        VaultReport repair = await storage.Vault.RepairAsync(manifest, new Progress(this, "repairing", manifest.Geometry.RawSize, () => { }), cancellationToken).ConfigureAwait(false);
        double repairSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (repair.Status != VaultStatus.Repaired || repair.PiecesRepaired < lostPieces) throw new RunBrokenException($"the repair of {version} ended with {repair.Status}, {repair.PiecesRepaired} of {lostPieces} pieces put back");
        AuditNote audit = await storage.AuditAsync(manifest, lost[0], beacon, (ulong)statistics.Rounds, cancellationToken).ConfigureAwait(false);
        if (!audit.Passes) throw new RunBrokenException($"shard {audit.Shard} failed an audit with its pieces, {audit.Missing} samples missing");
        view.Note(FormattableString.Invariant($"model {version}: shards {string.Join(", ", lost.Order())} lost {lostPieces} pieces, repaired; shard {audit.Shard} failed the audit before and passed it after"));

        PriceSheet price = ModelStorage.Quote(manifest);
        return new ModelSummary
        {
            Format = manifest.Format.ToString(),
            Tensors = manifest.Tensors.Count,
            RawBytes = manifest.Geometry.RawSize,
            StoredBytes = manifest.Geometry.StoredSize,
            Shards = ModelStorage.Shards,
            MicroDollarsPerMonth = price.MicroDollarsPerMonth,
            MicroDollarsPerRawGBMonth = price.MicroDollarsPerRawGBMonth,
            StoreSeconds = storeSeconds,
            StorePeakBytes = peak,
            BufferBytes = storage.Vault.BufferBytes,
            LostShards = LostShards,
            LostPieces = lostPieces,
            RepairedPieces = repair.PiecesRepaired,
            RepairSeconds = repairSeconds,
            AuditWithout = without,
            Audit = audit,
            Reference = version.ToString(),
            Root = Convert.ToHexStringLower(manifest.ModelRoot.Span),
            Inference = await ServeAsync(storage, version, name, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<InferenceSummary> ServeAsync(ModelStorage storage, ModelVersion source, string name, CancellationToken cancellationToken)
    {
        (IntegerGraph? graph, string? reason) = options.Model!.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
            ? await ServedNetwork.LowerAsync(options.Model, options.Seed, cancellationToken).ConfigureAwait(false) : default;
        if (reason is not null) view.Note($"model {source}: not lowered, so a small network is served instead: {reason}");
        bool isLowered = graph is not null;
        graph ??= ServedNetwork.Small(options.Seed);
        using var file = new MemoryStream();
        await GraphFile.WriteAsync(file, graph, cancellationToken).ConfigureAwait(false);
        file.Position = 0;
        using IModelReader reader = (await ModelFiles.OpenAsync(file, cancellationToken).ConfigureAwait(false)).Reader!;
        (_, ModelVersion version) = isLowered
            ? await storage.PublishAsync(reader, name + "-int8", graph, source, progress: null, cancellationToken).ConfigureAwait(false)
            : await storage.PublishAsync(reader, "demo/small-network", graph, source: null, progress: null, cancellationToken).ConfigureAwait(false);
        SetPhase($"{version} is served");
        return await new ModelTraffic(options, storage, statistics, view).RunAsync(version, graph, isLowered ? $"lowered from {source}" : "made on the spot", cancellationToken).ConfigureAwait(false);
    }

    private sealed class Progress(ModelStage stage, string what, long bytes, Action sample) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value)
        {
            sample();
            stage.SetPhase(FormattableString.Invariant($"{what}, {value.BytesDone / 1_000_000} of {bytes / 1_000_000} MB"));
        }
    }

    private void SetPhase(string phase)
    {
        statistics.ModelPhase = phase;
        view.Refresh();
    }
}
