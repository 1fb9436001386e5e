using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding;

/// <content>What became of atomic transactions.</content>
public sealed partial class InProcessEngine<TTransition>
{
    /// <summary>Atomic transactions that wait to begin, once for each of their shards.</summary>
    public int QueuedAtomic() => _shards.Sum(shard => shard.WaitingAtomic);

    /// <summary>What became of an atomic transaction by the end of the last round.</summary>
    /// <param name="transaction">Its bytes.</param>
    public AtomicOutcome OutcomeOf(ReadOnlySpan<byte> transaction)
    {
        if (AtomicTransaction.TryRead(transaction, out AtomicTransaction? read) != ReadResult.Ok) return AtomicOutcome.Unknown;
        AtomicOutcome known = AtomicOutcome.Unknown;
        foreach (DeclaredCell cell in read!.Cells)
        {
            HostedShard<TTransition> shard = ShardOf(cell.Key);
            AtomicOutcome here = shard.Machine.OutcomeOf(shard.State, read.Id);
            // A shard that has not ended it yet will, in the same way.
            if (here is AtomicOutcome.Committed or AtomicOutcome.Aborted) return here;
            if (here == AtomicOutcome.Open) known = here;
        }
        return known;
    }
}
