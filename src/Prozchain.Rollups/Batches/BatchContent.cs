namespace Prozchain.Rollups.Batches;

/// <summary>A batch as read.</summary>
/// <param name="Head">What it says about itself.</param>
/// <param name="Transactions">Its transactions, in order. Valid until the same codec reads the next batch.</param>
/// <param name="AggregateSignature">The slot for one signature over all of them; empty in the other modes. A view of the batch's bytes.</param>
public readonly record struct BatchContent<TTransaction>(BatchHead Head, ReadOnlyMemory<TTransaction> Transactions, ReadOnlyMemory<byte> AggregateSignature);
