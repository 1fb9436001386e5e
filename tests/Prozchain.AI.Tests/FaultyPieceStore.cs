using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests;

/// <summary>A store in memory that does what a test tells it to, through hooks that may throw or alter.</summary>
internal sealed class FaultyPieceStore : IPieceStore
{
    private readonly InMemoryPieceStore _inner = new();

    public Action<PieceKey>? OnPut { get; set; }
    public Action<PieceKey>? OnGet { get; set; }
    public Action<PieceKey>? OnDelete { get; set; }
    public Action<PieceKey>? OnExists { get; set; }
    public int Count => _inner.Count;

    public async ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        OnPut?.Invoke(key);
        await _inner.PutAsync(key, piece, cancellationToken);
    }

    public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
    {
        OnGet?.Invoke(key);
        return _inner.GetAsync(key, destination, cancellationToken);
    }

    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
    {
        OnDelete?.Invoke(key);
        return _inner.DeleteAsync(key, cancellationToken);
    }

    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken)
    {
        OnExists?.Invoke(key);
        return _inner.ExistsAsync(key, cancellationToken);
    }

    /// <summary>Replaces what a key holds by a function of it.</summary>
    public async Task AlterAsync(PieceKey key, Func<byte[], byte[]> change)
    {
        var frame = new byte[1 << 20];
        long length = (await _inner.GetAsync(key, frame, default))!.Value;
        await _inner.PutAsync(key, change(frame[..(int)length]), default);
    }
}
