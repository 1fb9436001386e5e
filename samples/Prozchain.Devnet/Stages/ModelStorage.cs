using System.Diagnostics;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Registry;
using Prozchain.AI.Vault;
using Prozchain.Devnet.Reporting;

namespace Prozchain.Devnet.Stages;

/// <summary>A vault over 24 shards, the registry of what is in it, and what happens to shards: loss, audit, repair.</summary>
internal sealed class ModelStorage : IDisposable
{
    public const int Shards = 24;

    private const int Samples = 30;
    private const ulong LeaseSlots = 1_000_000, AuditWindow = 2;

    // From 0.20 to 0.43 cents per GB and month: about what the cheapest disks of data centres cost.
    private static readonly long[] s_prices = [.. Enumerable.Range(0, Shards).Select(shard => 2_000L + 100 * shard)];

    private readonly IPieceStore[] _stores;
    private readonly byte[] _publisher;
    private readonly Dictionary<string, ModelManifest> _manifests = [];

    /// <param name="directory">Where the shards keep their pieces; null for in memory.</param>
    /// <param name="isKept">Whether the directory outlives the run, so that its pieces must be on disk.</param>
    /// <param name="publisher">Whoever publishes, 32 bytes.</param>
    public ModelStorage(string? directory, bool isKept, byte[] publisher)
    {
        _stores = [.. Enumerable.Range(0, Shards).Select(shard => (IPieceStore)(directory is null
            ? new InMemoryPieceStore() : new DirectoryPieceStore(Path.Combine(directory, $"shard-{shard:D2}"), flushToDevice: isKept)))];
        _publisher = publisher;
        Vault = new ModelVault(_stores);
        Registry = new ModelRegistry(new InMemoryModelLedger(), new RegistryRules(LeaseSlots, LeaseSlots));
    }

    public ModelVault Vault { get; }

    public ModelRegistry Registry { get; }

    public void Dispose() => Registry.Dispose();

    /// <summary>Stores a model and publishes it as a version of a name in the namespace devnet.</summary>
    /// <param name="reader">Its bytes.</param>
    /// <param name="name">What follows the namespace.</param>
    /// <param name="number">The version.</param>
    /// <param name="graph">The graph that it is to the engine, or null.</param>
    /// <param name="source">What it was made of, and how; or null. A fine-tune is stored as what differs from its source, which it then needs.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the store.</param>
    /// <exception cref="RunBrokenException">The registry does not take it.</exception>
    public async Task<(ModelManifest Manifest, ModelVersion Version)> PublishAsync(
        IModelReader reader, string name, string number, IntegerGraph? graph, (ModelVersion Version, Lineage Lineage)? source, IProgress<VaultProgress>? progress,
        CancellationToken cancellationToken)
    {
        bool isFineTune = source?.Lineage == Lineage.FineTune;
        ReadOnlyMemory<byte>[]? bases = isFineTune ? [source!.Value.Version.Publication.ModelRoot] : null;
        ModelManifest manifest = await Vault.StoreAsync(reader, name, progress, bases: bases, cancellationToken: cancellationToken).ConfigureAwait(false);
        _manifests[Convert.ToHexString(manifest.Id.Span)] = manifest;
        var publication = new ModelPublication
        {
            Name = $"devnet/{name}",
            Version = number,
            ManifestId = manifest.Id,
            ModelRoot = manifest.ModelRoot,
            AuditRoot = manifest.AuditRoot,
            Size = manifest.Geometry.RawSize,
            Licence = "LicenseRef-Devnet",
            Lease = new ModelLease(StorageTier.Warm, LeaseSlots / 2, (ulong)Quote(manifest).MicroDollarsPerRawGBMonth),
            GraphDigest = graph?.Digest ?? default,
            EngineVersion = graph is null ? 0 : (uint)IntegerGraph.EngineVersion,
            Quantisation = graph is null ? "" : "int8",
            Parents = source is null ? [] : [new ModelParent(source.Value.Version.Id, source.Value.Lineage, IsNeeded: isFineTune)],
        };
        RegistryStatus status = await Registry.SubmitAsync(RegistryOperation.Publish(_publisher, publication), cancellationToken).ConfigureAwait(false);
        if (status != RegistryStatus.Ok) throw new RunBrokenException($"the registry did not take {publication.Name}: {status}");
        if (Registry.Resolve($"{publication.Name}@{number}", out ModelVersion? version) != RegistryStatus.Ok) throw new RunBrokenException($"the registry does not find {publication.Name}");
        if (Registry.Read(state => state.UnregisteredBases(version!, manifest.Bases)).Count > 0) throw new RunBrokenException($"{version} needs a model that nothing keeps from being pruned");
        return (manifest, version!);
    }

    public static PriceSheet Quote(ModelManifest manifest) => PriceSheet.Quote(manifest, s_prices);

    /// <summary>Opens a published version by its manifest's id; null when it was never stored here.</summary>
    public async ValueTask<IModelReader?> OpenAsync(ModelVersion version, CancellationToken cancellationToken) =>
        _manifests.TryGetValue(Convert.ToHexString(version.Publication.ManifestId.Span), out ModelManifest? manifest)
            ? await Vault.OpenAsync(manifest, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Deletes all pieces that some shards have of a model.</summary>
    /// <returns>How many.</returns>
    public async Task<int> LoseAsync(ModelManifest manifest, IReadOnlySet<int> shards, CancellationToken cancellationToken)
    {
        int lost = 0;
        for (int stripe = 0; stripe < manifest.Geometry.StripeCount; stripe++)
        {
            for (int piece = 0; piece < manifest.Geometry.TotalPieces; piece++)
            {
                int shard = manifest.StoreOf(stripe, piece);
                if (shards.Contains(shard) && await _stores[shard].DeleteAsync(manifest.KeyOf(stripe, piece), cancellationToken).ConfigureAwait(false)) lost++;
            }
        }
        return lost;
    }

    /// <summary>Challenges a shard by a beacon of 32 bytes, and checks its answer, which comes in the slot of the challenge.</summary>
    public async Task<AuditNote> AuditAsync(ModelManifest manifest, int shard, byte[] beacon, ulong slot, CancellationToken cancellationToken)
    {
        var challenge = new AuditChallenge(beacon, manifest.AuditRoot.Span, shard, Samples, slot, AuditWindow);
        long start = Stopwatch.GetTimestamp();
        AuditProof proof = await AuditProver.AnswerAsync(challenge, manifest, _stores[shard], cancellationToken).ConfigureAwait(false);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        // A shard that misses a sample has no answer to give, and the window ends without one.
        bool answers = proof.Missing.Count == 0, passes = answers && AuditAnswer.Check(challenge, manifest, proof.Answer.Span, slot).Status == AuditStatus.Ok;
        return new AuditNote(shard, Samples, proof.Missing.Count, proof.Answer.Length, milliseconds, passes);
    }
}
