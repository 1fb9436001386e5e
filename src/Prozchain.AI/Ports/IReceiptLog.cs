namespace Prozchain.AI.Ports;

/// <summary>Where a host's receipts become part of the chain's state.</summary>
/// <remarks>
/// What an implementer owes: a receipt whose call completed is kept, under the position given out; the same receipt twice is two
/// entries or one, at its choice. The memory passed in is the caller's again when the call completes. Who cannot take it in throws
/// <see cref="IOException"/>. Calls may run at the same time.
/// </remarks>
public interface IReceiptLog
{
    /// <summary>Takes a receipt in.</summary>
    /// <param name="receipt">Its encoding (docs/formats/ai-receipt.md).</param>
    /// <param name="cancellationToken">Ends the call early; the receipt may be taken in all the same.</param>
    /// <returns>Its position.</returns>
    /// <exception cref="IOException">The log refuses it or cannot be reached.</exception>
    ValueTask<long> AppendAsync(ReadOnlyMemory<byte> receipt, CancellationToken cancellationToken);
}
