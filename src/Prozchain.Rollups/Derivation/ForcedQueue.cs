namespace Prozchain.Rollups.Derivation;

/// <summary>Items of the forced queue that may still be needed.</summary>
internal sealed class ForcedQueue
{
    private readonly List<ForcedItem> _items = [];
    private ulong _start;

    /// <summary>Items queued so far.</summary>
    public ulong End => _start + (ulong)_items.Count;

    public void Add(in ForcedItem item)
    {
        if (item.Index != End) throw new ArgumentException($"Expected item {End}, got {item.Index}.", nameof(item));
        _items.Add(item);
    }

    /// <summary>Items from an index on, in order.</summary>
    public IEnumerable<ForcedItem> From(ulong index) => _items.Skip((int)(index - _start));

    /// <summary>Drops those of later blocks.</summary>
    public void Rewind(ulong block) => _items.RemoveAll(item => item.Block > block);

    /// <summary>Those before an index are not asked for again.</summary>
    public void Forget(ulong index)
    {
        _items.RemoveRange(0, (int)(index - _start));
        _start = index;
    }
}
