using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// The items of batches, derived when they are asked for: a node that stays behind, at the first batch that can still be asked
/// for, so that an answer never waits for a derivation from the beginning. Not thread-safe.
/// </summary>
internal sealed class DerivedLists<TTransaction, THash>(Func<DerivationNode<TTransaction, THash>> start) where THash : IStateHash
{
    private readonly Dictionary<ulong, (Digest32 Root, ReadOnlyMemory<byte>[] Items)> _lists = [];
    private DerivationNode<TTransaction, THash> _node = start();
    private ulong _floor;

    /// <summary>Batches below are not asked for any more.</summary>
    public async ValueTask AdvanceAsync(ulong floor, CancellationToken cancellationToken)
    {
        _floor = floor;
        foreach (ulong batch in _lists.Keys.Where(batch => batch < floor).ToArray()) _lists.Remove(batch);
        if (_node.Deriver.Tip.NextBatch < floor) await DeriveAsync(floor - 1, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A batch's items; null if it cannot be derived now to a list with this root.</summary>
    public async ValueTask<ReadOnlyMemory<byte>[]?> FindAsync(ulong batch, Digest32 root, CancellationToken cancellationToken)
    {
        if (Known(batch, root) is { } known) return known;
        if (_node.Deriver.Tip.NextBatch > batch)
        {
            (_node, _floor) = (start(), Math.Min(_floor, batch));
            _lists.Clear();
        }
        await DeriveAsync(batch, cancellationToken).ConfigureAwait(false);
        return Known(batch, root);
    }

    private ReadOnlyMemory<byte>[]? Known(ulong batch, Digest32 root) => _lists.TryGetValue(batch, out (Digest32 Root, ReadOnlyMemory<byte>[] Items) list) && list.Root == root ? list.Items : null;

    private async ValueTask DeriveAsync(ulong last, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await _node.SyncAsync(new Reports(batch => Take(batch, last, stop)), stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void Take(ExecutedBatch batch, ulong last, CancellationTokenSource stop)
    {
        if (batch.Posting.Number >= last) stop.Cancel();
        if (batch.Posting.Number < _floor) return;
        var steps = new List<StepItem>();
        _node.Deriver.CopySteps(steps);
        // Views of bytes that the next batch overwrites.
        _lists[batch.Posting.Number] = (batch.Posting.Items, [.. steps.Where(static step => step.Kind == StepKind.Payment).Select(static step => (ReadOnlyMemory<byte>)step.Data.ToArray())]);
    }
}
