using Prozchain.AI.Ports;

namespace Prozchain.AI.Inference;

/// <summary>A log within the process, of so many receipts: what is full refuses, so that none is lost. Safe for concurrent use.</summary>
public sealed class InMemoryReceiptLog : IReceiptLog
{
    /// <summary>A log takes so many receipts in unless it is told otherwise: about 300 MB of them.</summary>
    public const int DefaultCapacity = 1 << 20;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _receipts = [];

    /// <summary>Makes an empty log.</summary>
    /// <param name="capacity">Most receipts; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public InMemoryReceiptLog(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Capacity = capacity;
    }

    /// <summary>Most receipts that it takes in.</summary>
    public int Capacity { get; }

    /// <summary>Receipts taken in.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _receipts.Count;
        }
    }

    /// <summary>A receipt's encoding.</summary>
    /// <param name="position">What <see cref="AppendAsync"/> gave.</param>
    public ReadOnlyMemory<byte> this[int position]
    {
        get
        {
            lock (_lock) return _receipts[position];
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> receipt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_receipts.Count == Capacity) return ValueTask.FromException<long>(new IOException($"Expected room for a receipt, got a log that holds {Capacity}."));
            _receipts.Add(receipt.ToArray());
            return ValueTask.FromResult(_receipts.Count - 1L);
        }
    }
}
