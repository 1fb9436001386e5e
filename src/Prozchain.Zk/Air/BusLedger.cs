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

    /// <summary>Adds what another ledger has on some buses, as of a proof's number in a list.</summary>
    public void Add(BusLedger<TField> other, SharedBuses buses, int proof)
    {
        foreach (((Bus Bus, Message Message) key, Entry added) in other._entries)
        {
            if (!buses.Has(key.Bus)) continue;
            _entries[key] = _entries.TryGetValue(key, out Entry entry) ? entry with { Sum = entry.Sum + added.Sum } : added with { Table = InProof(added.Table, proof) };
        }
    }

    /// <summary>Names a table of a proof of a list.</summary>
    public static string InProof(string table, int proof) => $"proof {proof}, {table}";

    /// <summary>The messages that do not balance, but for those on some buses, in the order in which they were first posted.</summary>
    public IEnumerable<TraceFault> Faults(SharedBuses? except = null) => _entries.Where(entry => entry.Value.Sum != TField.Zero && except?.Has(entry.Key.Bus) != true).Select(entry =>
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
