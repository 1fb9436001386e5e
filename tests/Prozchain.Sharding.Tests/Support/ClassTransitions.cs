using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>The general class of a small economy: purses of units. A transaction gives one unit to a cell of any class: from (32), to (32), class (1), number (8).</summary>
internal readonly struct PurseTransition : IShardTransition
{
    public const byte Empty = 2;

    public static byte[] Give(in Digest from, LayoutClass layoutClass, in Digest to, ulong number) => [.. from.Span, .. to.Span, layoutClass.Value, .. BitConverter.GetBytes(number)];

    public static ulong Units(ReadOnlySpan<byte> cell) => cell.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(cell) : 0;

    public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
    {
        if (transaction.Length != 73) return TransactionFault.Malformed;
        Digest from = new(transaction[..32]), to = new(transaction.Slice(32, 32));
        if (!block.IsLocal(from)) return TransactionFault.WrongShard;
        (access.Sender, access.GasLimit) = (from, 100);
        access.Writes(from);
        if (transaction[64] == block.Shard.Class.Value && from != to && block.IsLocal(to)) access.Writes(to);
        return TransactionFault.None;
    }

    public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) { }

    public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        Digest from = new(transaction[..32]), to = new(transaction.Slice(32, 32));
        var layoutClass = new LayoutClass(transaction[64]);
        ulong left = Read(cells, from);
        if (left == 0) return Empty;
        Write(cells, from, left - 1);
        if (layoutClass != block.Shard.Class || !block.IsLocal(to)) return receipts.TrySend(layoutClass, to, [1], 1) ? TransactionStatus.Applied : TransactionStatus.BadReceipt;
        Write(cells, to, Read(cells, to) + 1);
        return TransactionStatus.Applied;
    }

    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells) => Write(cells, cell, Read(cells, cell) + (ulong)receipt.Length);

    public ulong ValueOf(ReadOnlySpan<byte> receipt) => (ulong)receipt.Length;

    private static ulong Read(in CellView cells, in Digest key) => cells.TryRead(key, out ReadOnlySpan<byte> value) ? Units(value) : 0;

    private static void Write(in CellView cells, in Digest key, ulong units) => cells.Write(key, BitConverter.GetBytes(units));
}

/// <summary>
/// The AI class of it: cells with credits and jobs done. A transaction spends a credit of a cell, on a job or back to a
/// purse: 0xA1, cell (32), purse (32), 0 for a job or 1 for the purse, number (8).
/// </summary>
internal readonly struct JobTransition : IShardTransition
{
    public const byte NoCredit = 3;

    public static byte[] Run(in Digest cell, ulong number) => [0xA1, .. cell.Span, .. cell.Span, 0, .. BitConverter.GetBytes(number)];

    public static byte[] Refund(in Digest cell, in Digest purse, ulong number) => [0xA1, .. cell.Span, .. purse.Span, 1, .. BitConverter.GetBytes(number)];

    public static (ulong Credits, ulong Jobs) Read(ReadOnlySpan<byte> cell) => cell.Length == 16 ? (BinaryPrimitives.ReadUInt64LittleEndian(cell), BinaryPrimitives.ReadUInt64LittleEndian(cell[8..])) : default;

    public static byte[] Bytes(ulong credits, ulong jobs) => [.. BitConverter.GetBytes(credits), .. BitConverter.GetBytes(jobs)];

    public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
    {
        if (transaction.Length != 74 || transaction[0] != 0xA1 || transaction[65] > 1) return TransactionFault.Malformed;
        var cell = new Digest(transaction.Slice(1, 32));
        if (!block.IsLocal(cell)) return TransactionFault.WrongShard;
        (access.Sender, access.GasLimit) = (cell, 100);
        access.Writes(cell);
        return TransactionFault.None;
    }

    public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) { }

    public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        (ulong credits, ulong jobs) = cells.TryRead(0, out ReadOnlySpan<byte> value) ? Read(value) : default;
        if (credits == 0) return NoCredit;
        bool isRefund = transaction[65] == 1;
        cells.Write(0, Bytes(credits - 1, jobs + (isRefund ? 0UL : 1)));
        return !isRefund || receipts.TrySend(LayoutClass.General, new Digest(transaction.Slice(33, 32)), [1], 1) ? TransactionStatus.Applied : TransactionStatus.BadReceipt;
    }

    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells)
    {
        (ulong credits, ulong jobs) = cells.TryRead(cell, out ReadOnlySpan<byte> value) ? Read(value) : default;
        cells.Write(cell, Bytes(credits + (ulong)receipt.Length, jobs));
    }

    public ulong ValueOf(ReadOnlySpan<byte> receipt) => (ulong)receipt.Length;
}

/// <summary>Buys credits of an AI cell with units of a purse, all or nothing. Input: purse (32), cell (32), amount (8).</summary>
internal sealed class BuyProgram : IAtomicProgram
{
    public const ushort Number = 2;

    public static AtomicTransaction Buy(ulong chainId, in Digest purse, LayoutClass layoutClass, in Digest cell, ulong amount, long beginMs, long validMs) => AtomicTransaction.Sign(
        new AtomicTransaction.Header(chainId, beginMs, beginMs + validMs, Number), [new DeclaredCell(purse, true), new DeclaredCell(cell, true) { Class = layoutClass }], [.. purse.Span, .. cell.Span, .. BitConverter.GetBytes(amount)]);

    public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
    {
        ReadOnlySpan<byte> input = transaction.Payload.Span;
        if (input.Length != 72) return false;
        Digest purse = new(input[..32]), cell = new(input.Slice(32, 32));
        ulong amount = BinaryPrimitives.ReadUInt64LittleEndian(input[64..]);
        if (cells.Read(purse, out ReadOnlySpan<byte> units) != CellStatus.Present || PurseTransition.Units(units) < amount) return false;
        cells.Write(purse, BitConverter.GetBytes(PurseTransition.Units(units) - amount));
        (ulong credits, ulong jobs) = cells.Read(cell, out ReadOnlySpan<byte> value) == CellStatus.Present ? JobTransition.Read(value) : default;
        return cells.Write(cell, JobTransition.Bytes(credits + amount, jobs)) == CellStatus.Present;
    }
}
