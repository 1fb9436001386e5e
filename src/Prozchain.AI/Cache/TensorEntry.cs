using Prozchain.Shared;

namespace Prozchain.AI.Cache;

/// <summary>A value in a cache, or lent out by it. Guarded by the cache's lock, but for the value.</summary>
internal sealed class TensorEntry<TValue>(in Bytes32 id, TValue value, long size) : CacheEntry(id, size) where TValue : class, IDisposable
{
    public TValue Value => value;

    public int Leases { get; set; }

    public bool IsPinned { get; set; }
}
