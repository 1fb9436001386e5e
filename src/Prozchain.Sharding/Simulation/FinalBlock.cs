using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <summary>A final block of a shard and what it gave.</summary>
public sealed class FinalBlock
{
    private readonly List<ShardReceipt> _sent = [], _takenIn = [];

    internal FinalBlock(MicroBlock block, ShardBody body, ShardStep step, long nowMs)
    {
        (Block, Body, Step, NowMs) = (block, body, step, nowMs);
        for (int i = 0; i < body.Bundles.Count; i++)
            if (step.Bundles[i] == ChannelResult.Applied) Read(body.Bundles[i].Bundle!, _takenIn);
        foreach (SentReceipt sent in step.Sent)
        {
            if (sent.Kind != ReceiptKind.Bundle || ChannelBundle.TryRead(sent.Encoding.Span, out ChannelBundle? bundle) != ReadResult.Ok) continue;
            SentBundles.Add(bundle!);
            Read(bundle!, _sent);
        }
    }

    /// <summary>The shard.</summary>
    public ShardId Shard => Block.Header.Shard;

    /// <summary>The block's height, from 1.</summary>
    public ulong Height => Block.Header.Height;

    /// <summary>The block's time, Unix milliseconds.</summary>
    public long TimeMs => Block.Header.TimeMs;

    /// <summary>When it was final at the first node, Unix milliseconds.</summary>
    public long NowMs { get; }

    /// <summary>Number of transactions.</summary>
    public int TransactionCount => Body.Inner.TransactionCount;

    /// <summary>The cells that it wrote, ascending by key.</summary>
    public ReadOnlyMemory<StateWrite> Writes => Step.Writes;

    /// <summary>Receipts that it sent.</summary>
    public IReadOnlyList<ShardReceipt> Sent => _sent;

    /// <summary>Receipts of other shards that it took in.</summary>
    public IReadOnlyList<ShardReceipt> TakenIn => _takenIn;

    /// <summary>What it cost.</summary>
    public BlockCounters Counters => Step.Counters;

    internal MicroBlock Block { get; }

    internal ShardBody Body { get; }

    internal ShardStep Step { get; }

    internal List<ChannelBundle> SentBundles { get; } = [];

    /// <summary>The bytes of a transaction.</summary>
    /// <param name="index">Its place in the block.</param>
    public ReadOnlySpan<byte> Transaction(int index) => Body.Inner.Transaction(index);

    /// <summary>What became of a transaction: a <see cref="TransactionStatus"/>.</summary>
    /// <param name="index">Its place in the block.</param>
    public byte Status(int index) => Step.Statuses.Span[index];

    private static void Read(ChannelBundle bundle, List<ShardReceipt> into)
    {
        var receipts = new ReceiptList(bundle.Messages.Span);
        for (int i = 0; receipts.MoveNext(); i++) into.Add(new ShardReceipt(bundle.Channel, bundle.Sequence, i, receipts.Cell, receipts.Payload.ToArray()));
    }
}
