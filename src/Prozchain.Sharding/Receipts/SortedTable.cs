using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Sharding.Receipts;

/// <summary>A few entries by key, in order. Looking up and going through by index allocates nothing: the sorted collections of the runtime box a key that is a struct.</summary>
internal sealed class SortedTable<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : struct, IComparable<TKey>
{
    private readonly List<TKey> _keys = [];
    private readonly List<TValue> _values = [];

    public int Count => _keys.Count;

    public TKey KeyAt(int index) => _keys[index];

    public TValue ValueAt(int index) => _values[index];

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int at = IndexOf(key);
        value = at < 0 ? default : _values[at];
        return at >= 0;
    }

    /// <summary>Adds a key that is not there yet.</summary>
    public void Add(TKey key, TValue value)
    {
        int at = IndexOf(key);
        if (at >= 0) throw new ArgumentException($"Expected a key that is not there yet, got {key}.", nameof(key));
        _keys.Insert(~at, key);
        _values.Insert(~at, value);
    }

    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int at = IndexOf(key);
        if (at < 0) { value = default; return false; }
        value = _values[at];
        _keys.RemoveAt(at);
        _values.RemoveAt(at);
        return true;
    }

    public void Clear()
    {
        _keys.Clear();
        _values.Clear();
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return new(_keys[i], _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(TKey key)
    {
        int low = 0, high = _keys.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = _keys[middle].CompareTo(key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return ~low;
    }
}
