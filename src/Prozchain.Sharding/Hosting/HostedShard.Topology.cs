using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Hosting;

/// <content>The end of a shard, and what its heirs take over; between two rounds.</content>
internal sealed partial class HostedShard<TTransition>
{
    /// <summary>True once a block has taken in the change with which the shard ends.</summary>
    public bool HasEnded => !State.Layout.IsLive(Info.Id);

    /// <summary>The change that the last block took in.</summary>
    public TopologyChange? Adopted => _body.Topology.Count > 0 ? _body.Topology[^1] : null;

    /// <summary>What the ended shard ever said of atomic transactions.</summary>
    public TrieStore? Settled { get; private set; }

    /// <summary>What ended shards say to what this one wants to know, for its next block.</summary>
    public IReadOnlyList<Settlement> Answers { get; set; } = [];

    /// <summary>True until an heir's first block: what it goes on from is named in place of its own header.</summary>
    public bool IsHeirsStart => Tip.View == 0 && Tip.Height > 0;

    private ShardSlice<TTransition> Slice => new(Machine, Cells, State);

    private OrderingAnchor Anchor => new(Tip.Hash, Tip.Height, Tip.TimeMs);

    /// <summary>What the shard wants to know of ended ones.</summary>
    public IReadOnlyList<SettlementName> Wanted() => Machine.WantedAt(State);

    /// <summary>The two that take this ended shard's place; it is given up.</summary>
    public HostedShard<TTransition>[] Split(InProcessOptions options, int bodyBytes)
    {
        OrderingAnchor from = Anchor;
        (ShardSlice<TTransition> left, ShardSlice<TTransition> right) = ShardMachine<TTransition>.Split(Slice);
        HostedShard<TTransition>[] heirs = [new(left, from, options, bodyBytes), new(right, from, options, bodyBytes)];
        foreach (HostedShard<TTransition> heir in heirs) heir.Hear(this);
        heirs[0]._lost = Queue.MoveTo((sender, transaction) => heirs.FirstOrDefault(heir => sender.IsZero ? heir.Takes(transaction) : heir.Info.Contains(sender))?.Queue);
        return heirs;
    }

    /// <summary>The one that takes the place of two ended siblings, which are given up; null if their cells do not fit into one.</summary>
    public static HostedShard<TTransition>? Merge(HostedShard<TTransition> left, HostedShard<TTransition> right, InProcessOptions options, int bodyBytes)
    {
        var from = new OrderingAnchor(new Digest(Domains.Merge.Hash(left.Tip.Hash.Bytes, right.Tip.Hash.Bytes)), Math.Max(left.Tip.Height, right.Tip.Height), Math.Max(left.Tip.TimeMs, right.Tip.TimeMs));
        if (ShardMachine<TTransition>.TryMerge(left.Slice, right.Slice, out ShardSlice<TTransition> slice) != StageResult.Ok) return null;
        var whole = new HostedShard<TTransition>(slice, from, options, bodyBytes);
        foreach (HostedShard<TTransition> parent in (HostedShard<TTransition>[])[left, right])
        {
            whole.Hear(parent);
            whole._lost += parent.Queue.MoveTo((_, _) => whole.Queue);
        }
        return whole;
    }

    /// <summary>True if two states may be merged within the bound of one, whatever an end still writes.</summary>
    public bool HasRoomFor(HostedShard<TTransition> sibling) => Cells.UsedBytes + sibling.Cells.UsedBytes + Cells.MaxBytes / 16 <= Cells.MaxBytes;

    // A grant is for the ended shard alone; what it heard twice with its sibling is heard once.
    private void Hear(HostedShard<TTransition> parent)
    {
        foreach (ReceiptLine.Waiting item in parent.Line.Items)
            if (item.Receipt.Kind != ReceiptKind.Notice || item.Receipt.Notice.Kind != ChannelNoticeKind.Grant) Line.AddOnce(item);
        foreach (AtomicTransaction transaction in parent._atomic)
            if (!_atomic.Contains(transaction) && HoldsCellOf(transaction.Cells)) _atomic.Add(transaction);
        foreach (LockRequest attempt in parent._attempts)
            if (HoldsCellOf(attempt.Cells) && IsNext(attempt)) Add(attempt);
    }

    private bool HoldsCellOf(ReadOnlySpan<DeclaredCell> cells)
    {
        foreach (DeclaredCell cell in cells)
            if (Info.Contains(cell.Class, cell.Key)) return true;
        return false;
    }

    private bool Takes(ReadOnlyMemory<byte> transaction) =>
        Machine.Declare(Context(Tip.Height + 1, Tip.TimeMs, Run.Epoch), transaction.Span, out _) == Execution.TransactionFault.None;
}
