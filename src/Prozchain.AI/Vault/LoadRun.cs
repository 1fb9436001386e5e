using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>One pass over stripes of a stored model: a read, an inspection or a repair. Stripes are worked on at the same time and reported in order.</summary>
internal sealed class LoadRun(ModelManifest manifest, VaultContext context, IProgress<VaultProgress>? progress)
{
    private readonly ShardCalls _calls = context.Calls();
    private readonly List<PieceFault> _faults = [], _unrepaired = [];
    private readonly List<StripeLoss> _losses = [];
    private long _bytes;
    private int _repaired, _stripes;

    /// <summary>Writes the bytes of a range of the file.</summary>
    public async ValueTask<VaultReport> ReadAsync(long offset, long length, Stream destination, CancellationToken cancellationToken)
    {
        if (length > 0)
        {
            StripePlace first = StripePlace.Find(manifest, offset), last = StripePlace.Find(manifest, offset + length - 1);
            var turns = new StripeTurns(first.Index, last.Index + 1);
            await RunAsync(turns, async (loader, turn, token) =>
            {
                bool loaded = await loader.LoadAsync(everyPiece: false, token).ConfigureAwait(false);
                await turn.Before.WaitAsync(token).ConfigureAwait(false);
                if (turns.IsOver) return;
                Note(loader);
                turns.IsOver = !loaded;
                if (loaded) await WriteAsync(loader, turn.Stripe, offset, offset + length, destination, token).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        return Report(_losses.Count > 0 ? VaultStatus.Unrecoverable : _faults.Count > 0 ? VaultStatus.Degraded : VaultStatus.Intact);
    }

    /// <summary>Looks at every piece, and puts back what is lost if that is wanted.</summary>
    public async ValueTask<VaultReport> ScanAsync(bool repair, CancellationToken cancellationToken)
    {
        var turns = new StripeTurns(0, manifest.Geometry.StripeCount);
        await RunAsync(turns, async (loader, turn, token) =>
        {
            bool good = await loader.LoadAsync(everyPiece: true, token).ConfigureAwait(false) && loader.TryComplete();
            List<PieceFault> unrepaired = good && repair ? await PutBackAsync(loader, turn.Stripe, token).ConfigureAwait(false) : [];
            await turn.Before.WaitAsync(token).ConfigureAwait(false);
            Note(loader);
            _unrepaired.AddRange(unrepaired);
            if (!good) return;
            if (repair) _repaired += loader.Faults.Count - unrepaired.Count;
            Count(manifest.Geometry.StripeLength(turn.Stripe));
        }, cancellationToken).ConfigureAwait(false);
        if (_losses.Count > 0) return Report(VaultStatus.Unrecoverable);
        if (_faults.Count == 0) return Report(VaultStatus.Intact);
        return Report(repair && _unrepaired.Count == 0 ? VaultStatus.Repaired : VaultStatus.Degraded);
    }

    private ValueTask RunAsync(StripeTurns turns, Func<StripeLoader, StripeTurns.Turn, CancellationToken, ValueTask> step, CancellationToken cancellationToken) =>
        new WorkGroup(context.Slots).RunAsync(manifest.Geometry.StripeCount, async (slot, token) =>
        {
            if (turns.IsOver) return false;
            using StripeTurns.Turn? turn = turns.Take();
            if (turn is null) return false;
            var loader = new StripeLoader(manifest, _calls, context.Code, slot);
            loader.Select(turn.Stripe);
            await step(loader, turn, token).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    private async ValueTask WriteAsync(StripeLoader loader, int index, long from, long end, Stream destination, CancellationToken cancellationToken)
    {
        StoredStripe stripe = manifest.Geometry.Stripe(index);
        long at = StripePlace.OffsetOf(manifest, index);
        for (int leaf = 0; leaf < stripe.Leaves.Length; at += stripe.LeafLengthAt(leaf++))
        {
            int start = (int)Math.Clamp(from - at, 0, stripe.LeafLengthAt(leaf)), stop = (int)Math.Clamp(end - at, 0, stripe.LeafLengthAt(leaf));
            if (start >= stop) continue;
            await destination.WriteAsync(loader.Leaf(leaf)[start..stop], cancellationToken).ConfigureAwait(false);
            _bytes += stop - start;
        }
        Count(0);
    }

    private async ValueTask<List<PieceFault>> PutBackAsync(StripeLoader loader, int index, CancellationToken cancellationToken)
    {
        var unrepaired = new List<PieceFault>();
        StoredStripe stripe = manifest.Geometry.Stripe(index);
        bool stalled = false;
        foreach (PieceFault fault in loader.Faults)
        {
            try
            {
                var key = new PieceKey(stripe.PieceRoot.Span, fault.Piece);
                await _calls.PutAsync(fault.Store, key, loader.Slot.Frame(fault.Piece, stripe.PieceLength), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ShardCalls.IsOutage(e))
            {
                unrepaired.Add(fault);
                stalled |= e is StalledException;
            }
        }
        if (stalled) loader.Slot.Abandon();
        return unrepaired;
    }

    private void Note(StripeLoader loader)
    {
        _faults.AddRange(loader.Faults.OrderBy(f => f.Piece));
        if (loader.Loss is { } loss) _losses.Add(loss);
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        progress?.Report(new VaultProgress(_bytes, manifest.Geometry.RawSize, ++_stripes));
    }

    private VaultReport Report(VaultStatus status) => new(status, _bytes, _faults, _losses, _repaired, _unrepaired);
}
