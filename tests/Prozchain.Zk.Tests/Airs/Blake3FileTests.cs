using System.Numerics;
using Prozchain.Shared;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>"I know a file of this length, with this BLAKE3 hash, that starts with these bytes", by its tables.</summary>
public sealed class Blake3FileTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(64, 64)]
    [InlineData(65, 8)]
    [InlineData(1024, 16)]
    [InlineData(1025, 16)]
    [InlineData(3073, 4)]
    [InlineData(7000, 64)]
    public void Tables_OfAFile_BalanceForItsHash(int length, int prefix)
    {
        byte[] file = MakeFile(length);
        byte[] hash = new byte[32];
        Blake3.Hash(file, hash);
        var tables = new Blake3File<F>(file);
        Assert.Equal(hash, tables.Hash.ToArray());
        Assert.Empty(Check(tables, length, hash, file.AsSpan(0, prefix)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(2500)]
    public void Tables_AgainstAnotherStatement_AreFaulted(int length)
    {
        byte[] file = MakeFile(length);
        var tables = new Blake3File<F>(file);
        byte[] hash = tables.Hash.ToArray(), prefix = file[..10];
        prefix[9] ^= 1;
        Assert.Equal(("prefix[9]", 0), FirstOf(Check(tables, length, hash, prefix)));
        hash[31] ^= 1;
        Assert.Equal("hash[15]", FirstOf(Check(tables, length, hash, file.AsSpan(0, 10))).Constraint);
        Assert.NotEmpty(Check(tables, length - 1, tables.Hash.Span, []));
        Assert.NotEmpty(Check(tables, length + 1, tables.Hash.Span, []));
    }

    [Fact]
    public void Blocks_ChangedByte_IsFoundOnTheBus()
    {
        byte[] file = MakeFile(300);
        var tables = new Blake3File<F>(file);
        tables.Blocks[5, 2] = F.FromUInt32((uint)file[2 * 64 + 5] ^ 1);
        IReadOnlyList<TraceFault> faults = Check(tables, 300, tables.Hash.Span, []);
        Assert.All(faults, fault => Assert.Equal(TraceFaultKind.Bus, fault.Kind));
        Assert.Contains(faults, fault => fault is { Constraint: "blake3 compression", Table: "blake3 blocks", Row: 2 });
    }

    [Fact]
    public void Tables_AnyCellChanged_IsFound()
    {
        byte[] file = MakeFile(5 * 1024 + 100);
        var tables = new Blake3File<F>(file);
        AirCase[] cases =
        [
            AirCase.Of(new Blake3BlocksAir(file.Length, 7), tables.Blocks, Blake3File<F>.PublicValues(tables.Hash.Span, file.AsSpan(0, 7))),
            AirCase.Of(new Blake3ParentsAir(file.Length), tables.Parents!, Blake3File<F>.PublicValues(tables.Hash.Span, [])),
        ];
        foreach (AirCase air in cases)
        {
            Assert.Empty(air.ConstraintFaults());
            Assert.Equal(2, air.Graph.MaxDegree);
            air.AssertGraphAgrees(4);
            for (int row = 0; row < air.Trace.Height; row++) air.AssertEachChangeFound(row);
        }
    }

    /// <summary>Tables of a least height, as a proof that hides needs them: what is added stands for nothing, and every cell of it is fixed.</summary>
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 9)]
    [InlineData(1, 1, 9)]
    [InlineData(1024, 64, 7)]
    [InlineData(1025, 3, 9)]
    [InlineData(4500, 64, 10)]
    public void Statement_WithItsTraces_Balances(int length, int prefix, int leastLogRows)
    {
        byte[] file = MakeFile(length);
        var statement = new Blake3FileStatement(length, prefix, leastLogRows);
        var tables = new Blake3File<F>(file, leastLogRows);
        Trace<F>[] traces = tables.Traces(statement);
        F[][] values = statement.PublicValues<F>(tables.Hash.Span, file.AsSpan(0, prefix));
        Assert.Equal(statement.LogRows.ToArray(), traces.Select(trace => BitOperations.Log2((uint)trace.Height)));
        Assert.All(traces, trace => Assert.True(trace.Height >= 1 << leastLogRows && trace.IsOwned));
        Assert.Empty(Check(statement, traces, values));
        values[0][15] += F.One;
        Assert.NotEmpty(Check(statement, traces, values));
    }

    [Fact]
    public void Statement_AnyCellOfThePaddingChanged_IsFound()
    {
        byte[] file = MakeFile(1500);
        const int Least = 9;
        var tables = new Blake3File<F>(file, Least);
        AirCase[] cases =
        [
            AirCase.Of(new Blake3BlocksAir(file.Length, 7, Least), tables.Blocks, Blake3File<F>.PublicValues(tables.Hash.Span, file.AsSpan(0, 7))),
            AirCase.Of(new Blake3ParentsAir(file.Length, Least), tables.Parents!, Blake3File<F>.PublicValues(tables.Hash.Span, [])),
            AirCase.Of(new ByteRangeAir(Least), tables.Bytes),
        ];
        foreach (AirCase air in cases)
        {
            Assert.Equal(1 << Least, air.Trace.Height);
            Assert.Empty(air.ConstraintFaults());
            foreach (int row in (int[])[0, 1, 23, 24, 25, 255, 256, 400, 511]) air.AssertEachChangeFound(row);
        }
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2048, 0, 2048)]
    [InlineData(2049, 0, 2048, 1)]
    [InlineData(2049, 9, 2048, 1)]
    [InlineData(2049, 15, 2049)]
    [InlineData(3072, 0, 2048, 1024)]
    [InlineData(3073, 0, 3073)]
    [InlineData(17407, 9, 16384, 1023)]
    public void Share_OfCompressions_SavesRowsWhereItCan(int compressions, int leastLogRows, params int[] shares) =>
        Assert.Equal(shares, CompressionShares.Of(compressions, leastLogRows));

    [Fact]
    public void Statement_OfAMebibyte_HasOneHundredThirtyNineThousandRows()
    {
        var statement = new Blake3FileStatement(1 << 20, 16, 9);
        Assert.Equal([14, 10, 9, 17, 13], statement.LogRows.ToArray());
    }

    /// <summary>The second table of compressions starts where the first ends.</summary>
    [Fact]
    public void Traces_OfASharedTable_AnswerForEachCompressionOnce()
    {
        byte[] file = MakeFile(2000 * 64);
        var statement = new Blake3FileStatement(file.Length, 0);
        var tables = new Blake3File<F>(file);
        Trace<F>[] traces = tables.Traces(statement);
        Assert.Equal([2048, 76], statement.Shares.ToArray());
        int at = 0;
        foreach ((Trace<F> trace, int share) in traces[3..].Zip(statement.Shares.ToArray()))
        {
            for (int i = 0; i < trace.Height / 8; i++)
            {
                Assert.Equal(i < share ? F.One : F.Zero, trace[Blake3Columns.Count, 8 * i + 7]);
                if (i < share) Assert.Equal(tables.Compressions.Span[at++].Message.Span[0] & 0xFFFF, trace[Blake3Columns.Message, 8 * i].ToUInt32());
            }
        }
        Assert.Equal(tables.Compressions.Length, at);
    }

    [Fact]
    public void Statement_OfAnotherShape_IsRefused()
    {
        var tables = new Blake3File<F>(MakeFile(100), 9);
        Assert.Throws<ArgumentException>(() => tables.Traces(new(101, 0, 9)));
        Assert.Throws<ArgumentException>(() => tables.Traces(new(100, 0, 8)));
        Assert.Throws<ArgumentException>(() => new Blake3FileStatement(100, 5).PublicValues<F>(new byte[32], new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3FileStatement(100, 0, 25));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3File<F>(new byte[1], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ByteRangeAir(25));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Compression.Generate<F>([], 25));
    }

    [Fact]
    public void Constructors_ImpossibleLengths_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3BlocksAir(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3BlocksAir(100, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3BlocksAir((1 << 25) + 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blake3ParentsAir(1024));
        Assert.Throws<ArgumentException>(() => Blake3File<F>.PublicValues(new byte[31], []));
    }

    private static (string Constraint, int Row) FirstOf(IReadOnlyList<TraceFault> faults) => (faults[0].Constraint, faults[0].Row);

    private static byte[] MakeFile(int length)
    {
        byte[] file = new byte[length];
        new SeededRandom((ulong)length).NextBytes(file);
        return file;
    }

    private static IReadOnlyList<TraceFault> Check(Blake3FileStatement statement, Trace<F>[] traces, F[][] values)
    {
        var checker = new TraceChecker<F>(maxFaults: 100);
        for (int i = 0; i < traces.Length; i++)
        {
            switch (statement.Airs[i])
            {
                case Blake3BlocksAir air: checker.Add(air, traces[i], values[i]); break;
                case Blake3ParentsAir air: checker.Add(air, traces[i], values[i]); break;
                case ByteRangeAir air: checker.Add(air, traces[i], values[i]); break;
                case Blake3CompressionAir air: checker.Add(air, traces[i], values[i]); break;
                default: Assert.Fail($"Expected an AIR of a file, got {statement.Airs[i].Shape.Name}."); break;
            }
        }
        return checker.Faults();
    }

    /// <summary>The faults of all tables; a length that gives another shape is a fault too.</summary>
    private static IReadOnlyList<TraceFault> Check(Blake3File<F> tables, int length, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> prefix)
    {
        var checker = new TraceChecker<F>(maxFaults: 1000);
        checker.Add(new Blake3BlocksAir(length, prefix.Length), tables.Blocks, Blake3File<F>.PublicValues(hash, prefix));
        if (tables.Parents is not null) checker.Add(new Blake3ParentsAir(length), tables.Parents, Blake3File<F>.PublicValues(hash, []));

        // Two tables of compressions share the work.
        ReadOnlySpan<Blake3Compression> all = tables.Compressions.Span;
        int first = all.Length / 3;
        if (first > 0) checker.Add(new Blake3CompressionAir(), Blake3Compression.Generate<F>(all[..first]));
        checker.Add(new Blake3CompressionAir(), Blake3Compression.Generate<F>(all[first..]));
        return checker.Add(new ByteRangeAir(), tables.Bytes).Faults();
    }
}
