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
