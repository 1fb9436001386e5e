namespace Prozchain.Sharding.Receipts;

/// <summary>Credits receipts to the cells of a shard.</summary>
public interface IReceiptSink
{
    /// <summary>Credits one; false if its cell is claimed by an atomic transaction: then it is offered again in later blocks.</summary>
    /// <param name="cell">The cell, which lies in this shard.</param>
    /// <param name="payload">What the source sent.</param>
    bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload);

    /// <summary>What crediting a receipt can bring at most: the source must have let go of as much. Asked where value is capped.</summary>
    /// <param name="payload">The payload.</param>
    ulong ValueOf(ReadOnlySpan<byte> payload) => 0;
}
