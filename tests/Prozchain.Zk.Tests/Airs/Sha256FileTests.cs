using System.Numerics;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>"I know a file of this length, with this SHA-256 hash, that starts with these bytes", by its tables.</summary>
public sealed class Sha256FileTests
{
    /// <summary>All places that padding may start at, and blocks that fill their table and that do not.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(55, 55)]
    [InlineData(56, 0)]
    [InlineData(63, 7)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(119, 33)]
    [InlineData(120, 33)]
    [InlineData(1000, 64, 9)]
    [InlineData(300, 64, 0, 2, 3)]
    [InlineData(300, 31, 6, 1, 4)]
    [InlineData(127, 3, 4, 1, 1, 1)]
    public void Statement_WithItsTraces_Balances(int length, int prefix, int leastLogRows = 0, params int[] parts)
    {
        byte[] file = MakeFile(length);
        var statement = new Sha256FileStatement(length, prefix, leastLogRows, parts.Length == 0 ? null : parts);
        Trace<F>[] traces = statement.Traces<F>(file);
        Assert.Equal(statement.LogRows.ToArray(), traces.Select(trace => BitOperations.Log2((uint)trace.Height)));
        Assert.All(traces, trace => Assert.True(trace.Height >= 1 << leastLogRows && trace.IsOwned));
        Assert.Empty(Check(statement, traces, Hash(file), file.AsSpan(0, prefix)));
        byte[] other = Hash(file);
        other[0] ^= 1;
        Assert.NotEmpty(Check(statement, traces, other, file.AsSpan(0, prefix)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(240, 2, 2)]
    public void Tables_AgainstAnotherStatement_AreFaulted(int length, params int[] parts)
    {
        byte[] file = MakeFile(length), hash = Hash(file), prefix = file[..10];
        int[]? shares = parts.Length == 0 ? null : parts;
        Trace<F>[] traces = new Sha256FileStatement(length, 10, 0, shares).Traces<F>(file);
        prefix[9] ^= 1;
        Assert.Equal("prefix[9]", Check(new(length, 10, 0, shares), traces, hash, prefix)[0].Constraint);
        foreach (int other in (int[])[length - 1, length + 1])
            Assert.Contains(Check(new(other, 10, 0, shares), traces, hash, file.AsSpan(0, 10)), fault => fault.Constraint.StartsWith("padding", StringComparison.Ordinal));
        hash[31] ^= 1;
        Assert.Equal("chain[14]", Check(new(length, 10, 0, shares), traces, hash, file.AsSpan(0, 10))[0].Constraint);
    }

    /// <summary>Every cell of every row is fixed: of the file, of its padding, of blocks that are none, of each part.</summary>
    [Theory]
    [InlineData(120, 7, 0)]
    [InlineData(20, 7, 5)]
    [InlineData(150, 64, 4, 2, 1)]
    public void Tables_AnyCellChanged_IsFound(int length, int prefix, int leastLogRows, params int[] parts)
    {
        byte[] file = MakeFile(length);
        var statement = new Sha256FileStatement(length, prefix, leastLogRows, parts.Length == 0 ? null : parts);
        Trace<F>[] traces = statement.Traces<F>(file);
        F[][] values = statement.PublicValues<F>(Hash(file), file.AsSpan(0, prefix));
        for (int table = 0; table < traces.Length; table++)
        {
            AirCase air = AirCase.Of((Sha256BlocksAir)statement.Airs[table], traces[table], values[table]);
            Assert.Empty(air.ConstraintFaults());
            Assert.Equal(3, air.Graph.MaxDegree);
            air.AssertGraphAgrees(4);
            for (int row = 0; row < air.Trace.Height; row++) air.AssertEachChangeFound(row);
        }
    }

    [Theory]
    [InlineData(1 << 20, 10, 17, 10)]
    [InlineData(131_063, 10, 14)]
    [InlineData(131_064, 10, 14, 10)]
    [InlineData(0, 0, 3)]
    public void Statement_OfALength_HasTheRowsOfItsBlocks(int length, int leastLogRows, params int[] logRows) =>
        Assert.Equal(logRows, new Sha256FileStatement(length, 0, leastLogRows).LogRows.ToArray());

    /// <summary>A proof that hides is accepted for what was proven and for no other hash, prefix, length or order of parts.</summary>
    [Fact]
    public void Proof_OfTwoParts_IsValidForItsStatementAlone()
    {
        const int Least = 9;
        byte[] file = MakeFile(200), hash = Hash(file), prefix = file[..3];
        var statement = new Sha256FileStatement(200, 3, Least, [3, 1]);
        StarkKey<F> key = Key(statement);
        F[][] values = statement.PublicValues<F>(hash, prefix);
        StarkProof proof = StarkProver.Prove(key, statement.Traces<F>(file), values);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, values, proof));
        prefix[2] ^= 1;
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, statement.PublicValues<F>(hash, prefix), proof));
        hash[9] ^= 1;
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, statement.PublicValues<F>(hash, file.AsSpan(0, 3)), proof));
        hash[9] ^= 1;
        foreach (Sha256FileStatement other in (Sha256FileStatement[])[new(199, 3, Least, [3, 1]), new(200, 3, Least, [2, 2])])
            Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(Key(other), other.PublicValues<F>(hash, file.AsSpan(0, 3)), proof));

        static StarkKey<F> Key(Sha256FileStatement statement) => StarkKey.Create<F>(
            statement.Airs, StarkParameters.ForTarget(80, StarkKey.ShapeOf<F>(statement.Airs, Least, Least, zeroKnowledge: true)));
    }

    [Fact]
    public void Statement_ImpossibleNumbers_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sha256FileStatement(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sha256FileStatement((1 << 25) + 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sha256FileStatement(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sha256FileStatement(100, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sha256FileStatement(100, 0, 25));
        Assert.Throws<ArgumentException>(() => new Sha256FileStatement(250, 0, 0, [2, 2]));
        Assert.Throws<ArgumentException>(() => new Sha256FileStatement(100, 0).Traces<F>(new byte[99]));
        Assert.Throws<ArgumentException>(() => new Sha256FileStatement(100, 5).PublicValues<F>(new byte[32], new byte[4]));
        Assert.Throws<ArgumentException>(() => new Sha256FileStatement(100, 5).PublicValues<F>(new byte[31], new byte[5]));
    }

    internal static byte[] MakeFile(int length)
    {
        byte[] file = new byte[length];
        new SeededRandom((ulong)length).NextBytes(file);
        return file;
    }

    internal static byte[] Hash(ReadOnlySpan<byte> file)
    {
        byte[] hash = new byte[32];
        Sha256.Hash(file, hash);
        return hash;
    }

    internal static IReadOnlyList<TraceFault> Check(Sha256FileStatement statement, Trace<F>[] traces, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> prefix)
    {
        F[][] values = statement.PublicValues<F>(hash, prefix);
        var checker = new TraceChecker<F>(maxFaults: 100);
        for (int i = 0; i < traces.Length; i++) checker.Add((Sha256BlocksAir)statement.Airs[i], traces[i], values[i]);
        return checker.Faults();
    }
}
