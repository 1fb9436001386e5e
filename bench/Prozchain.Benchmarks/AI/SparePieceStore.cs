using Prozchain.AI.Ports;

namespace Prozchain.Benchmarks.AI;

/// <summary>
/// A store in memory that has its memory already: what a piece leaves is taken for the next, so that what is measured is the vault and
/// one copy of its pieces, not the pages of a growing process. Can be told to keep nothing from now on, or to have lost what it has.
/// </summary>
internal sealed class SparePieceStore : IPieceStore
{
    private const int Step = 64 << 10;

    private readonly Dictionary<PieceKey, (byte[] Bytes, int Length)> _pieces = [];
    private readonly Stack<byte[]> _free = new();

    /// <summary>Whether puts are taken and forgotten.</summary>
    public bool Forgets { get; set; }

    /// <summary>Whether nothing is found.</summary>
    public bool IsLost { get; set; }

    public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (Forgets) return ValueTask.CompletedTask;
        byte[]? bytes;
        lock (_pieces) _free.TryPop(out bytes);
        if (bytes is null || bytes.Length < piece.Length) bytes = GC.AllocateUninitializedArray<byte>((piece.Length / Step + 1) * Step);
        piece.Span.CopyTo(bytes);
        lock (_pieces) _pieces[key] = (bytes, piece.Length);
        return ValueTask.CompletedTask;
    }

    public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (Find(key) is not { } piece) return ValueTask.FromResult<long?>(null);
        piece.AsSpan(0, Math.Min(piece.Count, destination.Length)).CopyTo(destination.Span);
        return ValueTask.FromResult<long?>(piece.Count);
    }

    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
    {
        lock (_pieces)
        {
            if (!_pieces.Remove(key, out (byte[] Bytes, int Length) piece)) return ValueTask.FromResult(false);
            _free.Push(piece.Bytes);
        }
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => ValueTask.FromResult(Find(key) is not null);

    private ArraySegment<byte>? Find(PieceKey key)
    {
        if (IsLost) return default(ArraySegment<byte>?);
        lock (_pieces) return _pieces.TryGetValue(key, out (byte[] Bytes, int Length) piece) ? new ArraySegment<byte>(piece.Bytes, 0, piece.Length) : default(ArraySegment<byte>?);
    }
}
