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
/// A model through the whole of Prozchain.AI: stored over 24 shards and published, a fine-tune of it next to it as what differs, a third
/// of the shards lost, audited and repaired; then a quantised network beside it, served from the vault, and a host that cheats and loses.
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
        double storeSeconds;
        (ModelManifest Manifest, ModelVersion Version)? tuned = null;
        using (IModelReader reader = await ModelSource.OpenAsync(options, cancellationToken).ConfigureAwait(false))
        {
            IProgress<VaultProgress> Storing(string what) => new Progress(this, what, reader.Length, () => peak = Math.Max(peak, Environment.WorkingSet));
            (manifest, version) = await storage.PublishAsync(reader, name, "1", graph: null, source: null, Storing("storing"), cancellationToken).ConfigureAwait(false);
            storeSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Note(version, manifest);
            start = Stopwatch.GetTimestamp();
            if (FineTunedModel.CanTune(reader))
            {
                tuned = await storage.PublishAsync(new FineTunedModel(reader, options.Seed), name, "2", graph: null, (version, Lineage.FineTune), Storing("storing a fine-tune"), cancellationToken).ConfigureAwait(false);
                Note(tuned.Value.Version, tuned.Value.Manifest);
            }
        }
        double tuneSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        peak = Math.Max(peak, Environment.WorkingSet);

        var random = new SplitMix64(options.Seed);
        int[] lost = [.. Enumerable.Range(0, ModelStorage.Shards).OrderBy(_ => random.Next()).Take(LostShards)];
        int lostPieces = await storage.LoseAsync(manifest, lost.ToHashSet(), cancellationToken).ConfigureAwait(false);
        int lostOfTuned = tuned is { } whole ? await LoseAsync(storage, whole.Manifest, lost.ToHashSet(), cancellationToken).ConfigureAwait(false) : 0;
        AuditNote without = await storage.AuditAsync(manifest, lost[0], beacon, (ulong)statistics.Rounds, cancellationToken).ConfigureAwait(false);
        if (without.Passes) throw new RunBrokenException($"shard {without.Shard} passed an audit without its pieces");
        start = Stopwatch.GetTimestamp();
        int repaired = await RepairAsync(storage, version, manifest, lostPieces, cancellationToken).ConfigureAwait(false);
        double repairSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int repairedOfTuned = tuned is { } other ? await RepairAsync(storage, other.Version, other.Manifest, lostOfTuned, cancellationToken).ConfigureAwait(false) : 0;
        AuditNote audit = await storage.AuditAsync(manifest, lost[0], beacon, (ulong)statistics.Rounds, cancellationToken).ConfigureAwait(false);
        if (!audit.Passes) throw new RunBrokenException($"shard {audit.Shard} failed an audit with its pieces, {audit.Missing} samples missing");
        view.Note(FormattableString.Invariant($"model {version}: shards {string.Join(", ", lost.Order())} lost {lostPieces + lostOfTuned} pieces, repaired; shard {audit.Shard} failed the audit before and passed it after"));

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
            RepairedPieces = repaired,
            RepairSeconds = repairSeconds,
            AuditWithout = without,
            Audit = audit,
            Reference = version.ToString(),
            Root = Convert.ToHexStringLower(manifest.ModelRoot.Span),
            FineTune = tuned is not { } stored ? null : new FineTuneSummary(
                stored.Version.ToString(), stored.Manifest.Geometry.RawSize, stored.Manifest.Geometry.StoredSize, stored.Manifest.Geometry.BaseStripeCount, tuneSeconds, lostOfTuned, repairedOfTuned),
            Inference = await ServeAsync(storage, version, name, cancellationToken).ConfigureAwait(false),
        };
    }

    // Read through its base meanwhile: with a third of the shards gone both give every byte.
    private async Task<int> LoseAsync(ModelStorage storage, ModelManifest tuned, HashSet<int> shards, CancellationToken cancellationToken)
    {
        int lost = await storage.LoseAsync(tuned, shards, cancellationToken).ConfigureAwait(false);
        VaultReport read = await storage.Vault.ReadAsync(tuned, Stream.Null, new Progress(this, "reading the fine-tune", tuned.Geometry.RawSize, () => { }), cancellationToken).ConfigureAwait(false);
        if (read.Status != VaultStatus.Degraded || read.BytesVerified != tuned.Geometry.RawSize) throw new RunBrokenException($"the fine-tune, read without {shards.Count} shards, is {read.Status}, {read.BytesVerified} of {tuned.Geometry.RawSize} bytes verified");
        return lost;
    }

    private async Task<int> RepairAsync(ModelStorage storage, ModelVersion version, ModelManifest manifest, int lost, CancellationToken cancellationToken)
    {
        VaultReport repair = await storage.Vault.RepairAsync(manifest, new Progress(this, $"repairing version {version.Publication.Version}", manifest.Geometry.RawSize, () => { }), cancellationToken).ConfigureAwait(false);
        if (repair.Status is not (VaultStatus.Repaired or VaultStatus.Intact) || repair.PiecesRepaired < lost) throw new RunBrokenException($"the repair of {version} ended with {repair.Status}, {repair.PiecesRepaired} of {lost} pieces put back");
        return repair.PiecesRepaired;
    }

    private void Note(ModelVersion version, ModelManifest manifest)
    {
        string stored = FormattableString.Invariant($"{version} stored {manifest.Geometry.RawSize} bytes as {manifest.Geometry.StoredSize}");
        statistics.ModelSizes = statistics.ModelSizes.Length == 0 ? stored : $"{statistics.ModelSizes}; {stored}, {manifest.Geometry.BaseStripeCount} of {manifest.Geometry.StripeCount} stripes as what differs";
        view.Note($"model {stored}");
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
            ? await storage.PublishAsync(reader, name + "-int8", "1", graph, (source, Lineage.Quantised), progress: null, cancellationToken).ConfigureAwait(false)
            : await storage.PublishAsync(reader, "demo/small-network", "1", graph, source: null, progress: null, cancellationToken).ConfigureAwait(false);
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
