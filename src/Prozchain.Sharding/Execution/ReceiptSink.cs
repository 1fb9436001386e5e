using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Execution;

/// <summary>Takes, from <see cref="IShardTransition.Execute"/>, what leaves for other shards.</summary>
public readonly ref struct ReceiptSink
{
    private readonly ref readonly BlockContext _block;
    private readonly ExecutionLane _lane;

    internal ReceiptSink(in BlockContext block, ExecutionLane lane)
    {
        _block = ref block;
        _lane = lane;
    }

    /// <summary>
    /// Sends a receipt. False, and the transaction ends as <see cref="TransactionStatus.BadReceipt"/>, over the limits
    /// of <see cref="ExecutionLimits"/> or if the cell is this shard's own: that one is written.
    /// </summary>
    /// <param name="cell">The cell it is for, of this shard's class.</param>
    /// <param name="payload">What <see cref="IShardTransition.Credit"/> gets there.</param>
    /// <param name="value">Value that the source lets go of with it, counted as in flight; 0 for a mere message.</param>
    public bool TrySend(in Digest cell, ReadOnlySpan<byte> payload, ulong value = 0) => TrySend(_block.Shard.Class, cell, payload, value);

    /// <summary>Sends a receipt to a cell of a class, whose own transition credits it. False as above, and for a class that the layout lacks.</summary>
    /// <param name="layoutClass">The class that the cell is of.</param>
    /// <param name="cell">The cell it is for.</param>
    /// <param name="payload">What <see cref="IShardTransition.Credit"/> of that class gets there.</param>
    /// <param name="value">Value that the source lets go of with it, counted as in flight; 0 for a mere message.</param>
    public bool TrySend(LayoutClass layoutClass, in Digest cell, ReadOnlySpan<byte> payload, ulong value = 0)
    {
        if (payload.Length > ExecutionLimits.MaxReceiptBytes || _lane.Receipts.CountSinceMark == ExecutionLimits.MaxReceiptsPerTransaction
            || (layoutClass == _block.Shard.Class ? _block.IsLocal(cell) : !_block.Layout.TryShardOf(layoutClass, cell, out _)))
        {
            _lane.Fault = TransactionStatus.BadReceipt;
            return false;
        }
        _lane.Receipts.Add(layoutClass, cell, payload, value);
        return true;
    }
}
