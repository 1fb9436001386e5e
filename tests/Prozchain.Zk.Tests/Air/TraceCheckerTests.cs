using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

public sealed class TraceCheckerTests
{
    private static readonly F[] Publics = [F.Zero, F.One, F.FromUInt32(21)];

    [Fact]
    public void Add_ValidTrace_HasNoFaults() => Assert.Empty(Check(FibonacciAir.Generate(F.Zero, F.One, 8), Publics));

    [Fact]
    public void Add_WrongCell_NamesRowAndConstraint()
    {
        Trace<F> trace = FibonacciAir.Generate(F.Zero, F.One, 8);
        trace[1, 3] += F.One;
        IReadOnlyList<TraceFault> faults = Check(trace, Publics);
        Assert.Equal([("fibonacci", 2, "sum"), ("fibonacci", 3, "shift"), ("fibonacci", 3, "sum")], faults.Select(fault => (fault.Table, fault.Row, fault.Constraint)));
        Assert.Equal("fibonacci, row 3: expected shift = 0, got 1.", faults[1].ToString());
    }

    [Theory]
    [InlineData(0, "first left", 0)]
    [InlineData(1, "first right", 0)]
    [InlineData(2, "last right", 7)]
    public void Add_WrongPublicValue_NamesTheBoundary(int index, string label, int row)
    {
        F[] publics = [.. Publics];
        publics[index] += F.One;
        Assert.Contains(Check(FibonacciAir.Generate(F.Zero, F.One, 8), publics), fault => fault.Constraint == label && fault.Row == row);
    }

    [Fact]
    public void Add_MultiplicityAboveItsBound_IsFound()
    {
        var trace = new Trace<F>(1, 2);
        trace[0, 1] = F.FromUInt32(2);
        TraceFault fault = new TraceChecker<F>().Add(new AskingAir(), trace).Faults()[0];
        Assert.Equal((TraceFaultKind.Multiplicity, 1, "range 8", "2"), (fault.Kind, fault.Row, fault.Constraint, fault.Value));
    }

    [Fact]
    public void Faults_ManyWrongRows_StopAtTheMaximum()
    {
        Trace<F> trace = FibonacciAir.Generate(F.Zero, F.One, 64);
        for (int row = 0; row < 64; row++) trace[0, row] = F.FromUInt32(9);
        Assert.Equal(3, new TraceChecker<F>(maxFaults: 3).Add(new FibonacciAir(), trace, Publics).Faults().Count);
    }

    [Fact]
    public void Add_WrongShape_IsRefused()
    {
        Trace<F> trace = FibonacciAir.Generate(F.Zero, F.One, 8);
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new FibonacciAir(), trace));
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new RangeBitsAir(8), trace));
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new ByteRangeAir(), new Trace<F>(1, 128)));
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new Blake3CompressionAir(), new Trace<F>(1281, 4)));
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Post(Buses.Bytes, BusDirection.Send, F.One, [F.One]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TraceChecker<F>(maxFaults: 0));
        Assert.Throws<OperationCanceledException>(() => new TraceChecker<F>().Add(new FibonacciAir(), trace, Publics, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Fold_OfAPoint_IsHornerOverSelectedConstraints()
    {
        F[] e = FieldTools.Elements<F>(11, 5);
        AirPoint<F> point = new() { Local = e.AsSpan(0, 2), Next = e.AsSpan(2, 2), Public = e.AsSpan(4, 3) };
        PointBuilder<F, ConstraintFolder<F>> builder = new(point, new(e[7], e[8], e[9], e[10]));
        new FibonacciAir().Eval<PointBuilder<F, ConstraintFolder<F>>, FieldValue<F>>(ref builder);
        F[] terms = [e[8] * (e[0] - e[4]), e[8] * (e[1] - e[5]), e[10] * (e[1] - e[2]), e[10] * (e[0] + e[1] - e[3]), e[9] * (e[1] - e[6])];
        Assert.Equal(terms.Aggregate(F.Zero, (sum, term) => sum * e[7] + term), builder.Sink.Sum);
    }

    private static IReadOnlyList<TraceFault> Check(Trace<F> trace, F[] publics) => new TraceChecker<F>().Add(new FibonacciAir(), trace, publics).Faults();

    /// <summary>Promises to ask at most once a row, but constrains nothing.</summary>
    private readonly struct AskingAir : IAir
    {
        public AirShape Shape => new() { Name = "asking", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Send(Buses.Range(8), b.Local(0), [b.Local(0)]);
    }
}
