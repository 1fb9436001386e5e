using Prozchain.Shared;

namespace Prozchain.AI.Cache;

/// <summary>What the policy knows of a value, and its place in a queue. Guarded by the cache's lock.</summary>
internal class CacheEntry(in Bytes32 id, long size)
{
    public Bytes32 Id { get; } = id;

    public long Size => size;

    /// <summary>Hits since it came into its queue, at most <see cref="S3Fifo.MaxFrequency"/>.</summary>
    public int Frequency { get; set; }

    /// <summary>In use or pinned: not to be evicted.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The queue that it stands in, or null.</summary>
    public EntryQueue? Queue { get; set; }

    public CacheEntry? Newer { get; set; }

    public CacheEntry? Older { get; set; }
}
