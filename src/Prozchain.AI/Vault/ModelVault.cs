using Microsoft.Win32.SafeHandles;
using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Stores models of any size on many piece stores in bounded memory, and gets them back when up to m pieces of each stripe
/// are lost: cuts a file into leaves, codes k leaves into k + m pieces, spreads the pieces, and verifies whatever comes back.
/// </summary>
/// <remarks>
/// Safe for concurrent use; operations beyond the memory budget wait. Hashing and coding run on the caller's thread, one
/// stripe at a time. The sources, destinations and stores stay the caller's. Stripes are named by their content, so storing
/// a file twice costs its space once, and a manifest must not be discarded by deleting pieces that another may share. For the
/// same reason nobody else may store or delete the same content in the same stores while a store runs.
/// </remarks>
public sealed class ModelVault
{
    private readonly IPieceStore[] _stores;
    private readonly ModelVaultOptions _options;
    private readonly StripeCode _code;
    private readonly StripeBufferPool _pool;

    /// <summary>Makes a vault over stores.</summary>
    /// <param name="stores">
    /// Where pieces go, 1 to 65,535, always in one order. With k + m of them or more, each holds at most one piece of a
    /// stripe and any m may be lost; with fewer, each holds several.
    /// </param>
    /// <param name="options">Parameters; null for the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or the budget is too small for one operation.</exception>
    public ModelVault(IReadOnlyList<IPieceStore> stores, ModelVaultOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stores);
        if (stores.Count is 0 or > ModelManifest.MaxStores)
            throw new ArgumentException($"Expected 1 to {ModelManifest.MaxStores} stores, got {stores.Count}.", nameof(stores));
        _stores = [.. stores];
        foreach (IPieceStore store in _stores) ArgumentNullException.ThrowIfNull(store, nameof(stores));
        _options = options ?? new ModelVaultOptions();
        _options.Check();
        _code = new StripeCode(_options.DataPieces, _options.ParityPieces);
        _pool = new StripeBufferPool(_options);
    }

    /// <summary>Bytes of buffers the vault holds now: what ran at the same time so far, never above the budget.</summary>
    public long BufferBytes => _pool.Bytes;

    /// <summary>Stores what a stream gives, to its end.</summary>
    /// <param name="source">Readable; need not be seekable, nor know its length.</param>
    /// <param name="name">The model's name, 1 to 255 bytes of UTF-8.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the store.</param>
    /// <returns>The manifest. A well-formed safetensors file is known by its header; any other is opaque.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long or not text; or the source is too long for the leaf size.</exception>
    /// <exception cref="IOException">
    /// The source or a store failed. Like any failure or cancellation this leaves no manifest, and the pieces newly put are removed.
    /// </exception>
    public ValueTask<ModelManifest> StoreAsync(
        Stream source, string name, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default) =>
        StoreAsync(ByteSource.Of(source), name, progress, cancellationToken);

    /// <summary>Stores a file.</summary>
    /// <param name="source">A regular file, open for reading.</param>
    /// <param name="name">The model's name, 1 to 255 bytes of UTF-8.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the store.</param>
    /// <returns>The manifest. A well-formed safetensors file is known by its header; any other is opaque.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long or not text; or the file is too long for the leaf size.</exception>
    /// <exception cref="IOException">
    /// The file or a store failed. Like any failure or cancellation this leaves no manifest, and the pieces newly put are removed.
    /// </exception>
    public ValueTask<ModelManifest> StoreAsync(
        SafeFileHandle source, string name, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default) =>
        StoreAsync(ByteSource.Of(source), name, progress, cancellationToken);

    /// <summary>Writes a model to a stream. Each stripe is verified before any byte of it is written.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="destination">Receives the file: all of it, or the verified stripes before the first that is lost.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>What was found. Lost, altered or unreachable pieces are no exception.</returns>
    /// <exception cref="ArgumentException">The manifest is of other parameters or another number of stores.</exception>
    /// <exception cref="IOException">The destination failed.</exception>
    public ValueTask<VaultReport> ReadAsync(
        ModelManifest manifest, Stream destination, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return WithLoaderAsync(manifest, (run, token) => run.ReadAsync(destination, token), progress, cancellationToken);
    }

    /// <summary>Looks at every piece of a model and changes nothing.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the inspection.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or another number of stores.</exception>
    public ValueTask<VaultReport> InspectAsync(
        ModelManifest manifest, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default) =>
        WithLoaderAsync(manifest, (run, token) => run.ScanAsync(repair: false, token), progress, cancellationToken);

    /// <summary>Looks at every piece of a model and puts back what is lost. Goes on past stripes that cannot be restored.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="progress">Told after each stripe.</param>
    /// <param name="cancellationToken">Ends the repair; what was put back stays.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or another number of stores.</exception>
    public ValueTask<VaultReport> RepairAsync(
        ModelManifest manifest, IProgress<VaultProgress>? progress = null, CancellationToken cancellationToken = default) =>
        WithLoaderAsync(manifest, (run, token) => run.ScanAsync(repair: true, token), progress, cancellationToken);

    /// <summary>Opens a model to read by ranges. Holds the memory of one operation until it is disposed.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="cancellationToken">Ends the wait for memory.</param>
    /// <exception cref="ArgumentException">The manifest is of other parameters or another number of stores.</exception>
    public async ValueTask<IModelReader> OpenAsync(ModelManifest manifest, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        StripeBuffers buffers = await _pool.RentAsync(cancellationToken).ConfigureAwait(false);
        return new VaultModelReader(manifest, new StripeLoader(manifest, _stores, _code, buffers), () => _pool.Return(buffers));
    }

    /// <summary>Reads one leaf with the proof that it is that leaf of the model.</summary>
    /// <param name="manifest">Of a model stored on these stores with these parameters.</param>
    /// <param name="leaf">0 to the model's count of leaves less one.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="ArgumentException">
    /// The manifest is of other parameters or another number of stores, or there is no such leaf.
    /// </exception>
    public async ValueTask<LeafReading> ProveLeafAsync(ModelManifest manifest, int leaf, CancellationToken cancellationToken = default)
    {
        Check(manifest);
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, manifest.Geometry.LeafCount);
        StripeBuffers buffers = await _pool.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LeafLayout layout = manifest.Geometry.Layout;
            int stripe = leaf / layout.DataPieces;
            var loader = new StripeLoader(manifest, _stores, _code, buffers);
            StripeState state = await loader.LoadAsync(stripe, everyPiece: false, cancellationToken).ConfigureAwait(false);
            if (state != StripeState.Complete) return new LeafReading(null, default, loader.Faults, loader.Losses[0]);
            Bytes32[] leaves = StripeLoader.LeafDigests(layout, stripe, buffers);
            LeafProof proof = LeafProof.Make(layout, leaf, leaves, manifest.LeafRoots);
            int start = leaf % layout.DataPieces * layout.PieceLength(stripe);
            return new LeafReading(proof, loader.Content(stripe).Slice(start, proof.Length).ToArray(), loader.Faults, null);
        }
        finally
        {
            _pool.Return(buffers);
        }
    }

    private async ValueTask<ModelManifest> StoreAsync(
        ByteSource source, string name, IProgress<VaultProgress>? progress, CancellationToken cancellationToken)
    {
        ModelManifest.CheckName(name);
        StripeBuffers buffers = await _pool.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var run = new StoreRun(source, name, _options, _stores, _code, buffers);
            return await run.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pool.Return(buffers);
        }
    }

    private async ValueTask<VaultReport> WithLoaderAsync(
        ModelManifest manifest, Func<LoadRun, CancellationToken, ValueTask<VaultReport>> run,
        IProgress<VaultProgress>? progress, CancellationToken cancellationToken)
    {
        Check(manifest);
        StripeBuffers buffers = await _pool.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var loader = new StripeLoader(manifest, _stores, _code, buffers);
            return await run(new LoadRun(manifest, _stores, loader, buffers, progress), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pool.Return(buffers);
        }
    }

    private void Check(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        (int, int, int) expected = (_options.DataPieces, _options.ParityPieces, _options.LeafSize);
        (int, int, int) got = (manifest.Geometry.DataPieces, manifest.Geometry.ParityPieces, manifest.Geometry.LeafSize);
        if (got != expected)
            throw new ArgumentException($"Expected a model of (data pieces, parity pieces, leaf size) {expected}, got {got}.", nameof(manifest));
        if (manifest.StoreCount != _stores.Length)
            throw new ArgumentException($"Expected a model on {_stores.Length} stores, got one on {manifest.StoreCount}.", nameof(manifest));
    }
}
