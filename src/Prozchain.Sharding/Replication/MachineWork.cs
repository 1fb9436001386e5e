using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Replication;

/// <summary>What a <see cref="ShardMachine{TTransition}"/> has executed.</summary>
/// <param name="Blocks">Blocks.</param>
/// <param name="Transactions">Their transactions.</param>
/// <param name="ReceiptsIn">Receipts credited.</param>
/// <param name="Atomic">Atomic transactions begun and records of other shards taken in.</param>
public readonly record struct MachineWork(long Blocks, long Transactions, long ReceiptsIn, long Atomic)
{
    internal MachineWork With(ShardBody body, in BlockCounters counters) =>
        new(Blocks + 1, Transactions + counters.Transactions, ReceiptsIn + counters.ReceiptsIn, Atomic + body.Begun.Count + body.Records.Count);
}
