namespace Prozchain.AI.Ports;

/// <summary>Orders the operations of a model registry.</summary>
/// <remarks>
/// What an implementer owes:
/// <list type="bullet">
/// <item>One final sequence: positions count from 0 without holes, and every reader is given the same bytes and slot at a
/// position, for ever. Slots never fall from one position to the next.</item>
/// <item>Authorisation: an operation names its actor, 32 opaque bytes right behind its first two, and the ledger takes it in only when
/// whom these bytes stand for has authorised it (a transaction's signature, say). Which actor may do what, the registry decides.</item>
/// <item>Payment: what an operation costs, and whether a lease was paid for, is settled before it is taken in.</item>
/// <item>An append that completed can be read. One that failed or was cancelled may still be taken in later.</item>
/// <item>A ledger that cannot answer throws <see cref="IOException"/>. Calls may run at the same time.</item>
/// </list>
/// What an implementer need not do: read operations. One that is malformed or not allowed changes nothing in the registry.
/// </remarks>
public interface IModelLedger
{
    /// <summary>Puts an operation at the end.</summary>
    /// <param name="operation">Its bytes; the caller's again when the call completes.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>Its position.</returns>
    /// <exception cref="IOException">The ledger refuses it or cannot be reached.</exception>
    ValueTask<long> AppendAsync(ReadOnlyMemory<byte> operation, CancellationToken cancellationToken);

    /// <summary>Reads an operation.</summary>
    /// <param name="position">Its position, 0 or more.</param>
    /// <param name="destination">Receives the operation, or as much of it as fits.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>Its slot and length, or null when nothing final is there yet.</returns>
    /// <exception cref="IOException">The ledger cannot be reached.</exception>
    ValueTask<LedgerEntry?> ReadAsync(long position, Memory<byte> destination, CancellationToken cancellationToken);
}
