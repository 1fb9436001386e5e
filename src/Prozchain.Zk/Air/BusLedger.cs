using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>Adds up the multiplicities of each message on each bus.</summary>
internal sealed class BusLedger<TField> where TField : struct, IField<TField>
{
    private readonly Dictionary<(Bus Bus, Message Message), Entry> _entries = [];

    public void Post(Bus bus, BusDirection direction, TField multiplicity, ReadOnlySpan<TField> message, string table, int row)
    {
        if (multiplicity == TField.Zero) return;
        TField signed = direction == BusDirection.Send ? multiplicity : -multiplicity;
        (Bus, Message) key = (bus, new Message(message.ToArray()));
        _entries[key] = _entries.TryGetValue(key, out Entry entry) ? entry with { Sum = entry.Sum + signed } : new(signed, table, row);
    }

    /// <summary>The messages that do not balance, in the order in which they were first posted.</summary>
    public IEnumerable<TraceFault> Faults() => _entries.Where(entry => entry.Value.Sum != TField.Zero).Select(entry =>
        new TraceFault(TraceFaultKind.Bus, entry.Value.Table, entry.Value.Row, entry.Key.Bus.Name, $"{entry.Value.Sum}", $"{entry.Key.Message}"));

    private readonly record struct Entry(TField Sum, string Table, int Row);

    private readonly struct Message(TField[] elements) : IEquatable<Message>
    {
        private readonly TField[] _elements = elements;

        public bool Equals(Message other) => _elements.AsSpan().SequenceEqual(other._elements);

        public override bool Equals(object? obj) => obj is Message other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach (TField element in _elements) hash.Add(element);
            return hash.ToHashCode();
        }

        public override string ToString() => string.Join(", ", _elements);
    }
}
