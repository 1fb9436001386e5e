using Microsoft.Win32.SafeHandles;
using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>
/// Stores models of any size on many piece stores in bounded memory, and gets them back when up to m pieces of each stripe
/// are lost: cuts a file at its tensors, codes k leaves into k + m pieces, spreads the pieces over shards by their capacities, and
/// verifies whatever comes back. Equal stripes, and so equal tensors, are stored once.
/// </summary>
/// <remarks>
/// Safe for concurrent use; operations beyond the memory budget wait. Hashing and coding run on the thread pool, several stripes
/// at a time. The sources, destinations and stores stay the caller's. Whoever else stores or prunes models in the same stores
/// shares the <see cref="Catalogue"/>.
/// </remarks>
public sealed class ModelVault
{
    private readonly VaultContext _context;

    /// <summary>Makes a vault over stores.</summary>
    /// <param name="stores">
    /// The shards, 1 to 65,535, each always at one index. With k + m of them or more, each holds at most one piece of a
    /// stripe and any m may be lost; with fewer, each holds several.
    /// </param>
    /// <param name="options">Parameters; null for the defaults.</param>
    /// <param name="catalogue">The live models of these stores, each added; null for none yet.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or the budget is too small for one operation.</exception>
    public ModelVault(IReadOnlyList<IPieceStore> stores, ModelVaultOptions? options = null, StripeCatalogue? catalogue = null)
    {
        ArgumentNullException.ThrowIfNull(stores);
        if (stores.Count is 0 or > ShardTable.MaxShards)
            throw new ArgumentException($"Expected 1 to {ShardTable.MaxShards} stores, got {stores.Count}.", nameof(stores));
        foreach (IPieceStore store in stores) ArgumentNullException.ThrowIfNull(store, nameof(stores));
        options ??= new ModelVaultOptions();
        options.Check(stores.Count);
        _context = new VaultContext(
            options, [.. stores], new StripeCode(options.DataPieces, options.ParityPieces), new StripeSlotPool(options),
            options.Table ?? ShardTable.Equal(stores.Count), catalogue ?? new StripeCatalogue());
    }

    /// <summary>Bytes of buffers the vault holds now: what ran at the same time so far, never above the budget.</summary>
    public long BufferBytes => _context.Slots.Bytes;

    /// <summary>The live models. A store adds its model; those stored before are the host's to add.</summary>
    public StripeCatalogue Catalogue => _context.Catalogue;

