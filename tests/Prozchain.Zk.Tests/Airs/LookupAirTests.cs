using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>AIRs that vouch for values by asking a table, whole.</summary>
public sealed class LookupAirTests
{
    [Fact]
    public void RangeByBits_ValuesAskedFor_Balance()
    {
        uint[] values = [0, 1, 1000, (1 << 20) - 1];
        var air = new RangeBitsAir(20);
        var checker = new TraceChecker<F>().Add(air, air.Generate<F>(values));
        foreach (uint value in values) checker.Post(Buses.Range(20), BusDirection.Send, F.One, [F.FromUInt32(value)]);
        Assert.Empty(checker.Faults());
        TraceFault fault = Assert.Single(checker.Post(Buses.Range(20), BusDirection.Send, F.One, [F.FromUInt32(1 << 20)]).Faults());
        Assert.Equal("outside, row -1: expected bus range 20 to balance, got 1 more sent than received of (1048576).", fault.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    public void RangeTable_ValuesAskedFor_Balance(int bits)
    {
        uint[] values = [0, 1, (1u << bits) - 1, 0], asked = new uint[1 << bits];
        foreach (uint value in values) asked[value]++;
        var air = new RangeTableAir(bits);
        var checker = new TraceChecker<F>().Add(air, air.Generate<F>(asked));
        foreach (uint value in values) checker.Post(Buses.Range(bits), BusDirection.Send, F.One, [F.FromUInt32(value)]);
        Assert.Empty(checker.Faults());
        Assert.Single(checker.Post(Buses.Range(bits), BusDirection.Send, F.One, [F.FromUInt32(1u << bits)]).Faults());
    }

    [Fact]
    public void RangeByBytes_WithItsTable_Balances()
    {
        uint[] values = [0, 255, 256, 0xFFFF, 0x1234];
        uint[] asked = new uint[256];
        var air = new RangeBytesAir(2);
        Trace<F> trace = air.Generate<F>(values, asked);
        var checker = new TraceChecker<F>().Add(air, trace).Add(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked));
        foreach (uint value in values) checker.Post(Buses.Range(16), BusDirection.Send, F.One, [F.FromUInt32(value)]);
        Assert.Empty(checker.Faults());

        // A limb of 256 satisfies the constraints of its row: only the bus finds it.
        (trace[2, 1], trace[0, 1]) = (F.FromUInt32(256), F.FromUInt32(256));
        TraceFault[] faults = [.. new TraceChecker<F>().Add(air, trace).Add(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked)).Faults()];
        Assert.Contains(faults, fault => fault is { Kind: TraceFaultKind.Bus, Constraint: "byte range", Message: "256", Row: 1 });
        Assert.DoesNotContain(faults, fault => fault.Kind == TraceFaultKind.Constraint);
    }

    [Fact]
    public void WordOperations_WithTheByteTable_Balance()
    {
        var random = new SeededRandom(3);
        WordOperation[] operations = [.. Enumerable.Range(0, 50).Select(i => new WordOperation(i % 2 == 0, (uint)random.NextUInt64(), (uint)random.NextUInt64()))];
        uint[] xors = new uint[ByteTableAir.Height], ands = new uint[ByteTableAir.Height];
        Trace<F> trace = WordOperationsAir.Generate<F>(operations, xors, ands);
        var checker = new TraceChecker<F>().Add(new WordOperationsAir(), trace).Add(new ByteTableAir(), ByteTableAir.Generate<F>(xors, ands));
        foreach (WordOperation operation in operations) checker.Post(Buses.Words, BusDirection.Send, F.One, Fact(operation));
        Assert.Empty(checker.Faults());

        TraceFault fault = checker.Post(Buses.Words, BusDirection.Send, F.One, Fact(new(true, 1, 1)))
            .Post(Buses.Words, BusDirection.Receive, F.One, Fact(new(false, 1, 1))).Faults()[0];
        Assert.Equal("1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0", fault.Message);
    }

    [Fact]
    public void Generate_ValuesOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeBitsAir(31));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeBytesAir(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeBitsAir(3).Generate<F>([8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeBytesAir(1).Generate<F>([256], new uint[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeTableAir(17));
        Assert.Throws<ArgumentException>(() => new RangeTableAir(3).Generate<F>(new uint[7]));
        Assert.Throws<ArgumentException>(() => ByteRangeAir.Generate<F>(new uint[255]));
        Assert.Throws<ArgumentException>(() => ByteTableAir.Generate<F>(new uint[5], new uint[ByteTableAir.Height]));
    }

    private static F[] Fact(WordOperation operation)
    {
        uint[] words = [operation.Left, operation.Right, operation.Result];
        return [operation.IsAnd ? F.One : F.Zero, .. words.SelectMany(word => Enumerable.Range(0, 4).Select(i => F.FromUInt32(word >> (8 * i) & 0xFF)))];
    }
}
