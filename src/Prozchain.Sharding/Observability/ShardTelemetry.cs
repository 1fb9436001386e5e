using System.Diagnostics;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;
using static Prozchain.Sharding.Observability.ShardingInstruments;

namespace Prozchain.Sharding.Observability;

/// <summary>
/// Turns what a host of shards sees into <see cref="ShardingInstruments"/>: one object a host, told of each transaction
/// that is handed in and of each final block once. Time is the host's. Does nothing, and allocates nothing, while nobody listens.
/// </summary>
/// <remarks>
/// A transaction's trace id is the first half of its id, so that all shards and all processes give the same without a byte
/// on the wire. A receipt belongs to the trace of the transaction that sent it where this object saw the block that sent
/// it; else to a trace of its bundle, to which the sender's activity has a link. Remembers a bounded number of each. One caller at a time.
/// </remarks>
public sealed class ShardTelemetry
{
    private const int Kept = 1 << 16;
    private const long WindowMs = 1000;

    private readonly RecentTable<Digest, long> _submitted = new(Kept), _begun = new(Kept);
    private readonly RecentTable<(ShardId, ulong), long> _blockTimes = new(Kept);
    private readonly RecentTable<(ChannelId, ulong, int), Digest> _origins = new(Kept);
    private readonly Dictionary<ShardId, Window> _windows = [];

    /// <summary>A client has handed a transaction in.</summary>
    /// <param name="shard">The shard that takes it.</param>
    /// <param name="transaction">The transaction's bytes.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public void Submitted(ShardId shard, ReadOnlySpan<byte> transaction, long nowMs)
    {
        if (IsListening) Submitted(shard, TransactionPool.IdOf(transaction), nowMs);
    }