    /// <summary>Stores what a stream gives, to its end.</summary>
    /// <param name="source">Readable; need not be seekable, nor know its length. A well-formed file of a known format (safetensors only, where the stream cannot seek) is cut at its tensors; any other is opaque.</param>
    /// <param name="name">The model's name, 1 to 255 bytes of UTF-8.</param>
    /// <param name="progress">Told after each stripe, by one thread at a time.</param>
    /// <param name="journal">
    /// Null, or a stream that can be read, written and sought: it is written to after each stripe, so that a store that ended early,
    /// by a fault or with its process, goes on when the same source is stored with it again, or leaves no trace after
    /// <see cref="AbandonAsync"/>. Empty at first; of no more use once the manifest is kept.
    /// </param>
    /// <param name="bases">
    /// Null, or the model roots of up to 16 models that the catalogue has, which this one stems from: a tensor that differs little from
    /// the one of its name, type and shape in one of them is stored as the difference. Needs memory for two stripes.
    /// </param>
    /// <param name="cancellationToken">Ends the store.</param>
    /// <returns>
    /// The manifest. Stores that failed are gone on without, as far as <see cref="ModelVaultOptions.MaxUnwritten"/> allows: which
    /// pieces are missing says the progress, and <see cref="StripeCatalogue.UnwrittenOf(ModelManifest)"/> afterwards; <see cref="RepairAsync"/>
    /// puts them back, and <see cref="MoveAsync"/> elsewhere.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The name is empty, too long or not text; the source is too long for the leaf size; the journal is not of such a store; or the
    /// catalogue has a base not at all, or only with other parameters or elsewhere than this vault places models.
    /// </exception>
    /// <exception cref="IOException">
    /// The source failed, or more stores than may for a stripe, which the message names. Without a journal this, like any failure or cancellation, leaves no manifest, and the pieces
    /// newly put are removed.
    /// </exception>
    public async ValueTask<ModelManifest> StoreAsync(
        Stream source, string name, IProgress<VaultProgress>? progress = null, Stream? journal = null,
        IReadOnlyList<ReadOnlyMemory<byte>>? bases = null, CancellationToken cancellationToken = default)
    {
        ModelManifest.CheckName(name);
        StoreInput input = await StoreInput.LookAsync(ByteSource.Of(source), cancellationToken).ConfigureAwait(false);
        return await StoreAsync(input, name, progress, journal, bases, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a regular file that is open for reading.</summary>
    /// <inheritdoc cref="StoreAsync(Stream, string, IProgress{VaultProgress}?, Stream?, IReadOnlyList{ReadOnlyMemory{byte}}?, CancellationToken)"/>
    public async ValueTask<ModelManifest> StoreAsync(
        SafeFileHandle source, string name, IProgress<VaultProgress>? progress = null, Stream? journal = null,
        IReadOnlyList<ReadOnlyMemory<byte>>? bases = null, CancellationToken cancellationToken = default)
    {
        ModelManifest.CheckName(name);
        StoreInput input = await StoreInput.LookAsync(ByteSource.Of(source), cancellationToken).ConfigureAwait(false);
        return await StoreAsync(input, name, progress, journal, bases, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores the file that a reader of any format has open, cut at the tensors that it knows.</summary>
    /// <param name="source">Reads by offset; its tensors do not overlap.</param>
    /// <inheritdoc cref="StoreAsync(Stream, string, IProgress{VaultProgress}?, Stream?, IReadOnlyList{ReadOnlyMemory{byte}}?, CancellationToken)"/>
    public ValueTask<ModelManifest> StoreAsync(
        IModelReader source, string name, IProgress<VaultProgress>? progress = null, Stream? journal = null,
        IReadOnlyList<ReadOnlyMemory<byte>>? bases = null, CancellationToken cancellationToken = default)
    {
        ModelManifest.CheckName(name);
        return StoreAsync(StoreInput.Of(source), name, progress, journal, bases, cancellationToken);
    }

    /// <summary>Removes what an ended store left behind, by its journal, and empties the journal. Pieces of live models stay.</summary>
    /// <param name="journal">The journal of a store with these parameters and shards that no one goes on with.</param>
    /// <param name="cancellationToken">Ends the call early; it can be called again.</param>
    /// <exception cref="ArgumentException">The stream cannot be read, written and sought, or holds something else.</exception>
    /// <exception cref="IOException">A store failed: some pieces are still there, and the journal too.</exception>
    public async ValueTask AbandonAsync(Stream journal, CancellationToken cancellationToken = default)
    {
        using StoreJournal opened = await StoreJournal.OpenAsync(journal, _context.Options, _context.Table, cancellationToken).ConfigureAwait(false);
        await StripeRemoval.AbandonAsync(_context, opened, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a model to a stream, in order. Each stripe is verified before any byte of it is written.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="destination">Receives the file: all of it, or the verified stripes before the first that is lost.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>What was found. Lost, altered or unreachable pieces are no exception.</returns>
    /// <exception cref="ArgumentException">The manifest is of other parameters or more shards.</exception>
    /// <exception cref="IOException">The destination failed.</exception>
    public ValueTask<VaultReport> ReadAsync(
        ModelManifest manifest, Stream destination, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        return ReadRangeAsync(manifest, 0, manifest.Geometry.RawSize, destination, progress, cancellationToken);
    }

    /// <summary>Writes a range of a model's bytes, a tensor for one, to a stream. Costs the stripes that it touches.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">How many; the range lies within the file.</param>
    /// <param name="destination">Receives them.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<VaultReport> ReadRangeAsync(
        ModelManifest manifest, long offset, long length, Stream destination, IProgress<VaultProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Check(manifest);
        ArgumentNullException.ThrowIfNull(destination);
        if (offset < 0 || length < 0 || offset > manifest.Geometry.RawSize - length)
            throw new ArgumentException($"Expected a range within {manifest.Geometry.RawSize} bytes, got {length} from {offset} on.", nameof(offset));
        return new LoadRun(manifest, _context, progress).ReadAsync(offset, length, destination, cancellationToken);
    }

    /// <summary>Looks at every piece of a model, and of what it needs of its bases, and changes nothing.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the inspection.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or more shards.</exception>
    public ValueTask<VaultReport> InspectAsync(
        ModelManifest manifest, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        return new LoadRun(manifest, _context, progress).ScanAsync(repair: false, cancellationToken);
    }

    /// <summary>
    /// Looks at every piece of a model, and of what it needs of its bases, and puts back what is lost. Goes on past stripes that cannot
    /// be restored.
    /// </summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the repair; what was put back stays.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or more shards.</exception>
    public async ValueTask<VaultReport> RepairAsync(
        ModelManifest manifest, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        // Whoever prunes it meanwhile would delete what this puts back: so its pieces go when this has ended.
        List<Shared.Bytes32>? held = _context.Catalogue.TryHold(manifest);
        try
        {
            return await new LoadRun(manifest, _context, progress).ScanAsync(repair: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (held is not null) await StripeRemoval.ReleaseAsync(_context, held).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Puts a model where another table says: to new shards, off shards that leave, or, with fewer pieces of each stripe, into an
    /// archive. What it needs of its bases goes with it. Its pieces stay where they were too, until the old manifest is pruned.
    /// </summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="table">Of as many shards as there are stores, or fewer.</param>
    /// <param name="keptPieces">Pieces of each stripe to store, k to k + m; null for all.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the move.</param>
    /// <returns>
    /// The manifest of the model in its new place. The model root is the same. Stores that failed are gone on without, as in a store.
    /// </returns>
    /// <exception cref="ArgumentException">The manifest is of other parameters or more shards, or so is the table, or the pieces are out of range.</exception>
    /// <exception cref="IOException">More stores failed than may, or a stripe cannot be restored; what was newly put is removed.</exception>
    public ValueTask<ModelManifest> MoveAsync(
        ModelManifest manifest, ShardTable table, int? keptPieces = null, IProgress<VaultProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Check(manifest);
        ArgumentNullException.ThrowIfNull(table);
        int kept = keptPieces ?? _context.TotalPieces;
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, _context.Options.DataPieces, nameof(keptPieces));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, _context.TotalPieces, nameof(keptPieces));
        CheckTable(table, nameof(table));
        return new MoveRun(manifest, _context, table, kept, progress).RunAsync(cancellationToken);
    }

    /// <summary>Removes a model: deletes the pieces that no other live model has, or needs as a base.</summary>
    /// <param name="manifest">Of a model that the catalogue has. It has it no more afterwards.</param>
    /// <returns>
    /// What was deleted. Pieces of stores that did not answer are orphans from now on, and listed. What a repair, or a store of the same content, is
    /// at work on is left to that: it goes when that has ended, unless it is a model's then.
    /// </returns>
    /// <exception cref="ArgumentException">The catalogue does not have the model; or it is of other parameters or more shards.</exception>
    public ValueTask<PruneReport> PruneAsync(ModelManifest manifest)
    {
        Check(manifest);
        return StripeRemoval.PruneAsync(_context, manifest);
    }

    /// <summary>Opens a model to read by ranges. Holds the memory of one stripe, with bases of two, until it is disposed.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="cancellationToken">Ends the wait for memory.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or more shards.</exception>
    public async ValueTask<IModelReader> OpenAsync(ModelManifest manifest, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        ShardCalls calls = _context.Calls();
        BaseLoaders? bases = _context.Bases(manifest, calls);
        List<StripeSlot> slots = await _context.Slots.RentAsync(bases is null ? 1 : 2, cancellationToken).ConfigureAwait(false);
        bases?.Add(slots[1]);
        return new VaultModelReader(manifest, new StripeLoader(calls, _context.Code, slots[0], bases), () => slots.ForEach(_context.Slots.Return));
    }

    private async ValueTask<ModelManifest> StoreAsync(
        StoreInput input, string name, IProgress<VaultProgress>? progress, Stream? journal,
        IReadOnlyList<ReadOnlyMemory<byte>>? bases, CancellationToken cancellationToken)
    {
        if (bases is { Count: > 0 }) CheckMemory(nameof(bases));
        using StoreJournal? opened = journal is null
            ? null : await StoreJournal.OpenAsync(journal, _context.Options, _context.Table, cancellationToken).ConfigureAwait(false);
        var writer = new StripeWriter(_context, _context.Table, _context.TotalPieces, opened);
        BaseModels? models = bases is { Count: > 0 } ? await BaseModels.HoldAsync(_context, bases).ConfigureAwait(false) : null;
        try
        {
            using var run = new StoreRun(input, name, _context, writer, models is null ? null : new DeltaStore(_context, models, writer), progress);
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (models is not null) await models.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private void CheckMemory(string name)
    {
        if (_context.Slots.Capacity < 2)
            throw new ArgumentException($"Expected, for a model with bases, a memory budget of at least {2 * _context.Options.OperationMemory} bytes, got {_context.Options.MemoryBudget}.", name);
    }

    private void Check(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        (int, int, int) expected = (_context.Options.DataPieces, _context.Options.ParityPieces, _context.Options.LeafSize);
        (int, int, int) got = (manifest.Geometry.DataPieces, manifest.Geometry.ParityPieces, manifest.Geometry.LeafSize);
        if (got != expected)
            throw new ArgumentException($"Expected a model of (data pieces, parity pieces, leaf size) {expected}, got {got}.", nameof(manifest));
        CheckTable(manifest.Table, nameof(manifest));
        if (manifest.Geometry.BaseStripeCount > 0) CheckMemory(nameof(manifest));
    }

    private void CheckTable(ShardTable table, string name)
    {
        if (table.Capacities.Length > _context.Stores.Length)
            throw new ArgumentException($"Expected at most {_context.Stores.Length} shards, as there are stores, got {table.Capacities.Length}.", name);
    }
}
