using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <content>What a state says, besides its cells.</content>
public sealed partial class ShardMachine<TTransition>
{
    /// <summary>True if a record has something to apply to after a block: its transaction is known.</summary>
    internal bool CanTake(MachineState at, AtomicRecord record) => ReadAt(at).Atomic.CanTake(record);

    /// <summary>How far an attempt of a transaction with locks has come by a block.</summary>
    internal LockStage StageOf(MachineState at, in Digest transaction, Attempt attempt) => ReadAt(at).Atomic.StageOf(transaction, attempt);

    /// <summary>What became of an atomic transaction by a block.</summary>
    internal AtomicOutcome OutcomeOf(MachineState at, in Digest transaction) => ReadAt(at).Atomic.OutcomeOf(transaction);

    /// <summary>Visits the receipts that wait for claimed cells after a block.</summary>
    internal void VisitDeferred(MachineState at, CellVisitor visitor) => ReadAt(at).Incoming.VisitDeferred(visitor);

    /// <summary>True if some value that a shard sent up to a height counts against a cap here: an attestation would release it.</summary>
    internal bool HasUnattested(MachineState at, ShardId producer, ulong height)
    {
        ShardParts parts = ReadAt(at);
        return parts.Outgoing.HasUnattested(producer, height) || parts.Incoming.HasUnattested(producer, height);
    }

    /// <summary>False if the bytes of a state are none that a machine of this shard wrote.</summary>
    internal bool CanRestore(MachineState state) => new ShardParts(Shard, state.Layout, Options).TryRestore(state);

    private ShardParts ReadAt(MachineState at)
    {
        Restore(at);
        _at = at;
        return _parts;
    }
}
