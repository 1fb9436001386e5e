using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <content>From one run to the next.</content>
public sealed partial class ReplicatedShard<TTransition> where TTransition : IShardTransition
{
    /// <summary>
    /// True once the beacon says that the run's epoch is over: the next block that this node proposes is the run's last, and it
    /// votes for such a block.
    /// </summary>
    public bool MayEnd { get; set; }

    private bool IsOver => IsFaulted || _isRetired;

    private bool _isRetired;

    /// <summary>The last final block.</summary>
    internal OrderingAnchor Tip => new(_tree.Tip.Hash, _tree.Tip.Height, _tree.Tip.TimeMs);

    /// <summary>The last final blocks and what undoes them.</summary>
    internal ShardHistory History { get; }

    /// <summary>The replica of the next run, on the last final block. It takes over cells, pool and queues; this one says nothing more.</summary>
    internal ReplicatedShard<TTransition> Next(ulong epoch)
    {
        ExecutedNode tip = _tree.Tip;
        _isRetired = true;
        return new ReplicatedShard<TTransition>(Machine, new ReplicaOptions
        {
            Anchor = Tip, Epoch = epoch, Cells = Cells, State = tip.State, ReceiptsRoot = tip.ReceiptsRoot, WriteDigest = tip.WriteDigest, LastStep = tip.Step,
            Verifier = _options.Verifier, Committees = _options.Committees, Topology = _options.Topology?.At(epoch), MaxWaiting = _options.MaxWaiting, MaxWaitingBytes = _options.MaxWaitingBytes,
        }, this) { Observer = Observer };
    }

    /// <summary>Takes over the next block of a chain whose finality is known otherwise.</summary>
    /// <returns>False if it does not follow, or cannot be executed.</returns>
    internal bool TryApply(MicroBlock block)
    {
        ExecutedNode tip = _tree.Tip;
        MicroHeader header = block.Header;
        if (header.Parent != tip.Hash || header.Height != tip.Height + 1 || header.Kind == MicroBlockKind.Closing || header.Shard != Machine.Shard.Id
            || header.ReceiptsRoot != tip.ReceiptsRoot || header.WriteDigest != tip.WriteDigest
            || ShardBody.TryRead(block.Body) is not { } body || Execute(block, tip, body) is not { } node || !TryFinalize(block, node, isAttested: false)) return false;
        TakeOver(body, node.Step!);
        TakenIn.Clear();
        Observer?.Invoke(block, node.Step!);
        return true;
    }

    /// <summary>True for a verdict on a transaction that this shard does not hold open and can no longer order: it need not be told again.</summary>
    internal bool IsPast(ProvenReceipt receipt, AtomicTransaction? about) =>
        receipt.Record is { Kind: AtomicRecordKind.ExecutionCertificate } record && about is not null && about.Id == record.Transaction && about.DeadlineMs <= TimeMs
        && !Machine.CanTake(State, record)
        || receipt.Record is { Kind: AtomicRecordKind.Provision, Attempt.Number: > 0 } value
        && (about is not null && about.Id == value.Transaction && about.DeadlineMs <= TimeMs || Machine.StageOf(State, value.Transaction, value.Attempt) == LockStage.Past);

    /// <summary>The beacon froze a shard's committees: what they said above a height is forgotten.</summary>
    internal void Freeze(ShardId shard, ulong epoch, ulong height)
    {
        Remote.Freeze(shard, epoch, height);
        Inbound.Freeze(shard, epoch, height);
    }
}
