using System.Runtime.CompilerServices;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One pass over stripes of a stored model: a read, an inspection or a repair. Stripes are worked on at the same time and reported in order.</summary>
internal sealed class LoadRun
{
    private readonly ModelManifest _manifest;
    private readonly VaultContext _context;
    private readonly IProgress<VaultProgress>? _progress;
    private readonly ShardCalls _calls;
    private readonly BaseLoaders? _bases;
    private readonly List<PieceFault> _faults = [], _unrepaired = [];
    private readonly List<StripeLoss> _losses = [];
    private StripeTurns _turns = null!;
    private Stream _destination = Stream.Null;
    private long _bytes, _from, _end;
    private int _repaired, _stripes;
    private bool _repairs;

    public LoadRun(ModelManifest manifest, VaultContext context, IProgress<VaultProgress>? progress)
    {
        (_manifest, _context, _progress, _calls) = (manifest, context, progress, context.Calls());
        _bases = context.Bases(manifest, _calls);
    }

    /// <summary>Writes the bytes of a range of the file.</summary>
    public async ValueTask<VaultReport> ReadAsync(long offset, long length, Stream destination, CancellationToken cancellationToken)
    {
        (_destination, _from, _end) = (destination, offset, offset + length);
        if (length > 0)
        {
            int first = StripePlace.Find(_manifest, offset).Index, last = StripePlace.Find(_manifest, offset + length - 1).Index;
            await RunAsync(first, last + 1, ReadStripeAsync, keepsPieces: false, cancellationToken).ConfigureAwait(false);
        }
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        return Report(_losses.Count > 0 ? VaultStatus.Unrecoverable : _faults.Count > 0 ? VaultStatus.Degraded : VaultStatus.Intact);
    }

    /// <summary>Looks at every piece, and puts back what is lost if that is wanted.</summary>
    public async ValueTask<VaultReport> ScanAsync(bool repair, CancellationToken cancellationToken)
    {
        _repairs = repair;
        // Those of bases by themselves too, so that one that is lost is reported once, and what needs it is looked at all the same.
        await RunAsync(0, _manifest.Geometry.Stripes.Length, ScanStripeAsync, keepsPieces: true, cancellationToken).ConfigureAwait(false);
        if (_losses.Count > 0) return Report(VaultStatus.Unrecoverable);
        if (_faults.Count == 0) return Report(VaultStatus.Intact);
        return Report(repair && _unrepaired.Count == 0 ? VaultStatus.Repaired : VaultStatus.Degraded);
    }

    private ValueTask RunAsync(int first, int end, Func<StripeLoader, CancellationToken, ValueTask> step, bool keepsPieces, CancellationToken cancellationToken)
    {
        _turns = new StripeTurns(first, end);
        return new WorkGroup(_context.Slots, _bases).RunAsync(
            end - first, slot => new StripeLoader(_calls, _context.Code, slot, _bases, keepsPieces), (loader, token) => StepAsync(loader, step, token), cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> StepAsync(StripeLoader loader, Func<StripeLoader, CancellationToken, ValueTask> step, CancellationToken cancellationToken)
    {
        int stripe = _turns.Take();
        if (stripe < 0) return false;
        try
        {
            loader.Select(_manifest, stripe);
            await step(loader, cancellationToken).ConfigureAwait(false);
            _turns.Finish();
            return true;
        }
        catch
        {
            _turns.Stop();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadStripeAsync(StripeLoader loader, CancellationToken cancellationToken)
    {
        bool loaded = await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false);
        await _turns.WaitAsync(loader.Index).ConfigureAwait(false);
        if (_turns.IsOver) return;
        Note(loader, loader.Loss);
        NoteFaults(loader.BaseFaults);
        if (loaded) await WriteAsync(loader, cancellationToken).ConfigureAwait(false);
        else _turns.Stop();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ScanStripeAsync(StripeLoader loader, CancellationToken cancellationToken)
    {
        bool decoded = await loader.LoadAsync(everyPiece: true, cancellationToken).ConfigureAwait(false);
        bool good = (decoded || loader.IsBaseLost) && loader.TryComplete();
        bool repairs = good && _repairs && loader.Faults.Count > 0;
        if (repairs) await PutBackAsync(loader, cancellationToken).ConfigureAwait(false);
        await _turns.WaitAsync(loader.Index).ConfigureAwait(false);
        if (_turns.IsOver) return;
        Note(loader, loader.IsBaseLost ? null : loader.Loss);
        if (repairs) NoteRepairs(loader);
        if (!good) return;
        _context.Catalogue.NoteMissing(_manifest, loader.Index, loader.Faults);
        Count(decoded && loader.Index < _manifest.Geometry.StripeCount ? _manifest.Geometry.StripeLength(loader.Index) : 0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(StripeLoader loader, CancellationToken cancellationToken)
    {
        StoredStripe stripe = _manifest.Geometry.Stripe(loader.Index);
        long at = StripePlace.OffsetOf(_manifest, loader.Index);
        for (int leaf = 0; leaf < stripe.Leaves.Length; at += stripe.LeafLengthAt(leaf++))
        {
            int start = (int)Math.Clamp(_from - at, 0, stripe.LeafLengthAt(leaf)), stop = (int)Math.Clamp(_end - at, 0, stripe.LeafLengthAt(leaf));
            if (start >= stop) continue;
            await _destination.WriteAsync(loader.Leaf(leaf)[start..stop], cancellationToken).ConfigureAwait(false);
            _bytes += stop - start;
        }
        Count(0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PutBackAsync(StripeLoader loader, CancellationToken cancellationToken)
    {
        PieceCalls calls = loader.Slot.Calls;
        StoredStripe stripe = _manifest.Geometry.Stripe(loader.Index);
        calls.Begin(_calls, cancellationToken);
        foreach (PieceFault fault in loader.Faults)
        {
            if (_calls.Takes(fault.Store))
                calls.Add(PieceCallKind.Put, fault.Piece, fault.Store, new PieceKey(stripe.PieceRoot.Span, fault.Piece), loader.Slot.Frame(fault.Piece, stripe.PieceLength));
            else
                calls.Answer(fault.Piece, _calls.WhyNot(fault.Store));
        }
        try
        {
            await calls.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            if (calls.HasOverrun) loader.Slot.Abandon();
        }
        foreach (PieceFault fault in loader.Faults) _calls.Note(fault.Store, calls[fault.Piece].Fault is not null);
    }

    // What is left of the faults then is what could not be put back.
    private void NoteRepairs(StripeLoader loader)
    {
        for (int i = loader.Faults.Count - 1; i >= 0; i--)
        {
            if (loader.Slot.Calls[loader.Faults[i].Piece].Fault is not null) continue;
            _repaired++;
            loader.Faults.RemoveAt(i);
        }
        _unrepaired.AddRange(loader.Faults);
    }

    private void Note(StripeLoader loader, StripeLoss? lost)
    {
        NoteFaults(loader.Faults);
        if (lost is { } loss) _losses.Add(loss);
    }

    private void NoteFaults(List<PieceFault> faults)
    {
        faults.Sort(static (a, b) => a.Piece - b.Piece);
        _faults.AddRange(faults);
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        _progress?.Report(new VaultProgress(_bytes, _manifest.Geometry.RawSize, ++_stripes));
    }

    private VaultReport Report(VaultStatus status) => new(status, _bytes, _faults, _losses, _repaired, _unrepaired);
}
