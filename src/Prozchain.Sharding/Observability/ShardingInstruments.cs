using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prozchain.Sharding.Observability;

/// <summary>Meter and activity source of this library: the names by which to listen, and what there is to hear. Durations are milliseconds.</summary>
public static class ShardingInstruments
{
    /// <summary>Name of the <see cref="Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "Prozchain.Sharding";

    /// <summary>Tag: the shard, a number.</summary>
    public const string Shard = "prozchain.shard";

    /// <summary>Tag: the shard that a receipt came from.</summary>
    public const string Source = "prozchain.source";

    /// <summary>Tag: how it ended.</summary>
    public const string Outcome = "prozchain.outcome";

    /// <summary>Tag: what waits.</summary>
    public const string Queue = "prozchain.queue";

    /// <summary>Tag of activities: the block's height.</summary>
    public const string Height = "prozchain.height";

    private static readonly Meter s_meter = new(Name);

    /// <summary>Activities: submit, execute, credit, certify, in the trace of their transaction.</summary>
    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Blocks = s_meter.CreateCounter<long>("prozchain.sharding.blocks", "{block}", "Final blocks.");

    internal static readonly Counter<long> Transactions = s_meter.CreateCounter<long>("prozchain.sharding.transactions", "{transaction}", "Transactions in final blocks, by outcome: applied or failed.");

    internal static readonly Gauge<double> Throughput = s_meter.CreateGauge<double>("prozchain.sharding.throughput", "{transaction}/s", "Transactions applied a second, over the last second or longer, by the blocks' time.");

    internal static readonly Gauge<long> Queued = s_meter.CreateGauge<long>("prozchain.sharding.queue", "{item}", "What waits at a node: transactions, receipts of other shards, and what others have not acknowledged.");

    internal static readonly Histogram<double> Lag = s_meter.CreateHistogram<double>("prozchain.sharding.lag", "ms", "From a block's time to its finality here.");

    internal static readonly Histogram<double> TransactionDuration = s_meter.CreateHistogram<double>("prozchain.sharding.transaction.duration", "ms", "From a transaction's submission here to its final block.");

    internal static readonly Histogram<double> CrossShardDuration = s_meter.CreateHistogram<double>("prozchain.sharding.cross_shard.duration", "ms", "From a transaction's submission here to the final block of another shard that takes its receipt in.");

    internal static readonly Histogram<double> ReceiptDuration = s_meter.CreateHistogram<double>("prozchain.sharding.receipt.duration", "ms", "From the time of the block that sent a receipt to the finality of the block that takes it in.");

    internal static readonly Histogram<double> AtomicDuration = s_meter.CreateHistogram<double>("prozchain.sharding.atomic.duration", "ms", "From the beginning of an atomic transaction to a shard's final word on it: commit or abort.");

    /// <summary>True if somebody listens to a part of it.</summary>
    internal static bool IsListening => IsTracing || Blocks.Enabled || Transactions.Enabled || Throughput.Enabled || Queued.Enabled || Lag.Enabled
        || TransactionDuration.Enabled || CrossShardDuration.Enabled || ReceiptDuration.Enabled || AtomicDuration.Enabled;

    /// <summary>True if somebody must be told which transaction a receipt came from.</summary>
    internal static bool IsFollowing => IsTracing || CrossShardDuration.Enabled;

    private static bool IsTracing => Activities.HasListeners();
}
