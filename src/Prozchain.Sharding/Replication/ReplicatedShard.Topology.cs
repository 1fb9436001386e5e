using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <content>
/// The shard takes in changes of the layout that the beacon has certified. With the one that is its own it ends: that
/// block is followed by a terminal one, which is empty and certifies it, and the run is over.
/// </content>
public sealed partial class ReplicatedShard<TTransition>
{
    /// <summary>True once the block in which the shard ends is final.</summary>
    public bool HasEnded => IsEnd(_tree.Tip);

    /// <summary>What the ended shard ever said of atomic transactions.</summary>
    internal TrieStore? Settled { get; private set; }

    /// <summary>Word of ended shards that waits for a block.</summary>
    internal Dictionary<SettlementName, Settlement> Settlements { get; } = [];

    /// <summary>What the shard would know of ended ones.</summary>
    internal IEnumerable<SettlementName> WantedSettlements => LastStep?.Wanted.Where(name => !Settlements.ContainsKey(name)) ?? [];

    /// <summary>The shard between two blocks, once it has ended; the replica has no use for it any more.</summary>
    internal ShardSlice<TTransition> Slice => new(Machine, (HeapTrieStore)Cells, State);

    /// <summary>What waits at an ended parent and is for this shard's keys comes over; the rest went to the other heir.</summary>
    internal void TakeOver(ReplicatedShard<TTransition> parent)
    {
        BlockContext block = Context(_tree.Tip, Height + 1, TimeMs, _options.Epoch);
        Pool.Inherit(parent.Pool, transaction => Machine.Declare(block, transaction.Span, out _) is not (TransactionFault.WrongShard or TransactionFault.ForeignCells), HoldsCellOf, request => HoldsCellOf(request.Cells));
        Inbound.Inherit(parent.Inbound);
        Remote.Inherit(parent.Remote);
    }

    private bool IsEnd(ExecutedNode node) => !node.State.Layout.IsLive(Machine.Shard.Id);

    private bool HoldsCellOf(AtomicTransaction transaction) => HoldsCellOf(transaction.Cells);

    private bool HoldsCellOf(ReadOnlySpan<DeclaredCell> cells)
    {
        foreach (DeclaredCell cell in cells)
            if (Machine.Shard.Contains(cell.Class, cell.Key)) return true;
        return false;
    }

    // What a block of that time is to take in.
    private List<TopologyChange> DueOn(ExecutedNode parent, long timeMs)
    {
        List<TopologyChange> due = [];
        ShardLayout layout = parent.State.Layout;
        while (_options.Topology?.Find(layout.Version + 1) is { } change && change.Fits(layout) && timeMs >= change.ActivationMs && layout.IsLive(Machine.Shard.Id))
        {
            due.Add(change);
            layout = change.ApplyTo(layout);
        }
        return due;
    }

    // A voter votes for changes that it knows itself to be certified.
    private BlockCheck CheckTopology(ShardBody body)
    {
        foreach (TopologyChange change in body.Topology)
        {
            if (_options.Topology is not { } directory) return BlockCheck.Invalid;
            if (directory.Find(change.Version) is not { } known) return BlockCheck.NotYet;
            if (known != change) return BlockCheck.Invalid;
        }
        return BlockCheck.Valid;
    }

    // A closing block, which is not handed over, may be what finalized the terminal one: its header then leads to the certificate.
    internal void CertifyRest(Func<ulong, FinalityProof?> proofOf)
    {
        for (int i = 0; i < _uncertified.Count; i++)
            if (_uncertifiedSteps[i] is { } step && proofOf(_uncertified[i].Height) is { } proof) Certified.Enqueue(new CertifiedStep(proof, step));
        _uncertified.Clear();
        _uncertifiedSteps.Clear();
    }

    // The terminal block: nothing happens in it.
    private ExecutedNode? Terminate(MicroBlock block, ExecutedNode parent, ShardBody body)
    {
        if (block.Header.Kind != MicroBlockKind.Terminal || block.Header.BodyLength > 0) return null;
        var step = new ShardStep(parent.State);
        var node = new ExecutedNode(block.Hash, block.Header.Height, block.Header.TimeMs, parent.State, parent)
        {
            ReceiptsRoot = step.ReceiptsRoot, WriteDigest = step.WriteDigest, Body = body, Step = step,
        };
        _tree.Add(node);
        return node;
    }

    private void TakeOverTopology(ShardBody body, ShardStep step)
    {
        foreach (ProvenReceipt ending in body.Endings)
        {
            Inbound.Hold(ending, applied: true);
            TakenIn.Enqueue(ending);
        }
        foreach (Settlement settlement in body.Settlements) Settlements.Remove(settlement.Name);
        if (step.Settled is { } settled) Settled = settled;
    }
}
