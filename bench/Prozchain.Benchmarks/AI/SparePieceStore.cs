using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.Benchmarks.AI;

/// <summary>A store in memory that can be told to keep nothing from now on, or to have lost what it has: what a vault costs without its disks.</summary>
internal sealed class SparePieceStore : IPieceStore
{
    private readonly InMemoryPieceStore _pieces = new();

    /// <summary>Whether puts are taken and forgotten.</summary>
    public bool Forgets { get; set; }

    /// <summary>Whether nothing is found.</summary>
    public bool IsLost { get; set; }

    public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
        Forgets ? ValueTask.CompletedTask : _pieces.PutAsync(key, piece, cancellationToken);

    public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken) =>
        IsLost ? ValueTask.FromResult<long?>(null) : _pieces.GetAsync(key, destination, cancellationToken);

    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken) => _pieces.DeleteAsync(key, cancellationToken);

    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) =>
        IsLost ? ValueTask.FromResult(false) : _pieces.ExistsAsync(key, cancellationToken);
}
