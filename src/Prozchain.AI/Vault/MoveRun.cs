using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Puts the stripes of a stored model where another table says.</summary>
internal sealed class MoveRun(ModelManifest manifest, VaultContext context, ShardTable table, int keptPieces, IProgress<VaultProgress>? progress)
{
    private readonly ShardCalls _calls = context.Calls();
    private readonly StripeWriter _writer = new(context, table, keptPieces, journal: null);
    private readonly Lock _done = new();
    private BaseLoaders? _bases;
    private long _bytes;
    private int _next = -1, _stripes, _unwritten;

    /// <exception cref="IOException">A store failed, or a stripe cannot be restored.</exception>
    public async ValueTask<ModelManifest> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            _bases = context.Bases(manifest, _calls);
            await new WorkGroup(context.Slots, _bases).RunAsync(
                manifest.Geometry.Stripes.Length, slot => new StripeLoader(_calls, context.Code, slot, _bases, keepsPieces: true), MoveAsync, cancellationToken).ConfigureAwait(false);
            var moved = new ModelManifest(manifest.Content with { Table = table, KeptPieces = keptPieces });
            _writer.Adopt(moved);
            return moved;
        }
        catch
        {
            await _writer.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<bool> MoveAsync(StripeLoader loader, CancellationToken cancellationToken)
    {
        int index = Interlocked.Increment(ref _next);
        if (index >= manifest.Geometry.Stripes.Length) return false;
        StoredStripe stripe = manifest.Geometry.Stripe(index);
        Bytes32 identity = _writer.Identify(stripe);
        (StoredStripe? stored, UnwrittenPiece[] unwritten) = await _writer.TryShareAsync(loader.Slot, identity, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            loader.Select(manifest, index);
            if (!await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false) || !loader.TryComplete())
                throw new IOException(loader.Loss!.Value.Describe(manifest.Name));
            unwritten = await _writer.PutAsync(loader.Slot, stripe, index, identity, cancellationToken).ConfigureAwait(false);
        }
        lock (_done)
        {
            if (index < manifest.Geometry.StripeCount) _bytes += stripe.Length;
            _unwritten += unwritten.Length;
            progress?.Report(new VaultProgress(_bytes, manifest.Geometry.RawSize, ++_stripes, _writer.Shared, _unwritten, _writer.Describe(index, stripe, unwritten)));
        }
        return true;
    }
}
