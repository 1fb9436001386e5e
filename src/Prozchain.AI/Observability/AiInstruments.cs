using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prozchain.AI.Observability;

/// <summary>Meter and activity source of this library: the names by which to listen, and what there is to hear. Durations are seconds.</summary>
public static class AiInstruments
{
    /// <summary>Name of the <see cref="Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "Prozchain.AI";

    /// <summary>Tag: how a request ended, by its name.</summary>
    public const string Kind = "prozchain.kind";

    private static readonly Meter s_meter = new(Name);

    /// <summary>Activities: inference, with an event for each step of the transaction.</summary>
    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Requests = s_meter.CreateCounter<long>("prozchain.ai.inference.requests", "{request}", "Requests of inference, by how they ended.");

    internal static readonly Histogram<double> RequestDuration = s_meter.CreateHistogram<double>("prozchain.ai.inference.duration", "s", "What a request took, from the call to its receipt.");

    internal static readonly Counter<long> CacheHits = s_meter.CreateCounter<long>("prozchain.ai.cache.hits", "{request}", "Requests that found their value in a cache.");

    internal static readonly Counter<long> CacheMisses = s_meter.CreateCounter<long>("prozchain.ai.cache.misses", "{request}", "Requests that did not, those that joined a load under way among them.");

    internal static readonly Counter<long> CacheEvictions = s_meter.CreateCounter<long>("prozchain.ai.cache.evictions", "{value}", "Values given up to make room.");

    internal static readonly UpDownCounter<long> CacheBytes = s_meter.CreateUpDownCounter<long>("prozchain.ai.cache.size", "By", "Bytes of the values that caches hold.");
}
