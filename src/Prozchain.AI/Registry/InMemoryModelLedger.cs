using Prozchain.AI.Ports;

namespace Prozchain.AI.Registry;

/// <summary>A ledger within the process, which trusts who appends. Safe for concurrent use.</summary>
/// <param name="slot">Gives the slot of an operation appended now; null counts positions. A slot below the one before is raised to it.</param>
public sealed class InMemoryModelLedger(Func<ulong>? slot = null) : IModelLedger
{
    private readonly Lock _lock = new();
    private readonly List<(ulong Slot, byte[] Operation)> _entries = [];

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ulong now = slot?.Invoke() ?? (ulong)_entries.Count;
            _entries.Add((_entries.Count == 0 ? now : Math.Max(now, _entries[^1].Slot), operation.ToArray()));
            return ValueTask.FromResult(_entries.Count - 1L);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LedgerEntry?> ReadAsync(long position, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        lock (_lock)
        {
            if (position >= _entries.Count) return ValueTask.FromResult<LedgerEntry?>(null);
            (ulong at, byte[] operation) = _entries[(int)position];
            operation.AsMemory(0, Math.Min(operation.Length, destination.Length)).CopyTo(destination);
            return ValueTask.FromResult<LedgerEntry?>(new LedgerEntry(at, operation.Length));
        }
    }
}
