using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prozchain.AI.Observability;

/// <summary>Meter and activity source of this library: the names by which to listen, and what there is to hear. Durations are seconds.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>instrument</term><description>what it measures; tags</description></listheader>
/// <item><term>prozchain.ai.inference.requests</term><description>counter: calls of an inference service; <see cref="Kind"/>: an <see cref="Inference.InferenceStatus"/>, Cancelled or Faulted</description></item>
/// <item><term>prozchain.ai.inference.duration</term><description>histogram, s: a call, however it ended; <see cref="Kind"/> as above</description></item>
/// <item><term>prozchain.ai.compute.requests</term><description>counter: requests of a pool; <see cref="Kind"/>: a <see cref="Compute.ComputeStatus"/>, Cancelled, Faulted, or of those refused the <see cref="Compute.AdmissionStatus"/></description></item>
/// <item><term>prozchain.ai.compute.active</term><description>up-down counter: requests that have a slot</description></item>
/// <item><term>prozchain.ai.compute.wait</term><description>histogram, s: from a request's call to its first step</description></item>
/// <item><term>prozchain.ai.compute.batch.size</term><description>histogram: requests that took a step together</description></item>
/// <item><term>prozchain.ai.compute.batch.duration</term><description>histogram, s: the step of a batch</description></item>
/// <item><term>prozchain.ai.cache.hits, .misses, .evictions, .size</term><description>counters of tensor caches; bytes kept</description></item>
/// </list>
/// The activity "inference" has an event for each <see cref="Inference.InferenceStage"/> that ended, and <see cref="Kind"/>.
/// </remarks>
public static class AiInstruments
{
    /// <summary>Name of the <see cref="Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "Prozchain.AI";

    /// <summary>Tag: how a request ended, by its name.</summary>
    public const string Kind = "prozchain.kind";

    internal const string Cancelled = "Cancelled", Faulted = "Faulted";

    private static readonly Meter s_meter = new(Name);

    /// <summary>Activities: inference, with an event for each step of the transaction.</summary>
    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Requests = s_meter.CreateCounter<long>("prozchain.ai.inference.requests", "{request}", "Requests of inference, by how they ended.");

    internal static readonly Histogram<double> RequestDuration = s_meter.CreateHistogram<double>("prozchain.ai.inference.duration", "s", "What a call took, however it ended.");

    internal static readonly Counter<long> ComputeRequests = s_meter.CreateCounter<long>("prozchain.ai.compute.requests", "{request}", "Requests of compute pools, by how they ended or why they were refused.");

    internal static readonly UpDownCounter<long> ComputeActive = s_meter.CreateUpDownCounter<long>("prozchain.ai.compute.active", "{request}", "Requests that have a slot: they wait or run.");

    internal static readonly Histogram<double> ComputeWait = s_meter.CreateHistogram<double>("prozchain.ai.compute.wait", "s", "From a request's call to its first step, or to its end if it took none.");

    internal static readonly Histogram<int> BatchSize = s_meter.CreateHistogram<int>("prozchain.ai.compute.batch.size", "{request}", "Requests that took a step together.");

    internal static readonly Histogram<double> BatchDuration = s_meter.CreateHistogram<double>("prozchain.ai.compute.batch.duration", "s", "What the step of a batch took.");

    internal static readonly Counter<long> CacheHits = s_meter.CreateCounter<long>("prozchain.ai.cache.hits", "{request}", "Requests that found their value in a cache.");

    internal static readonly Counter<long> CacheMisses = s_meter.CreateCounter<long>("prozchain.ai.cache.misses", "{request}", "Requests that did not, those that joined a load under way among them.");

    internal static readonly Counter<long> CacheEvictions = s_meter.CreateCounter<long>("prozchain.ai.cache.evictions", "{value}", "Values given up to make room.");

    internal static readonly UpDownCounter<long> CacheBytes = s_meter.CreateUpDownCounter<long>("prozchain.ai.cache.size", "By", "Bytes of the values that caches hold.");

    // Names that are there already: a flood of refusals allocates nothing.
    internal static void Count<T>(Counter<long> counter, T kind) where T : struct, Enum => Count(counter, Enum.GetName(kind)!);

    internal static void Count(Counter<long> counter, string kind) => counter.Add(1, new KeyValuePair<string, object?>(Kind, kind));
}
