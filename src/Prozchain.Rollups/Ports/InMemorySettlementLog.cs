using System.Buffers;

namespace Prozchain.Rollups.Ports;

/// <summary>An <see cref="ISettlementLog"/> within one process. Its owner moves the height on. Thread-safe.</summary>
public sealed class InMemorySettlementLog : ISettlementLog
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private long _height;

    /// <summary>The height that the next call will get; starts at 0.</summary>
    public long Height
    {
        get { lock (_gate) return _height; }
    }

    /// <summary>Moves the height on by a number of blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    public void Advance(long blocks = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        lock (_gate) _height = checked(_height + blocks);
    }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _entries.Add(new Entry(call.ToArray(), _height));
            return ValueTask.FromResult(_entries.Count - 1L);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> ReadAsync(long position, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Entry entry;
        lock (_gate)
        {
            if (position < 0 || position >= _entries.Count)
                throw new ArgumentOutOfRangeException(nameof(position), position, $"Expected a position below {_entries.Count}.");
            entry = _entries[(int)position];
        }
        destination.Write(entry.Call);
        return ValueTask.FromResult(entry.Height);
    }

    /// <inheritdoc/>
    public ValueTask<SettlementHead> GetHeadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate) return ValueTask.FromResult(new SettlementHead(_entries.Count, _height));
    }

    private readonly record struct Entry(byte[] Call, long Height);
}
