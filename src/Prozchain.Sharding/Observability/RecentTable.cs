using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Sharding.Observability;

/// <summary>A dictionary of the entries added last: beyond its bound the oldest goes.</summary>
internal sealed class RecentTable<TKey, TValue>(int capacity) where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly Queue<TKey> _order = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    /// <summary>False if it is there already.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        if (!_entries.TryAdd(key, value)) return false;
        _order.Enqueue(key);
        if (_order.Count > capacity) _entries.Remove(_order.Dequeue());
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (!TryAdd(key, value)) _entries[key] = value;
    }
}
