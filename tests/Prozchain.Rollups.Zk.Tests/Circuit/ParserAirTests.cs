using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using static Prozchain.Rollups.Zk.Circuit.ParserColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Sender, to and code of posted rows, and faults in them; what follows the code of a full row stands outside here.</summary>
public sealed class ParserAirTests
{
    private static readonly byte[] s_good = [7, 0xAD, 0x02, 0x29, 0xAC, 0x02, 8, 0xA9, 0x7F];

    [Fact]
    public void RandomBatches_TellWhatTheNativeCodecReads()
    {
        for (int i = 0; i < 20; i++)
        {
            PostedBatch batch = PostedBatch.Random(new SeededRandom((ulong)i), 1 + i);
            ParserWriter<F> table = Table(batch, isLive: true);
            Assert.Empty(Checker(table, batch).Faults());
            Assert.Equal(BatchFault.None, batch.Native(out Payment[] payments));
            var told = Told(table).ToList();
            for (int j = 0; j < payments.Length; j++)
            {
                Assert.Equal(payments[j].Sender, AccountAddress.FromNumber((uint)Number(told, j, RowField.Sender)));
                uint to = (uint)Number(told, j, RowField.To);
                Assert.Equal(payments[j].Kind == PaymentKind.Transfer && payments[j].Recipient.TryGetNumber(out uint number) ? number + 1 : 0, to);
                UInt128 code = Number(told, j, RowField.Code), amount = code >> 3;
                if ((code & 7) == 7) continue;
                for (int k = 0; k < PostedBatch.Exponent + (int)(code & 7); k++) amount *= 10;
                Assert.Equal(payments[j].Amount, amount);
            }
        }
    }

    /// <summary>Hostile batches: there is a fault, and it has a witness; or there is none, and the fields are those of the codec.</summary>
    [Fact]
    public void BatchesWithBytesChanged_HaveAWitnessOfTheNativeVerdict()
    {
        HashSet<RowFault> faults = [];
        for (int i = 0; i < 250; i++)
        {
            var random = new SeededRandom((ulong)i + 1000);
            byte[] bytes = [.. PostedBatch.Random(random, 1 + random.Next(6)).Bytes];
            bytes[random.Next(35, bytes.Length)] ^= (byte)(1 << random.Next(8));
            PostedBatch batch = new(i % 5 == 0 ? bytes[..^(1 + random.Next(2))] : bytes, bytes[34]);
            bool isLive = batch.Native(out _) == BatchFault.None;
            Assert.Equal(isLive, batch.IsLive);
            faults.Add(batch.Fault);
            ParserWriter<F> table = Table(batch, isLive);
            Assert.Empty(Checker(table, batch).Faults());
            Assert.Equal(isLive, Concludes(table, batch));
            if (batch.Fault != RowFault.None) Assert.NotEmpty(Checker(Table(batch, isLive: true), batch).Faults());
        }
        Assert.Superset(new HashSet<RowFault> { RowFault.None, RowFault.Short, RowFault.Large, RowFault.Zero, RowFault.Orphan, RowFault.Amount, RowFault.Form }, faults);
    }

