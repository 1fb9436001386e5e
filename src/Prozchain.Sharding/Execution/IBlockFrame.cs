using Prozchain.Sharding.AtomicCommit;

namespace Prozchain.Sharding.Execution;

/// <summary>What a shard does in a block besides its transactions, and which cells they may not touch.</summary>
internal interface IBlockFrame
{
    /// <summary>True if some cell is claimed.</summary>
    bool HasClaims { get; }

    /// <summary>Asked from several threads at once while transactions execute.</summary>
    bool MayRead(in Digest key);

    /// <summary>Asked from several threads at once while transactions execute.</summary>
    bool MayWrite(in Digest key);

    /// <summary>Before the transactions. The number of receipts credited; negative if no valid block has such a body.</summary>
    int Before(IBlockCells cells);

    /// <summary>After them.</summary>
    void After(IBlockCells cells);
}

/// <summary>The cells of a block as its frame sees them.</summary>
internal interface IBlockCells : ICellStore
{
    /// <summary>Credits a receipt for a cell of this shard.</summary>
    void Credit(in Digest cell, ReadOnlySpan<byte> payload);

    /// <summary>What crediting a receipt brings at most.</summary>
    ulong ValueOf(ReadOnlySpan<byte> payload);
}

/// <summary>Reads and writes the table in which a block executes.</summary>
internal sealed class BlockCells<TTransition>(TransactionRunner<TTransition> runner, ExecutionLane lane) : IBlockCells
    where TTransition : IShardTransition
{
    public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
    {
        ref readonly Cell cell = ref runner.Table[runner.Table.Touch(key)];
        value = cell.Length > 0 ? runner.Table.ValueOf(cell) : default;
        return cell.Length >= 0;
    }

    public void Write(in Digest key, ReadOnlySpan<byte> value) =>
        runner.Table.Set(ref runner.Table[runner.Table.Touch(key)], value, TransactionRunner<TTransition>.CreditVersion, ref lane.Cursor);

    public void Erase(in Digest key) =>
        CellTable.Remove(ref runner.Table[runner.Table.Touch(key)], TransactionRunner<TTransition>.CreditVersion);

    public void Credit(in Digest cell, ReadOnlySpan<byte> payload) => runner.Credit(lane, cell, payload);

    public ulong ValueOf(ReadOnlySpan<byte> payload) => runner.ValueOf(payload);
}
