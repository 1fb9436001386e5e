using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Puts the stripes of a stored model where another table says.</summary>
internal sealed class MoveRun(ModelManifest manifest, VaultContext context, ShardTable table, int keptPieces, IProgress<VaultProgress>? progress)
{
    private readonly ShardCalls _calls = context.Calls();
    private readonly StripeWriter _writer = new(context, table, keptPieces, journal: null);
    private readonly Lock _done = new();
    private long _bytes;
    private int _next = -1, _stripes;

    /// <exception cref="IOException">A store failed, or a stripe cannot be restored.</exception>
    public async ValueTask<ModelManifest> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new WorkGroup(context.Slots).RunAsync(manifest.Geometry.StripeCount, MoveAsync, cancellationToken).ConfigureAwait(false);
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

    private async Task<bool> MoveAsync(StripeSlot slot, CancellationToken cancellationToken)
    {
        int index = Interlocked.Increment(ref _next);
        if (index >= manifest.Geometry.StripeCount) return false;
        StoredStripe stripe = manifest.Geometry.Stripe(index);
        Bytes32 identity = _writer.Identify(stripe);
        if (await _writer.TryShareAsync(identity, cancellationToken).ConfigureAwait(false) is null)
        {
            var loader = new StripeLoader(manifest, _calls, context.Code, slot);
            loader.Select(index);
            if (!await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false) || !loader.TryComplete())
                throw new IOException($"Stripe {index} of '{manifest.Name}' cannot be restored: {loader.Loss!.Value.Lost} pieces are lost, {loader.Loss.Value.Tolerated} may be.");
            await _writer.PutAsync(slot, stripe, identity, cancellationToken).ConfigureAwait(false);
        }
        lock (_done)
        {
            _bytes += stripe.Length;
            progress?.Report(new VaultProgress(_bytes, manifest.Geometry.RawSize, ++_stripes, _writer.Shared));
        }
        return true;
    }
}
