using System.Collections.Concurrent;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>Keeps pieces on the managed heap: for tests and small models. Nothing survives the process. Safe for concurrent use.</summary>
public sealed class InMemoryPieceStore : IPieceStore
{
    private readonly ConcurrentDictionary<PieceKey, byte[]> _pieces = new();

    /// <summary>Pieces held.</summary>
    public int Count => _pieces.Count;

    /// <inheritdoc/>
    public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] copy = GC.AllocateUninitializedArray<byte>(piece.Length);
        piece.Span.CopyTo(copy);
        _pieces[key] = copy;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_pieces.TryGetValue(key, out byte[]? piece)) return ValueTask.FromResult<long?>(null);
        piece.AsSpan(0, Math.Min(piece.Length, destination.Length)).CopyTo(destination.Span);
        return ValueTask.FromResult<long?>(piece.Length);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_pieces.TryRemove(key, out _));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_pieces.ContainsKey(key));
    }
}
