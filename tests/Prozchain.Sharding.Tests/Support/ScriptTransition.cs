using System.Buffers.Binary;
using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>
/// A transition of a shard of counters, nothing like transfers: a transaction is a declaration and a little program over
/// numbered cells that reads, adds, writes, sends, keeps and fails. Hostile programs do everything that is forbidden.
/// Bytes: 0 or 1 (declared), gas / 16, number of declared cells, those (number, 1 if written), instructions of three bytes.
/// </summary>
internal readonly struct ScriptTransition : IShardTransition
{
    public const byte Failed = 7, RemoveInstruction = 15;

    private static readonly Digest[] s_keys = [.. Enumerable.Range(0, 256).Select(MakeKey)];

    /// <summary>The key of a numbered cell: from 200 on they lie on the other shard.</summary>
    public static Digest KeyOf(byte number) => s_keys[number];

    private static Digest MakeKey(int number)
    {
        byte[] key = TestNetwork.Key(number).Span.ToArray();
        key[0] = (byte)(key[0] & 0x7F | (number >= 200 ? 0x80 : 0));
        return new Digest(key);
    }

    public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
    {
        if (transaction.Length < 3 || transaction[0] > 1) return TransactionFault.Malformed;
        int cells = transaction[2];
        if ((transaction.Length - 3 - 2 * cells) is var rest && (rest < 0 || rest % 3 != 0)) return TransactionFault.Malformed;
        access.GasLimit = 16UL * transaction[1];
        if (transaction[0] == 0) access.Undeclared();
        else
        {
            for (int i = 0; i < cells; i++)
            {
                if (transaction[4 + 2 * i] == 1) access.Writes(KeyOf(transaction[3 + 2 * i]));
                else access.Reads(KeyOf(transaction[3 + 2 * i]));
            }
        }
        return TransactionFault.None;
    }

    public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) { }

    public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        ulong sum = 1;
        Span<byte> value = stackalloc byte[5000];
        value.Clear();
        for (ReadOnlySpan<byte> rest = transaction[(3 + 2 * transaction[2])..]; !rest.IsEmpty; rest = rest[3..])
        {
            (byte operation, byte argument) = (rest[0], rest[2]);
            Digest key = KeyOf(rest[1]);
            if (!gas.TryCharge(1 + (ulong)operation)) return Failed;
            switch (operation % 8)
            {
                case 0 or 1:
                    sum = sum * 31 + (cells.TryRead(key, out ReadOnlySpan<byte> read) ? 1UL + (ulong)read.Length : 0);
                    if (read.Length >= sizeof(ulong)) sum += BinaryPrimitives.ReadUInt64LittleEndian(read);
                    break;
                case 2 or 3:
                    BinaryPrimitives.WriteUInt64LittleEndian(value, sum);
                    cells.Write(key, value[..(argument % 64)]);
                    break;
                case 4: cells.Keep(); break;
                case 5: if (sum % 3 == 0) return (byte)(argument % 16 == 0 ? argument : Failed); break;
                case 6: receipts.TrySend(key, value[..(argument * 5)], sum); break;
                default:
                    if (operation == RemoveInstruction) cells.Remove(key);
                    else cells.Write(key, value[..(argument * 18)]);
                    break;
            }
        }
        return TransactionStatus.Applied;
    }

    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells) => cells.Write(cell, receipt);

    /// <summary>A seeded program over the first cells; mostly well-behaved.</summary>
    public static byte[] Program(Random random, int cells, bool? declared = null, bool removes = false)
    {
        bool declares = declared ?? random.Next(2) == 0;
        byte[] numbers = new byte[cells];
        for (int i = 0; i < cells; i++) numbers[i] = (byte)i;
        random.Shuffle(numbers);
        int count = Math.Min(cells, random.Next(1, 4));
        var program = new List<byte> { (byte)(declares ? 1 : 0), (byte)random.Next(2, 20), (byte)(declares ? count : 0) };
        if (declares) for (int i = 0; i < count; i++) program.AddRange([numbers[i], (byte)(random.Next(4) == 0 ? 0 : 1)]);
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            byte operation = (byte)(random.Next(12) == 0 ? random.Next(4, 8) : random.Next(4));
            byte cell = random.Next(40) == 0 ? (byte)random.Next(256) : operation == 6 ? (byte)(200 + random.Next(10)) : numbers[random.Next(count)];
            if (removes && operation is 2 or 3 && random.Next(3) == 0) operation = RemoveInstruction;
            program.AddRange([operation, cell, (byte)random.Next(256)]);
        }
        return [.. program];
    }
}
