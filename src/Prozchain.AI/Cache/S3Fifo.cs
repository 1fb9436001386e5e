namespace Prozchain.AI.Cache;

/// <summary>
/// S3-FIFO (Yang and others, SOSP 2023) with sizes in bytes: what is new enters a small queue, a tenth of the budget; what was asked
/// for twice there goes on to the main queue, what was not leaves and is remembered for a while as a ghost; a ghost that is asked for
/// again enters the main queue at once. The main queue gives each entry as many further rounds as it had hits, three at most. So a
/// scan passes through the small queue only. Entries that are held are passed over. Guarded by the cache's lock.
/// </summary>
internal sealed class S3Fifo(long capacity)
{
    public const int MaxFrequency = 3;

    private readonly EntryQueue _small = new(), _main = new();
    private readonly GhostQueue _ghosts = new(capacity - capacity / 10);
    private readonly long _smallTarget = capacity / 10;

    public long Bytes => _small.Bytes + _main.Bytes;

    public long HeldBytes => _small.HeldBytes + _main.HeldBytes;

    public int Count => _small.Count + _main.Count;

    /// <summary>Counts a hit.</summary>
    public static void Touch(CacheEntry entry)
    {
        if (entry.Frequency < MaxFrequency) entry.Frequency++;
    }

    /// <summary>Says that an entry is, or is not, to be passed over.</summary>
    public static void Hold(CacheEntry entry, bool held)
    {
        if (entry.IsHeld == held) return;
        entry.IsHeld = held;
        if (entry.Queue is { } queue) queue.HeldBytes += held ? entry.Size : -entry.Size;
    }

    /// <summary>Takes an entry in and evicts what it displaces; false, and nothing evicted, when what is held leaves no room for it.</summary>
    public bool TryAdmit(CacheEntry entry, List<CacheEntry> evicted)
    {
        if (entry.Size > capacity - HeldBytes) return false;
        bool known = _ghosts.Remove(entry.Id);
        while (entry.Size > capacity - Bytes)
        {
            if (_small.Bytes > _smallTarget || _main.Bytes == _main.HeldBytes) EvictFromSmall(evicted);
            else EvictFromMain(evicted);
        }
        (known ? _main : _small).Add(entry);
        return true;
    }

    /// <summary>Takes an entry out, if it is in.</summary>
    public static void Remove(CacheEntry entry) => entry.Queue?.Remove(entry);

    // Moves what proved itself until one leaves or none is left; then the main queue has something to give up.
    private void EvictFromSmall(List<CacheEntry> evicted)
    {
        while (_small.Oldest is { } entry)
        {
            _small.Remove(entry);
            if (!entry.IsHeld && entry.Frequency <= 1)
            {
                _ghosts.Add(entry.Id, entry.Size);
                evicted.Add(entry);
                return;
            }
            entry.Frequency = 0;
            _main.Add(entry);
        }
    }

    // Called only when something in the main queue is not held, so it ends after four rounds at the most.
    private void EvictFromMain(List<CacheEntry> evicted)
    {
        while (true)
        {
            CacheEntry entry = _main.Oldest!;
            _main.Remove(entry);
            if (!entry.IsHeld && entry.Frequency == 0)
            {
                evicted.Add(entry);
                return;
            }
            if (!entry.IsHeld) entry.Frequency--;
            _main.Add(entry);
        }
    }
}
