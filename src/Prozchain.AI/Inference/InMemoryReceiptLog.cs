using Prozchain.AI.Ports;

namespace Prozchain.AI.Inference;

/// <summary>A log within the process. Safe for concurrent use.</summary>
public sealed class InMemoryReceiptLog : IReceiptLog
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _receipts = [];

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
            _receipts.Add(receipt.ToArray());
            return ValueTask.FromResult(_receipts.Count - 1L);
        }
    }
}
