namespace Prozchain.AI.Cache;

/// <summary>A queue linked through its entries, which also lets one leave from the middle.</summary>
internal sealed class EntryQueue
{
    private CacheEntry? _newest;

    public CacheEntry? Oldest { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes of all entries.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the entries that are held.</summary>
    public long HeldBytes { get; set; }

    public void Add(CacheEntry entry)
    {
        (entry.Queue, entry.Older, entry.Newer) = (this, _newest, null);
        if (_newest is null) Oldest = entry;
        else _newest.Newer = entry;
        _newest = entry;
        Account(entry, 1);
    }

    public void Remove(CacheEntry entry)
    {
        if (entry.Older is null) Oldest = entry.Newer;
        else entry.Older.Newer = entry.Newer;
        if (entry.Newer is null) _newest = entry.Older;
        else entry.Newer.Older = entry.Older;
        (entry.Queue, entry.Older, entry.Newer) = (null, null, null);
        Account(entry, -1);
    }

    private void Account(CacheEntry entry, int sign)
    {
        Count += sign;
        Bytes += sign * entry.Size;
        if (entry.IsHeld) HeldBytes += sign * entry.Size;
    }
}
