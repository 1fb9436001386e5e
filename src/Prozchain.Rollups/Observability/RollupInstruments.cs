using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Observability;

/// <summary>Meter and activity source of this library: the names by which to listen, and what there is to hear. Durations are seconds.</summary>
public static class RollupInstruments
{
    /// <summary>Name of the <see cref="System.Diagnostics.Metrics.Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "Prozchain.Rollups";

    /// <summary>Tag: what was found, done or waited for, by its name.</summary>
    public const string Kind = "prozchain.kind";

    /// <summary>Tag of activities: the batch's number.</summary>
    public const string Batch = "prozchain.batch";

    private static readonly System.Diagnostics.Metrics.Meter s_meter = new(Name);

    /// <summary>Activities: sequencer.post, derivation.batch, proof, watchtower.look.</summary>
    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Sequenced = s_meter.CreateCounter<long>("prozchain.rollups.sequencer.transactions", "{transaction}", "Transactions in batches that the sequencer closed.");

    internal static readonly Counter<long> Closed = s_meter.CreateCounter<long>("prozchain.rollups.sequencer.batches", "{batch}", "Batches that the sequencer closed.");

    internal static readonly Counter<long> Posted = s_meter.CreateCounter<long>("prozchain.rollups.posted.batches", "{batch}", "Batches that the settlement layer took.");

    internal static readonly Counter<long> PostedBytes = s_meter.CreateCounter<long>("prozchain.rollups.posted.size", "By", "Bytes of the sources of those batches.");

    internal static readonly Counter<long> Refused = s_meter.CreateCounter<long>("prozchain.rollups.posted.refusals", "{batch}", "Batches that the settlement layer would not take.");

    internal static readonly Counter<long> Derived = s_meter.CreateCounter<long>("prozchain.rollups.derived.batches", "{batch}", "Batches derived, by their verdict.");

    internal static readonly Counter<long> DerivedTransactions = s_meter.CreateCounter<long>("prozchain.rollups.derived.transactions", "{transaction}", "Transactions of derived batches, forced items not among them.");

    internal static readonly Counter<long> Waits = s_meter.CreateCounter<long>("prozchain.rollups.derivation.waits", "{look}", "Looks that ended before a batch that cannot be derived now, by why.");

    internal static readonly Counter<long> Sends = s_meter.CreateCounter<long>("prozchain.rollups.settlement.calls", "{call}", "Calls that who runs a rollup sent to its contracts, by function.");

    internal static readonly Histogram<double> ProofDuration = s_meter.CreateHistogram<double>("prozchain.rollups.proof.duration", "s", "What a proof took to make.");

    internal static readonly Counter<long> Attempts = s_meter.CreateCounter<long>("prozchain.rollups.l1.attempts", "{transaction}", "Transactions signed for the settlement layer, replacements of stuck ones among them.");

    internal static readonly Counter<long> Alarms = s_meter.CreateCounter<long>("prozchain.rollups.watchtower.alarms", "{alarm}", "Alarms raised, by kind, one for each look that finds the same.");

    internal static readonly Counter<long> Looks = s_meter.CreateCounter<long>("prozchain.rollups.watchtower.looks", "{look}", "Looks at the settlement layer.");

    /// <summary>Counts one of a kind.</summary>
    internal static void AddOne<TKind>(this Counter<long> counter, TKind kind)
    {
        if (counter.Enabled) counter.Add(1, new KeyValuePair<string, object?>(Kind, kind!.ToString()));
    }

    /// <summary>Makes a proof, and tells how long that took.</summary>
    internal static async ValueTask<ReadOnlyMemory<byte>> ProveTimedAsync(this IProofSystem system, ProofStatement statement, CancellationToken cancellationToken)
    {
        using Activity? activity = Activities.StartActivity("proof");
        long start = TimeProvider.System.GetTimestamp();
        ReadOnlyMemory<byte> proof = await system.ProveAsync(statement, null, cancellationToken).ConfigureAwait(false);
        ProofDuration.Record(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        return proof;
    }
}
