using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Tests.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

/// <summary>The tool that changes cells, on AIRs that are known to determine every cell and on one that does not.</summary>
public sealed class TraceMutatorTests
{
    [Fact]
    public void Poseidon2OnItsBus_EveryCell_IsDetermined()
    {
        F[] inputs = FieldTools.Elements<F>(16 * 5, 4);
        var air = new Poseidon2Air<KoalaBear>(2, onBus: true);
        var mutator = new TraceMutator<F>(1).Add(air, air.Generate(inputs), [], 2, 2);
        for (int i = 0; i < 5; i++)
        {
            F[] output = [.. inputs.AsSpan(16 * i, 16)];
            Poseidon2Width16<KoalaBear>.Permute(output);
            mutator.Post(Buses.Poseidon2, BusDirection.Send, F.One, [.. inputs.AsSpan(16 * i, 16), .. output]);
        }
        MutationReport report = mutator.Run();
        report.AssertAllFound();
        Assert.Equal(2 * 165 * 3 * 4, report.Tried);
    }

    [Fact]
    public void Keccak_EveryCell_IsDetermined()
    {
        KeccakInput input = AirCases.Keccak(new SeededRandom(5));
        Trace<F> trace = KeccakInput.Generate<F>([input]);
        F[] message = new F[200];
        for (int i = 0; i < 100; i++) message[i] = trace[KeccakColumns.Input + i, 0];
        for (int i = 0; i < 100; i++) message[100 + i] = trace[i < 4 ? KeccakColumns.Iota0 + i : KeccakColumns.Chi + i, 23];
        new TraceMutator<F>(2).Add(new KeccakAir(), trace, [], 24).Post(Buses.Keccak, BusDirection.Send, F.One, message).Run().AssertAllFound();
    }

    [Fact]
    public void RangeBits_ValuesAskedFor_AreDetermined()
    {
        var air = new RangeBitsAir(5);
        uint[] values = [0, 31, 7, 16, 9];
        var mutator = new TraceMutator<F>(3, rows: 8).Add(air, air.Generate<F>(values), [], values.Length);
        foreach (uint value in values) mutator.Post(Buses.Range(5), BusDirection.Send, F.One, [F.FromUInt32(value)]);
        mutator.Run().AssertAllFound();
    }

    /// <summary>The checker minds the counters of the table that is asked; a prover writes them anew.</summary>
    [Fact]
    public void CellThatOnlyARangeHolds_IsMissed()
    {
        uint[] asked = new uint[256];
        var air = new PairAir();
        Trace<F> trace = new(2, 4);
        for (int row = 0; row < 4; row++)
        {
            (trace[0, row], trace[1, row]) = (F.FromUInt32(100), F.FromUInt32(7));
            asked[7]++;
        }
        MutationReport report = new TraceMutator<F>(4, rows: 40).Add(air, trace, [], 4).Answer(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked)).Run();
        Assert.All(report.Missed, missed => Assert.StartsWith("pair, column 1,", missed));
        Assert.Equal(2 * 4, report.Missed.Count);
        Assert.Equal(["pair: never"], report.Unviolated);
    }

    /// <summary>A range of a multiple says nothing of the cell: half of an odd number is an element too.</summary>
    [Fact]
    public void CellWhoseDoubleARangeHolds_IsMissed()
    {
        uint[] asked = new uint[256];
        asked[14] = 4;
        Trace<F> trace = new(1, 4);
        for (int row = 0; row < 4; row++) trace[0, row] = F.FromUInt32(7);
        MutationReport report = new TraceMutator<F>(6, rows: 4).Add(new DoubleAir(), trace, [], 4).Answer(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked)).Run();
        Assert.Contains($"double, column 0, row 0: + {F.FromUInt32(2).Inverse()}", report.Missed);
    }

    /// <summary>What the mutator finds without a prover's freedom is what the checker finds.</summary>
    [Fact]
    public void Missed_AgainstTheChecker_IsEveryChangeWithoutFaults()
    {
        Trace<F> trace = new(2, 4);
        for (int row = 0; row < 4; row++) trace[0, row] = F.FromUInt32(100);
        List<string> expected = [];
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                trace[column, row] += F.One;
                if (new TraceChecker<F>().Add(new LooseAir(), trace).Faults().Count == 0) expected.Add($"loose, column {column}, row {row}: + {F.One}");
                trace[column, row] -= F.One;
            }
        }
        MutationReport report = new TraceMutator<F>(5, rows: 40).Add(new LooseAir(), trace, [], 4).Run();
        Assert.Equal(["loose, column 1, row 3: + 1"], expected);
        Assert.Equal(expected, report.Missed.Where(missed => missed.EndsWith("+ 1", StringComparison.Ordinal)));
    }

    private readonly struct PairAir : IAir
    {
        public AirShape Shape => new() { Name = "pair", Width = 2 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.AssertZero(Rows.All, b.Local(0) - b.Constant(100), "hundred");
            b.AssertZero(Rows.All, b.Constant(0) * b.Local(1), "never");
            b.Send(Buses.ByteRange, b.Constant(1), [b.Local(1)]);
        }
    }

    private readonly struct DoubleAir : IAir
    {
        public AirShape Shape => new() { Name = "double", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Send(Buses.ByteRange, b.Constant(1), [b.Local(0) + b.Local(0)]);
    }

    private readonly struct LooseAir : IAir
    {
        public AirShape Shape => new() { Name = "loose", Width = 2 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.AssertZero(Rows.Transition, b.Next(0) - b.Local(0), "same");
            b.AssertZero(Rows.Transition, b.Local(0) * b.Local(1), "none");
        }
    }
}
