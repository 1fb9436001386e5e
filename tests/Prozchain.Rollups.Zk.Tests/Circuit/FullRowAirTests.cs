using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Posted rows whole: the parser's table and that of full rows, with the bytes on one side and the fields on the other.</summary>
public sealed class FullRowAirTests
{
    private const string Key = "0000007F0000007F0000007F0000007F0000007F0000007F0000007F0000007F", Address = "0102030405060708090A0B0C0D0E0F1011121314", LargeFee = "00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF01";

    /// <summary>Each fault behind a code, and the bytes of a row, or of two, that have it; they follow a plain row.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "Zero", "0100870400" },
        { "Large", "0100870404" },
        { "Long", "0100870483" },
        { "Short", "01008704" },
        { "Form", "0102870401" },
        { "Form", "0102870403" },
        { "Form", "01000707" },
        { "Form", "01028708" + Key },
        { "Form", "0100970402" + Address + "00" },
        { "Form", "01028F020C05" },
        { "Short", "010207" },
        { "Short", "01008708" + "0000" },
        { "Word", "01008708" + "0100007F" },
        { "Word", "01008708" + "00000080" },
        { "Word", "010087040300010000" + "0001007F" },
        { "Large", "0102071F" },
        { "Long", "01020780" },
        { "Plain", "0102070C" },
        { "Plain", "01020712" },
        { "Zero", "0102070B8500" },
        { "Large", "01020700FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF02" },
        { "Long", "01020700FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF81" },
        { "Amount", "0102070B0A" },
        { "Amount", "01020713FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF01" },
        { "Nothing", "010087040100" + "00" },
        { "Large", "01020F0C051F" },
        { "Amount", "01020F0C051E00" },
        { "Amount", "01020F0C050100" },
        { "Large", "0102170C05FFFF02" },
        { "Long", "0102170C05FFFF81" },
        { "Zero", "0102270C058100" },
        { "Same", "0102470C0501" },
        { "Same", "818008" + "02470C05818008" },
        { "Large", "0102470C05FFFFFFFF04" },
        { "Nothing", "010287010C0500" },
        { "Large", "010287010C05FFFF04" },
        { "Nothing", "0102C7020C050300" },
        { "Short", "0100870402" + "01020304" },
        { "Large", "0100870402" + Address + "8108" },
        { "Long", "0100870402" + Address + "8188" },
        { "Zero", "0100870402" + Address + "8100" },
        { "Short", "0100870402" + Address + "0201" },
        { "Repeated", "01020F0C050000" },
        { "Repeated", "0102170C0500" },
        { "Repeated", "0102270C0500" },
        { "Repeated", "01020F0B050307" + "01020F0B050307" },
        { "Repeated", "01020F0B05" + LargeFee + "01020F0B05" + LargeFee },
        { "Repeated", "01020F0B05" + LargeFee + "01020F0B050307" + "01020F0B050307" },
        { "Repeated", "0102170C05FFFF01" + "0102170C05FFFF01" },
    };

    [Fact]
    public void RandomBatches_TellWhatTheNativeCodecReads()
    {
        for (int i = 0; i < 25; i++)
        {
            PostedBatch batch = PostedBatch.Random(new SeededRandom((ulong)i + 50), 1 + i);
            PostedTables tables = new(batch, isLive: true);
            Assert.Empty(tables.Checker().Faults());
            Assert.Equal(BatchFault.None, batch.Native(out Payment[] payments));
            for (int j = 0; j < payments.Length; j++) AssertTold(tables, j, payments[j]);
        }
    }

    /// <summary>A fault has a witness, and there is none without.</summary>
    [Fact]
    public void BatchesWithBytesChanged_HaveAWitnessOfTheNativeVerdict()
    {
        HashSet<RowFault> faults = [];
        for (int i = 0; i < 400; i++)
        {
            var random = new SeededRandom((ulong)i + 5000);
            byte[] bytes = [.. PostedBatch.Random(random, 1 + random.Next(6)).Bytes];
            bytes[random.Next(35, bytes.Length)] ^= (byte)(1 << random.Next(8));
            PostedBatch batch = new(i % 6 == 0 ? bytes[..^(1 + random.Next(3))] : bytes, bytes[34]);
            bool isLive = batch.Native(out _) == BatchFault.None;
            Assert.Equal(isLive, batch.IsLive);
            faults.Add(batch.Fault);
            Assert.Empty(new PostedTables(batch, isLive).Checker().Faults());
            if (batch.Fault != RowFault.None) Assert.NotEmpty(new PostedTables(batch, isLive: true).Checker().Faults());
        }
        Assert.Superset(new HashSet<RowFault> { RowFault.None, RowFault.Short, RowFault.Large, RowFault.Form, RowFault.Amount, RowFault.Zero }, faults);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void EachFault_HasItsWitness(string fault, string row)
    {
        PostedBatch batch = PostedBatch.Of(5, [7, 8, 0x29, .. Convert.FromHexString(row)]);
        Assert.Equal(fault, $"{batch.Fault}");
        Assert.NotEqual(BatchFault.None, batch.Native(out _));
        Assert.Empty(new PostedTables(batch, isLive: false).Checker().Faults());
        Assert.NotEmpty(new PostedTables(batch, isLive: true).Checker().Faults());
    }

    /// <summary>Each exponent under each kind of rollup: with none below its seven of plain rows, with one above, with none.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(23)]
    [InlineData(24)]
    public void FullRowThatWouldBePlain_AtEveryExponent_IsAFault(byte least)
    {
        for (byte exponent = 0; exponent <= 30; exponent++)
        {
            PostedBatch batch = new([2, 3, .. new byte[32], 1, 1, 2, 7, exponent, 5], 1, least);
            bool isLive = exponent < least || exponent > least + 6;
            Assert.Equal(isLive ? RowFault.None : RowFault.Plain, batch.Fault);
            Assert.Equal(isLive, batch.Native(out _) == BatchFault.None);
            Assert.Empty(new PostedTables(batch, isLive).Checker().Faults());
            PostedRow lie = batch.Rows[0] with { Fault = isLive ? RowFault.Plain : RowFault.None, End = isLive ? batch.Bytes.Length - 1 : batch.Bytes.Length };
            FieldSpan power = new(RowField.AmountExponent, batch.Bytes.Length - 2, batch.Bytes.Length - 1);
            List<FieldSpan> fields = isLive ? [power] : [power, new(RowField.Amount, batch.Bytes.Length - 1, batch.Bytes.Length)];
            Assert.NotEmpty(new PostedTables(batch, [lie], [fields], !isLive).Checker().Faults());
        }
    }

    /// <summary>A good batch, read up to any byte behind a code, and there every fault claimed of it.</summary>
    [Fact]
    public void GoodBatch_CannotClaimAFault()
    {
        PostedBatch batch = new([.. PostedBatch.Random(new SeededRandom(77), 14).Bytes], 14);
        Assert.True(batch.IsLive);
        for (int i = 0; i < batch.Rows.Count; i++)
        {
            PostedRow row = batch.Rows[i];
            for (int j = 0; j < batch.Fields[i].Count; j++)
            {
                FieldSpan field = batch.Fields[i][j];
                for (int end = field.Start + 1; end <= field.End; end += field.End - end > 6 ? 5 : 1)
                {
                    foreach (RowFault fault in (RowFault[])[RowFault.Short, RowFault.Large, RowFault.Long, RowFault.Zero, RowFault.Form, RowFault.Plain, RowFault.Nothing, RowFault.Word, RowFault.Same, RowFault.Amount, RowFault.Repeated])
                    {
                        PostedRow lie = row with { End = end, Fault = fault };
                        List<FieldSpan> fields = [.. batch.Fields[i][..j], field with { End = end }];
                        PostedTables tables = new(batch, [.. batch.Rows[..i], lie], [.. batch.Fields[..i], fields], isLive: false);
                        if (tables.Checker().Faults().Count == 0) Assert.Fail($"{fault} passes in {field} at {end}");
                    }
                }
            }
        }
    }

    /// <summary>Between its twins another fee was said, but a row that is read too late leaves the twin's where the last one looks.</summary>
    [Fact]
    public void RowsInAnotherOrder_AreRefused()
    {
        PostedBatch batch = PostedBatch.Of(3, [.. Convert.FromHexString("01020F0B050307"), .. Convert.FromHexString("01020F0B050309"), .. Convert.FromHexString("01020F0B050307")]);
        Assert.True(batch.IsLive);
        List<PostedRow> rows = [.. batch.Rows[..2], batch.Rows[2] with { Fault = RowFault.Repeated }];
        PostedTables tables = new(batch, rows, batch.Fields, isLive: false);
        Trace<F> other = new FullRowWriter<F>(batch.Bytes, [rows[1], rows[0], rows[2]], [batch.Fields[1], batch.Fields[0], batch.Fields[2]], batch.Least, 0, false, new uint[1 << 15], 3).Trace, trace = tables.FullRows.Trace;
        for (int row = 0; row < trace.Height; row++)
        {
            for (int column = 0; column < FullRowColumns.Width; column++) trace[column, row] = other[column, row];
            if (trace[FullRowColumns.Real, row] == F.One && trace[FullRowColumns.Transaction, row] != F.FromUInt32(2)) trace[FullRowColumns.Transaction, row] = F.One - trace[FullRowColumns.Transaction, row];
        }
        IReadOnlyList<TraceFault> faults = tables.Checker().Faults();
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.Equal(RollupBuses.FullRow.Name, fault.Constraint));
    }

    /// <summary>Of a good batch and of one with each fault; and each constraint is there for some cell.</summary>
    [Fact]
    public void EveryCell_IsDetermined()
    {
        HashSet<string> unviolated = [.. new PostedTables(PostedBatch.Random(new SeededRandom(4), 20), isLive: true).Mutate().Unviolated];
        foreach (string row in Faults.Select(fault => fault.Data.Item2))
            unviolated.IntersectWith(new PostedTables(PostedBatch.Of(5, [7, 8, 0x29, .. Convert.FromHexString(row)]), isLive: false).Mutate().Unviolated);
        // It takes an amount that is whole but for its exponent: AmountFaultAirTests have some.
        Assert.Equal(["fault of an amount: most exponent"], unviolated);
        ConstraintGraph graph = ConstraintGraph.Of(new FullRowAir(PostedBatch.Exponent));
        Assert.Equal((103, 7, 3, 1), (graph.Shape.Width, graph.Interactions.Count, graph.MaxDegree, graph.MaxInteractionDegree));
    }

    /// <summary>Tokens and fees stand from segment to segment, whatever they are by then.</summary>
    [Fact]
    public void Segments_HandOnWhatStands()
    {
        PostedBatch batch = PostedBatch.Random(new SeededRandom(21), 14);
        uint[] asked = new uint[1 << 15];
        FullRowWriter<F> first = new(batch.Bytes, batch.Rows[..8], batch.Fields[..8], PostedBatch.Exponent, 0, true, asked);
        FullRowWriter<F> second = new(batch.Bytes, batch.Rows[8..], batch.Fields[8..], PostedBatch.Exponent, 8, true, asked, stands: first.Stands);
        FullRowWriter<F> whole = new(batch.Bytes, batch.Rows, batch.Fields, PostedBatch.Exponent, 0, true, asked);
        int size = FullRowColumns.Carried;
        Assert.Equal(first.PublicValues[FullRowColumns.After..], second.PublicValues[FullRowColumns.Before..FullRowColumns.After]);
        Assert.Equal(whole.PublicValues[FullRowColumns.After..], second.PublicValues[FullRowColumns.After..]);
        Assert.NotEqual(new F[size], first.PublicValues[FullRowColumns.After..]);
        second.PublicValues[FullRowColumns.Before] += F.One;
        Assert.Contains(new TraceChecker<F>(1000).Add(new FullRowAir(PostedBatch.Exponent), second.Trace, second.PublicValues).Faults(), fault => fault.Constraint.StartsWith("stood", StringComparison.Ordinal));
    }

    private static void AssertTold(PostedTables tables, int row, in Payment payment)
    {
        if (tables.Has(row, RowField.AmountExponent)) Assert.Equal(payment.Amount, Amount(RowField.AmountExponent));
        if (tables.Has(row, RowField.FeeExponent)) Assert.Equal(payment.Fee, Amount(RowField.FeeExponent));
        if (tables.Has(row, RowField.Token)) Assert.Equal(payment.Token, (uint)tables.Number(row, RowField.Token));
        if (tables.Has(row, RowField.FeeToken)) Assert.Equal(payment.FeeToken, (uint)tables.Number(row, RowField.FeeToken));
        Assert.Equal(payment.Sponsor != default, tables.Has(row, RowField.Sponsor));
        if (tables.Has(row, RowField.Sponsor)) Assert.Equal(payment.Sponsor, AccountAddress.FromNumber((uint)tables.Number(row, RowField.Sponsor)));
        Assert.Equal(payment.KeySkip, (uint)tables.Number(row, RowField.KeySkip));
        Assert.Equal(payment.SponsorSkip, (uint)tables.Number(row, RowField.SponsorSkip));
        Assert.Equal((UInt128)(int)payment.Kind, tables.Number(row, RowField.Kind));
        if (payment.Kind is PaymentKind.Withdraw or PaymentKind.Message) Assert.Equal(payment.L1Recipient.Span.ToArray(), tables.BytesOf(row, RowField.Settlement));
        if (payment.Kind == PaymentKind.Message) Assert.Equal(payment.Payload.ToArray(), tables.BytesOf(row, RowField.Payload));
        if (payment.Kind == PaymentKind.RotateKey) Assert.Equal(payment.Payload.ToArray()[1..], tables.BytesOf(row, RowField.NewKey));
        if (payment.Kind == PaymentKind.Transfer && payment.Recipient.Scheme == 3) Assert.Equal(payment.Recipient.Digest.Span.ToArray(), tables.BytesOf(row, RowField.Recipient));

        UInt128 Amount(RowField exponent)
        {
            UInt128 amount = tables.Number(row, exponent + 1);
            for (int i = (int)tables.Number(row, exponent); i > 0; i--) amount *= 10;
            return amount;
        }
    }
}