    /// <summary>Each fault of the first three fields, at its byte.</summary>
    [Theory]
    [InlineData("Large", "8080808004")]
    [InlineData("Long", "8080808080")]
    [InlineData("Zero", "8000")]
    [InlineData("Zero", "80808000")]
    [InlineData("Large", "01FFFFFFFF7F")]
    [InlineData("Long", "01FFFFFFFFFF")]
    [InlineData("Zero", "018100")]
    [InlineData("Orphan", "0100290000")]
    [InlineData("Orphan", "0100A901")]
    [InlineData("Zero", "0102A900")]
    [InlineData("Large", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF10")]
    [InlineData("Long", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF8F")]
    [InlineData("Large", "01028710")]
    [InlineData("Long", "01028F8F")]
    [InlineData("Amount", "010250")]
    [InlineData("Amount", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0F")]
    [InlineData("Short", "")]
    [InlineData("Short", "81")]
    [InlineData("Short", "01")]
    [InlineData("Short", "0102")]
    [InlineData("Short", "0102F9FFFFFFFFFF")]
    public void EachFault_HasItsWitness(string fault, string row)
    {
        byte[] bad = Convert.FromHexString(row);
        PostedBatch batch = PostedBatch.Of(3, [.. s_good, .. bad]);
        if (bad.Length == 0)
        {
            // The bytes end between rows: whoever verifies sees it.
            Assert.False(batch.IsLive);
            Assert.Empty(Checker(Table(batch, isLive: false), batch).Faults());
            return;
        }
        Assert.Equal(fault, $"{batch.Fault}");
        Assert.NotEqual(BatchFault.None, batch.Native(out _));
        ParserWriter<F> table = Table(batch, isLive: false);
        Assert.Empty(Checker(table, batch).Faults());
        Assert.Equal(F.One, table.PublicValues[Last + 2]);
        Assert.NotEmpty(Checker(Table(batch, isLive: true), batch).Faults());
        Mutate(table, batch);
    }

    /// <summary>A good batch read up to any byte, and there every fault claimed of it.</summary>
    [Fact]
    public void GoodBatch_CannotClaimAFault()
    {
        PostedBatch batch = PostedBatch.Of(2, s_good);
        Assert.True(batch.IsLive);
        foreach (PostedRow row in batch.Rows)
        {
            for (int end = row.Start + 1; end <= row.End; end++)
            {
                foreach (RowFault fault in (RowFault[])[RowFault.Short, RowFault.Large, RowFault.Long, RowFault.Zero, RowFault.Orphan, RowFault.Amount])
                {
                    bool isWhole = fault is RowFault.Orphan or RowFault.Amount && end == row.End;
                    PostedRow lie = new(row.Start, end, false, fault, isWhole ? end : 0);
                    uint[] asked = new uint[1 << 20];
                    PostedRow[] rows = row.Start == batch.HeadSize ? [lie] : [batch.Rows[0], lie];
                    ParserWriter<F> table = new(batch.Bytes, rows, batch.HeadSize, 0, isLive: false, asked);
                    Assert.NotEmpty(Checker(table, batch, listens: false).Faults());
                }
            }
        }
    }

    /// <summary>A row behind the last byte of a batch that has all its rows: its missing byte would void them.</summary>
    [Fact]
    public void RowBehindTheLastByte_IsRefused()
    {
        PostedBatch batch = PostedBatch.Of(2, s_good);
        PostedRow none = new(batch.End, batch.End, false, RowFault.Short, 0);
        ParserWriter<F> table = new(batch.Bytes, [.. batch.Rows, none], batch.HeadSize, 0, isLive: false, new uint[1 << 15]);
        TraceFault fault = Assert.Single(Checker(table, batch).Faults());
        Assert.Equal("short[3]", fault.Constraint);
    }

    [Fact]
    public void EveryCell_IsDetermined()
    {
        PostedBatch batch = PostedBatch.Random(new SeededRandom(31), 12);
        ParserWriter<F> table = Table(batch, isLive: true);
        Mutate(table, batch);
        Assert.Equal((45, 6, 3, 1), (ConstraintGraph.Of(new ParserAir()).Shape.Width, ConstraintGraph.Of(new ParserAir()).Interactions.Count,
            ConstraintGraph.Of(new ParserAir()).MaxDegree, ConstraintGraph.Of(new ParserAir()).MaxInteractionDegree));
    }

    [Fact]
    public void Segments_MeetBetweenRows()
    {
        PostedBatch batch = PostedBatch.Random(new SeededRandom(8), 9);
        int cut = batch.Rows[4].Start;
        ParserWriter<F> first = new(batch.Bytes, [.. batch.Rows[..4]], batch.HeadSize, 0, true, new uint[1 << 15]);
        ParserWriter<F> second = new(batch.Bytes, [.. batch.Rows[4..]], cut, 4, true, new uint[1 << 15]);
        Assert.Equal(first.PublicValues[Last..(Last + 3)], second.PublicValues[First..(First + 3)]);
        Assert.True(Concludes(second, batch));
        // Without its last byte a row is no row.
        first = new(batch.Bytes, [.. batch.Rows[..3], batch.Rows[3] with { End = batch.Rows[3].End - 1, CodeEnd = 0 }], batch.HeadSize, 0, true, new uint[1 << 15]);
        Assert.NotEmpty(Checker(first, batch).Faults());
    }

    /// <summary>As a verifier of all segments concludes from the end of the last.</summary>
    private static bool Concludes(ParserWriter<F> table, PostedBatch batch) => table.PublicValues[Last] == F.FromUInt32((uint)batch.Bytes.Length)
        && table.PublicValues[Last + 1] == F.FromUInt32((uint)batch.Count) && table.PublicValues[Last + 2] == F.Zero;

    private static ParserWriter<F> Table(PostedBatch batch, bool isLive) =>
        new(batch.Bytes, [.. batch.Rows], batch.HeadSize, 0, isLive, new uint[1 << 15], leastLogRows: 3);

    private static void Mutate(ParserWriter<F> table, PostedBatch batch)
    {
        var mutator = new TraceMutator<F>(1, rows: 12).Add(new ParserAir(), table.Trace, table.PublicValues, table.Rows).Answer(new RangeTableAir(15), Ranges(table));
        foreach ((Bus bus, BusDirection direction, F[] message) in Outside(table, batch, listens: true)) mutator.Post(bus, direction, F.One, message);
        MutationReport report = mutator.Run();
        Assert.True(report.Missed.Count == 0, string.Join('\n', report.Missed.Take(20)));
    }

    private static TraceChecker<F> Checker(ParserWriter<F> table, PostedBatch batch, bool listens = true)
    {
        var checker = new TraceChecker<F>().Add(new ParserAir(), table.Trace, table.PublicValues);
        foreach ((Bus bus, BusDirection direction, F[] message) in Outside(table, batch, listens)) checker.Post(bus, direction, F.One, message);
        for (int row = 0; row < table.Rows; row++)
        {
            bool asks = table.Trace[Opens, row] + table.Trace[Edge4, row] + table.Trace[Edge16, row] == F.One;
            if (asks && table.Trace[Asked, row].ToUInt32() < 1 << 15) checker.Post(Buses.Range(15), BusDirection.Receive, F.One, [table.Trace[Asked, row]]);
        }
        return checker;
    }

    private static Trace<F> Ranges(ParserWriter<F> table)
    {
        uint[] asked = new uint[1 << 15];
        for (int row = 0; row < table.Rows; row++)
        {
            if (table.Trace[Opens, row] + table.Trace[Edge4, row] + table.Trace[Edge16, row] == F.One) asked[table.Trace[Asked, row].ToUInt32()]++;
        }
        return new RangeTableAir(15).Generate<F>(asked);
    }

    /// <summary>Bytes as they are posted, of those that the table reads; whoever takes what is told; and full rows and amounts as the scan has them.</summary>
    private static IEnumerable<(Bus, BusDirection, F[])> Outside(ParserWriter<F> table, PostedBatch batch, bool listens)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            int at = (int)table.Trace[Offset, row].ToUInt32();
            if (at < batch.Bytes.Length) yield return (RollupBuses.Byte, BusDirection.Send, [table.Trace[Offset, row], F.FromUInt32(batch.Bytes[at] & 0x7Fu), F.FromUInt32((uint)batch.Bytes[at] >> 7)]);
        }
        foreach ((F[] message, _) in Told(table)) yield return (RollupBuses.Field, BusDirection.Receive, message);
        uint called = 0;
        for (int i = 0; i < batch.Rows.Count && listens; i++)
        {
            PostedRow row = batch.Rows[i];
            F transaction = F.FromUInt32((uint)i);
            F last = table.Trace[One, table.Rows - 1] + table.Trace[Two, table.Rows - 1] + table.Trace[Two, table.Rows - 1];
            if (row.Fault == RowFault.Amount && !row.IsFull) yield return (RollupBuses.AmountFault, BusDirection.Send, [transaction, F.FromUInt32((uint)RowField.Code), last]);
            if (!row.IsFull || row.CodeEnd == 0) continue;
            int size = 0;
            while (batch.Bytes[row.CodeEnd - 1 - size - 1] >= 128 && size == 0) size++;
            uint code = batch.Bytes[row.CodeEnd - 1 - size] & 0x7Fu;
            if (size > 0) code += (uint)batch.Bytes[row.CodeEnd - 1] << 7;
            bool noTo = batch.Bytes[row.CodeEnd - 2 - size] == 0;
            yield return (RollupBuses.FullRow, BusDirection.Receive, [transaction, F.FromUInt32((uint)row.CodeEnd), F.FromUInt32(code), noTo ? F.One : F.Zero, F.FromUInt32(called++)]);
            yield return (RollupBuses.FullRowEnd, BusDirection.Send, [transaction, F.FromUInt32((uint)row.End), row.Fault == RowFault.None ? F.Zero : F.One]);
        }
    }

    private static IEnumerable<(F[] Message, int Row)> Told(ParserWriter<F> table)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            if (table.Trace[ParserColumns.Told, row] == F.Zero) continue;
            F field = table.Trace[To, row] == F.One ? F.One : table.Trace[Code, row] == F.One ? F.FromUInt32(2) : F.Zero;
            F part = table.Trace[One, row] + table.Trace[Two, row] + table.Trace[Two, row];
            yield return ([table.Trace[Transaction, row], field, part, table.Trace[Limb, row], table.Trace[Limb + 1, row], table.Trace[Limb + 2, row]], row);
        }
    }

    private static UInt128 Number(List<(F[] Message, int Row)> told, int transaction, RowField field)
    {
        UInt128 number = 0;
        foreach ((F[] message, _) in told)
        {
            if (message[0] != F.FromUInt32((uint)transaction) || message[1] != F.FromUInt32((uint)field)) continue;
            for (int i = 0; i < 3; i++) number |= (UInt128)message[3 + i].ToUInt32() << (14 * i + 42 * (int)message[2].ToUInt32());
        }
        return number;
    }
}
