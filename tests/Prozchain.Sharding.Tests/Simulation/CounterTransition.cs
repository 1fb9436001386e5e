using System.Buffers.Binary;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>What is wrong with a <see cref="CounterTransition"/>.</summary>
public enum CounterBug
{
    None,

    /// <summary>Reads a cell that it does not declare.</summary>
    Undeclared,

    /// <summary>A receipt also writes a cell of another shard.</summary>
    CreditElsewhere,

    /// <summary>A receipt replaces what is there.</summary>
    CreditReplaces,

    /// <summary>Counts its calls in a static.</summary>
    Remembers,

    /// <summary>Throws.</summary>
    Throws,
}

/// <summary>Counters: a transaction takes one from a cell and gives it to another. Bytes: from (32), to (32), a number (8).</summary>
internal readonly struct CounterTransition(CounterBug bug, bool declares = true) : IShardTransition
{
    public const byte Empty = 2;

    private static int s_calls;

    public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
    {
        if (transaction.Length != 72) return TransactionFault.Malformed;
        Digest from = new(transaction[..32]), to = new(transaction.Slice(32, 32));
        if (!block.IsLocal(from)) return TransactionFault.WrongShard;
        (access.Sender, access.GasLimit) = (from, 100);
        if (!declares)
        {
            access.Undeclared();
            return TransactionFault.None;
        }
        access.Writes(from);
        if (from != to && block.IsLocal(to)) access.Writes(to);
        return TransactionFault.None;
    }

    public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) { }

    public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        Digest from = new(transaction[..32]), to = new(transaction.Slice(32, 32));
        if (bug == CounterBug.Throws) throw new InvalidOperationException("Expected no exception, got this one.");
        if (bug == CounterBug.Undeclared) cells.TryRead(TestNetwork.Key(1000), out _);
        ulong left = Read(cells, from);
        if (left == 0) return Empty;
        Write(cells, from, left - 1 + (bug == CounterBug.Remembers ? (ulong)Interlocked.Increment(ref s_calls) : 0));
        if (!block.IsLocal(to)) return receipts.TrySend(to, [1], 1) ? TransactionStatus.Applied : TransactionStatus.BadReceipt;
        Write(cells, to, Read(cells, to) + 1);
        return TransactionStatus.Applied;
    }

    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells)
    {
        Write(cells, cell, (bug == CounterBug.CreditReplaces ? 0 : Read(cells, cell)) + (ulong)receipt.Length);
        if (bug == CounterBug.CreditElsewhere) Write(cells, block.IsLocal(TestNetwork.Key(1)) ? FarOf(block) : TestNetwork.Key(1), 5);
    }

    public static ulong Value(ReadOnlySpan<byte> cell) => cell.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(cell) : 0;

    private static Digest FarOf(in BlockContext block)
    {
        int number = 2;
        while (block.IsLocal(TestNetwork.Key(number))) number++;
        return TestNetwork.Key(number);
    }

    private static ulong Read(in CellView cells, in Digest key) => cells.TryRead(key, out ReadOnlySpan<byte> value) ? Value(value) : 0;

    private static void Write(in CellView cells, in Digest key, ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        cells.Write(key, bytes);
    }
}

/// <summary>Takers over 16 cells, so many each time.</summary>
internal sealed class CounterLoad(int takers) : IShardLoad<CounterTransition>
{
    private ulong _number;

    public void Tick(ShardWorld<CounterTransition> shards, SimulationRandom random)
    {
        for (int i = 0; i < takers; i++)
        {
            Digest from = TestNetwork.Key(random.Next(16)), to = TestNetwork.Key(random.Next(16));
            shards.Submit(from, [.. from.Span, .. to.Span, .. BitConverter.GetBytes(_number++)]);
        }
    }
}

/// <summary>The sum of all counters, and of what is under way, stays.</summary>
internal sealed class CounterAuditor(ulong total) : IShardAuditor
{
    public string? OnFinal(FinalBlock block, ShardCut state) => null;

    public string? AtCut(ShardCut state)
    {
        ulong sum = (ulong)state.InFlight.Count();
        foreach (ReadOnlyMemory<byte> cell in state.Cells.Values) sum += CounterTransition.Value(cell.Span);
        return sum == total ? null : $"Expected {total} in all, got {sum}.";
    }
}
