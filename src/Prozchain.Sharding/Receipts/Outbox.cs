using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>Sent bundles until their destination has applied them: what a sender resends from, and the value in flight.</summary>
internal sealed class Outbox
{
    private readonly SortedDictionary<ShardId, Queue<ProvenBundle>> _sent = [];

    /// <summary>Sum of all amounts in flight.</summary>
    public UInt128 Value { get; private set; }

    public void Add(in ProvenBundle proven)
    {
        if (!_sent.TryGetValue(proven.Bundle.Destination, out Queue<ProvenBundle>? queue)) _sent.Add(proven.Bundle.Destination, queue = []);
        queue.Enqueue(proven);
        Value += proven.Bundle.TotalAmount();
    }

    /// <summary>The destination applied everything up to this sequence. Returns the number of receipts that are done.</summary>
    public int Acknowledge(ShardId destination, ulong watermark)
    {
        int receipts = 0;
        if (!_sent.TryGetValue(destination, out Queue<ProvenBundle>? queue)) return 0;
        while (queue.TryPeek(out ProvenBundle proven) && proven.Bundle.Sequence <= watermark)
        {
            queue.Dequeue();
            Value -= proven.Bundle.TotalAmount();
            receipts += proven.Bundle.Receipts.Count;
        }
        if (queue.Count == 0) _sent.Remove(destination);
        return receipts;
    }

    /// <summary>Everything in flight to a destination, oldest first.</summary>
    public IEnumerable<ProvenBundle> InFlight(ShardId destination) => _sent.TryGetValue(destination, out Queue<ProvenBundle>? queue) ? queue : [];

    /// <summary>Everything in flight.</summary>
    public IEnumerable<ProvenBundle> InFlight() => _sent.Values.SelectMany(queue => queue);
}
