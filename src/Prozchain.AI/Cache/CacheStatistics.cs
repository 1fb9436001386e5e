namespace Prozchain.AI.Cache;

/// <summary>What a cache did since it was made, and what it holds.</summary>
/// <param name="Hits">Requests that found their value.</param>
/// <param name="Misses">Requests that did not, those that joined a load under way among them.</param>
/// <param name="Loads">Loads begun.</param>
/// <param name="Evictions">Values given up to make room.</param>
/// <param name="Count">Values held.</param>
/// <param name="Bytes">Their bytes: at most the capacity.</param>
/// <param name="HeldBytes">Bytes of those that are leased or pinned.</param>
/// <param name="OutsideBytes">Bytes of values that are leased but no longer, or never were, in the cache.</param>
public readonly record struct CacheStatistics(
    long Hits, long Misses, long Loads, long Evictions, int Count, long Bytes, long HeldBytes, long OutsideBytes);
