namespace Prozchain.AI.Ports;

/// <summary>Keeps pieces of stripes at one shard.</summary>
/// <remarks>
/// What an implementer owes:
/// <list type="bullet">
/// <item>A put that completed is durable to the degree the store states, and a get after it returns exactly those bytes.
/// A put that failed or was cancelled leaves what was there before, or nothing: never a part of a piece under its key.</item>
/// <item>A put replaces what the key held: a key commits to its content, so what differs is damage.</item>
/// <item>The memory passed in is the caller's again when the call completes.</item>
/// <item>A call returns soon, with what it waits for in its task: only a task can be given up when its time is over, or it is cancelled.</item>
/// <item>A store that cannot answer (gone, full, refused) throws <see cref="IOException"/>; absence is no exception.</item>
/// <item>Calls may run at the same time, for one key too (two models may share a stripe): a get beside a put gives what was
/// there before or what was put, whole.</item>
/// </list>
/// What an implementer need not do: check content. The vault verifies every piece it reads; a store that loses, truncates
/// or alters pieces, or lies, costs a repair and nothing else, as long as no more pieces of a stripe are lost than it has parity.
/// </remarks>
public interface IPieceStore
{
    /// <summary>Stores a piece.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="piece">Its bytes.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <exception cref="IOException">The store is full or cannot be reached.</exception>
    ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);

    /// <summary>Reads a piece.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="destination">Receives the piece, or as much of it as fits.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>Bytes of the whole piece, more than the destination's length if it did not fit; null when the key holds nothing.</returns>
    /// <exception cref="IOException">The store cannot be reached.</exception>
    ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Removes a piece.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>Whether the key held a piece.</returns>
    /// <exception cref="IOException">The store cannot be reached.</exception>
    ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken);

    /// <summary>Whether the key holds a piece, whatever its content.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <exception cref="IOException">The store cannot be reached.</exception>
    ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken);
}