    /// <summary>A client has handed an atomic transaction in.</summary>
    /// <param name="shard">The shard that takes it first.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public void Submitted(ShardId shard, AtomicTransaction transaction, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (IsListening) Submitted(shard, transaction.Id, nowMs);
    }

    /// <summary>How much waits at a node.</summary>
    /// <param name="shard">Its shard.</param>
    /// <param name="transactions">Transactions.</param>
    /// <param name="receipts">Receipts of other shards.</param>
    /// <param name="unacknowledged">What others have not acknowledged.</param>
    public static void Waiting(ShardId shard, int transactions, int receipts, int unacknowledged)
    {
        if (!Queued.Enabled) return;
        Queued.Record(transactions, Tag(Shard, shard), new(Queue, "transactions"));
        Queued.Record(receipts, Tag(Shard, shard), new(Queue, "receipts"));
        Queued.Record(unacknowledged, Tag(Shard, shard), new(Queue, "unacknowledged"));
    }

    /// <summary>A block of a shard is final.</summary>
    /// <param name="block">The block.</param>
    /// <param name="step">What it gave.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public void Final(MicroBlock block, ShardStep step, long nowMs)
    {
        if (!IsListening) return;
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(step);
        if (ShardBody.TryRead(block.Body) is not { } body) return;
        MicroHeader header = block.Header;
        _blockTimes.Set((header.Shard, header.Height), header.TimeMs);
        Blocks.Add(1, Tag(Shard, header.Shard));
        Lag.Record(nowMs - header.TimeMs, Tag(Shard, header.Shard));
        Transactions.Add(step.Counters.Applied, Tag(Shard, header.Shard), new(Outcome, "applied"));
        Transactions.Add(body.Inner.TransactionCount - step.Counters.Applied, Tag(Shard, header.Shard), new(Outcome, "failed"));
        Measure(header, step.Counters.Applied);
        for (int i = 0; i < body.Inner.TransactionCount; i++) Executed(header, TransactionPool.IdOf(body.Inner.Transaction(i)), i, step, nowMs);
        Remember(body, step);
        for (int i = 0; i < body.Bundles.Count; i++)
            if (step.Bundles[i] == ChannelResult.Applied) TakenIn(header, body.Bundles[i].Bundle!, nowMs);
        foreach (AtomicTransaction transaction in body.Begun)
        {
            _begun.Set(transaction.Id, transaction.BeginMs);
            Record("begin", header, transaction.Id, transaction.BeginMs, nowMs);
        }
        foreach (SentReceipt sent in step.Sent)
            if (sent.Kind == ReceiptKind.Record && AtomicRecord.TryRead(sent.Encoding.Span, out AtomicRecord? record) == ReadResult.Ok) Certified(header, record!, nowMs);
    }

    internal static ActivityTraceId TraceIdOf(in Digest transaction) => ActivityTraceId.CreateFromBytes(transaction.Span[..16]);

    private static KeyValuePair<string, object?> Tag(string name, ShardId shard) => new(name, (long)shard.Value);

    private static ActivityContext ContextOf(in Digest id) => new(TraceIdOf(id), ActivitySpanId.CreateFromBytes(id.Span.Slice(16, 8)), ActivityTraceFlags.Recorded, isRemote: true);

    private static Digest BundleId(ChannelId channel, ulong sequence)
    {
        Span<byte> name = stackalloc byte[3 * sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(name, channel.Source.Value);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(name[8..], channel.Destination.Value);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(name[16..], sequence);
        return new Digest(Hashing.Domains.BundleTrace.Hash(name));
    }

    private void Submitted(ShardId shard, in Digest id, long nowMs)
    {
        if (!_submitted.TryAdd(id, nowMs)) return;
        using Activity? activity = Start("submit", ActivityKind.Producer, id, nowMs);
        activity?.SetTag(Shard, (long)shard.Value).SetEndTime(TimeOf(nowMs));
    }

    private void Measure(MicroHeader header, int applied)
    {
        if (!_windows.TryGetValue(header.Shard, out Window? window)) _windows.Add(header.Shard, window = new Window { FromMs = header.TimeMs });
        window.Applied += applied;
        if (header.TimeMs - window.FromMs < WindowMs) return;
        Throughput.Record(1000.0 * window.Applied / (header.TimeMs - window.FromMs), Tag(Shard, header.Shard));
        (window.FromMs, window.Applied) = (header.TimeMs, 0);
    }

    private void Executed(MicroHeader header, in Digest id, int index, ShardStep step, long nowMs)
    {
        byte status = step.Statuses.Span[index];
        bool isKnown = _submitted.TryGet(id, out long fromMs);
        if (isKnown) TransactionDuration.Record(nowMs - fromMs, Tag(Shard, header.Shard), new(Outcome, status == TransactionStatus.Applied ? "applied" : "failed"));
        if (!Activities.HasListeners()) return;
        var links = new List<ActivityLink>();
        foreach (ReceiptOrigin origin in step.Origins)
        {
            if (origin.Transaction == index && step.Sent.FirstOrDefault(sent => sent.Bundle?.Channel.Destination == origin.Destination)?.Bundle is { } bundle)
                links.Add(new ActivityLink(ContextOf(BundleId(bundle.Channel, bundle.Sequence))));
        }
        using Activity? activity = Start("execute", ActivityKind.Internal, id, isKnown ? fromMs : header.TimeMs, links);
        activity?.SetTag(Shard, (long)header.Shard.Value).SetTag(Height, (long)header.Height).SetTag(Outcome, (int)status).SetEndTime(TimeOf(nowMs));
    }

    // The receipts of a bundle lie in the order of those that sent them.
    private void Remember(ShardBody body, ShardStep step)
    {
        if (step.Origins.Length == 0) return;
        var places = new Dictionary<ShardId, int>();
        foreach (ReceiptOrigin origin in step.Origins)
        {
            int place = places.GetValueOrDefault(origin.Destination);
            places[origin.Destination] = place + 1;
            foreach (SentReceipt sent in step.Sent)
            {
                if (sent.Bundle is { } bundle && bundle.Channel.Destination == origin.Destination)
                    _origins.Set((bundle.Channel, bundle.Sequence, place), TransactionPool.IdOf(body.Inner.Transaction(origin.Transaction)));
            }
        }
    }

    private void TakenIn(MicroHeader header, ChannelBundle bundle, long nowMs)
    {
        bool isTimed = _blockTimes.TryGet((bundle.Channel.Source, bundle.SourceHeight), out long sentMs);
        for (int i = 0; i < bundle.Count; i++)
        {
            if (isTimed) ReceiptDuration.Record(nowMs - sentMs, Tag(Source, bundle.Channel.Source), Tag(Shard, header.Shard));
            bool hasOrigin = _origins.TryGet((bundle.Channel, bundle.Sequence, i), out Digest origin);
            if (hasOrigin && _submitted.TryGet(origin, out long fromMs)) CrossShardDuration.Record(nowMs - fromMs, Tag(Source, bundle.Channel.Source), Tag(Shard, header.Shard));
            using Activity? activity = Start("credit", ActivityKind.Consumer, hasOrigin ? origin : BundleId(bundle.Channel, bundle.Sequence), isTimed ? sentMs : header.TimeMs);
            activity?.SetTag(Source, (long)bundle.Channel.Source.Value).SetTag(Shard, (long)header.Shard.Value).SetTag(Height, (long)header.Height).SetEndTime(TimeOf(nowMs));
        }
    }

    private void Certified(MicroHeader header, AtomicRecord record, long nowMs)
    {
        if (record.Kind is not (AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.Decision)) return;
        if (_begun.TryGet(record.Transaction, out long fromMs))
            AtomicDuration.Record(nowMs - fromMs, Tag(Shard, header.Shard), new(Outcome, record.IsCommit ? "commit" : "abort"));
        Record(record.IsCommit ? "commit" : "abort", header, record.Transaction, header.TimeMs, nowMs);
    }

    private static void Record(string name, MicroHeader header, in Digest id, long fromMs, long nowMs)
    {
        using Activity? activity = Start(name, ActivityKind.Internal, id, fromMs);
        activity?.SetTag(Shard, (long)header.Shard.Value).SetTag(Height, (long)header.Height).SetEndTime(TimeOf(nowMs));
    }

    private static Activity? Start(string name, ActivityKind kind, in Digest id, long fromMs, List<ActivityLink>? links = null) =>
        Activities.HasListeners() ? Activities.StartActivity(name, kind, ContextOf(id), links: links, startTime: DateTimeOffset.FromUnixTimeMilliseconds(fromMs)) : null;

    private static DateTime TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;

    private sealed class Window
    {
        public long FromMs { get; set; }

        public long Applied { get; set; }
    }
}
