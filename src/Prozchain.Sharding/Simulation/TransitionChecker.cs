using System.Buffers;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Executes the final blocks of all shards once more, as no node does: with two threads and groups and speculation in
/// another order. A transition that keeps to its rules gives the same.
/// </summary>
internal sealed class TransitionChecker<TTransition> : IDisposable where TTransition : IShardTransition
{
    private const long CellBytes = 1 << 26;

    private readonly Dictionary<ShardId, Copy> _copies = [];
    private readonly ShardLayout _layout;
    private readonly ulong _chainId;

    public TransitionChecker(Func<ShardInfo, TTransition> transitionOf, ShardLayout layout, MachineOptions rules, Func<ShardInfo, StateWrite[]> cellsOf)
    {
        (_layout, _chainId) = (layout, rules.Atomic.ChainId);
        foreach (ShardInfo shard in layout.Shards)
        {
            var machine = new ShardMachine<TTransition>(transitionOf(shard), layout, shard.Id, rules, maxDegreeOfParallelism: 2) { Disorder = 77 };
            _copies.Add(shard.Id, new Copy(machine, SimulatedGenesis.Cells(shard, CellBytes, cellsOf(shard)), machine.Genesis));
        }
    }

    /// <summary>Null if all is well, else what is wrong.</summary>
    public string? Check(FinalBlock block)
    {
        Copy copy = _copies[block.Shard];
        var context = new BlockContext(_chainId, _layout, block.Shard, block.Block.Header.Epoch, block.Height, block.TimeMs);
        MachineFault fault = copy.Machine.Execute(context, block.Block.Body, copy.State, copy.Cells, out ShardStep? again);
        string where = $"block {block.Height} of shard {block.Shard}";
        if (fault != MachineFault.None) return $"Expected {where} to execute again in parallel, got {fault}: the transition depends on more than its arguments.";
        if (copy.Machine.CreditFault != 0) return $"Expected each receipt to touch cells of its own shard, got one of status {copy.Machine.CreditFault} in {where}.";
        for (int i = 0; i < block.TransactionCount; i++)
        {
            if (again!.Statuses.Span[i] != block.Status(i))
                return $"Expected transaction {i} of {where} to end the same in any order of work, got status {block.Status(i)} and {again.Statuses.Span[i]}: the transition depends on more than its arguments.";
        }
        if (again!.WriteDigest != block.Step.WriteDigest || again.ReceiptsRoot != block.Step.ReceiptsRoot)
            return $"Expected {where} to give the same in any order of work, got other writes or receipts: the transition depends on more than its arguments.";
        (copy.State, copy.Epoch, copy.Height) = (again.After, block.Block.Header.Epoch, block.Height);
        copy.Cells.Stage(again.Writes.Span);
        copy.Cells.Commit();
        return null;
    }

    /// <summary>What would become of a transaction in the next block of its shard; 0 if it can be in none.</summary>
    public byte StatusOf(ShardId shard, ReadOnlySpan<byte> transaction, long nowMs)
    {
        Copy copy = _copies[shard];
        var builder = new MicroBlockBuilder();
        var body = new ArrayBufferWriter<byte>();
        builder.AddTransaction(transaction);
        builder.Write(body);
        var context = new BlockContext(_chainId, _layout, shard, Math.Max(1, copy.Epoch), copy.Height + 1, nowMs);
        return copy.Machine.Execute(context, body.WrittenMemory, copy.State, copy.Cells, out ShardStep? step) == MachineFault.None ? step!.Statuses.Span[0] : (byte)0;
    }

    public void Dispose()
    {
        foreach (Copy copy in _copies.Values)
        {
            copy.Machine.Dispose();
            copy.Cells.Dispose();
        }
    }

    private sealed class Copy(ShardMachine<TTransition> machine, HeapTrieStore cells, MachineState state)
    {
        public ShardMachine<TTransition> Machine { get; } = machine;

        public HeapTrieStore Cells { get; } = cells;

        public MachineState State { get; set; } = state;

        public ulong Epoch { get; set; }

        public ulong Height { get; set; }
    }
}
