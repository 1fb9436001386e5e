using System.Numerics;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.WideAmountColumns;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

public sealed class WideAmountTests
{
    private const int Least = 12;

    private static readonly UInt128 s_most = Limbs.Limit - 1;

    private static WideAmount[] Edges =>
    [
        new(0, 0, 2), new(1, 0, 1), new(s_most, 0, 1), new(s_most / Power(30), 30, 1), new(10, 30, 1), new(1, 30, 3), new(12_345, 30, 1), new(9, 29, 0),
        .. Enumerable.Range(1, 30).Select(exponent => new WideAmount(Odd(s_most / Power(exponent)), exponent, 1)),
        .. Enumerable.Range(0, 7).Select(step => new WideAmount(Odd(s_most / Power(Least + step)), Least + step, 1, step)), new(1, Least, 1, 0), new(3, Least + 6, 2, 6),
        .. Enumerable.Range(1, 8).SelectMany(limb => new WideAmount[] { new((UInt128.One << (14 * limb)) - 1, 0, 1), new((UInt128.One << (15 * limb - 1)) + 1, 0, 1) }),
    ];

    [Fact]
    public void Amounts_OfAllMantissasAndExponents_AreAnswered()
    {
        Assert.Empty(Faults(Edges));
        SeededRandom random = new(1);
        Assert.Empty(Faults([.. Enumerable.Range(0, 60).Select(i => new WideAmount(Odd(new UInt128(random.NextUInt64() >> 8, random.NextUInt64()) % (s_most / Power(i % 31))), i % 31, 1))]));
    }

    [Fact]
    public void EveryCell_IsDetermined()
    {
        uint[] asked = new uint[1 << 15];
        WideAmount[] amounts = [new(0, 0, 1), new(1234567, 4, 2), new(7000, 30, 1), new(s_most, 0, 1), new(3, 30, 0), new((UInt128.One << 70) + 3, 14, 2, 2)];
        Trace<F> trace = WideAmountWriter.Generate(amounts, asked);
        int rows = amounts.Sum(amount => amount.Exponent + 2);
        TraceMutator<F> mutator = new(2);
        mutator.Add(new WideAmountAir(Least), trace, [], rows, [.. Enumerable.Range(0, rows)]).Answer(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked));
        foreach (WideAmount amount in amounts) mutator.Post(RollupBuses.WideAmount, BusDirection.Send, F.FromUInt32(amount.Asked), Message(amount));
        mutator.Run().AssertAllFound();
    }

    [Theory]
    [InlineData(10ul, 1, "nothing")]
    [InlineData(0ul, 5, "nothing")]
    [InlineData(1230ul, 29, "nothing")]
    [InlineData(ulong.MaxValue, 29, "times ten")]
    public void OtherForms_AndTooLargeOnes_AreRefused(ulong mantissa, int exponent, string label) =>
        Assert.Contains(Faults([new(mantissa, exponent, 0)]), fault => fault.Constraint.StartsWith(label, StringComparison.Ordinal));

    [Fact]
    public void LastDigitOfTen_IsRefused()
    {
        // 20 = 10 1 + 10: no zero at its end.
        uint[] asked = new uint[1 << 15];
        Trace<F> trace = WideAmountWriter.Generate([new(29, 3, 1)], asked);
        (trace[Digit, 0], trace[Value, 0], trace[Value, 1]) = (F.FromUInt32(10), F.One, F.FromUInt32(20));
        Assert.Contains(new TraceChecker<F>().Add(new WideAmountAir(Least), trace).Faults(), fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.One}");
    }

    [Fact]
    public void CodeOfAFullRow_IsRefused()
    {
        uint[] asked = new uint[1 << 15];
        Trace<F> trace = WideAmountWriter.Generate([new(29, Least + 6, 1, 6)], asked);
        (trace[Step, 1], trace[Left, 1]) = (F.FromUInt32(7), F.FromUInt32(Least + 7));
        Assert.Contains(new TraceChecker<F>(64).Add(new WideAmountAir(Least), trace).Faults(), fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.One}");
    }

    [Fact]
    public async Task Amounts_AreProven()
    {
        uint[] asked = new uint[1 << 15];
        WideAmount[] amounts = [new(1234567, 4, 2), new(7000, 30, 1)];
        StubAir stub = new(RollupBuses.WideAmount, BusDirection.Send);
        Trace<F>[] traces =
        [
            WideAmountWriter.Generate(amounts, asked), new RangeTableAir(15).Generate<F>(asked),
            stub.Generate(amounts.Select(amount => new OutsideMessage(RollupBuses.WideAmount, BusDirection.Send, amount.Asked, Message(amount))), 4),
        ];
        IAir[] airs = [new WideAmountAir(Least), new RangeTableAir(15), stub];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, minLogRows: 4, maxLogRows: 15)));
        StarkProof proof = await StarkProver.ProveAsync(key, traces, [[], [], []]);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [[], [], []], proof));
        ConstraintGraph graph = ConstraintGraph.Of(new WideAmountAir(Least));
        Assert.Equal((44, 37, 3, 1), (graph.Shape.Width, graph.Interactions.Count, graph.MaxDegree, graph.MaxInteractionDegree));
    }

    private static IReadOnlyList<TraceFault> Faults(WideAmount[] amounts)
    {
        uint[] asked = new uint[1 << 15];
        TraceChecker<F> checker = new TraceChecker<F>().Add(new WideAmountAir(Least), WideAmountWriter.Generate(amounts, asked));
        checker.Add(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked));
        foreach (WideAmount amount in amounts) checker.Post(RollupBuses.WideAmount, BusDirection.Send, F.FromUInt32(amount.Asked), Message(amount));
        return checker.Faults();
    }

    private static F[] Message(WideAmount amount)
    {
        BigInteger value = (BigInteger)amount.Mantissa * BigInteger.Pow(10, amount.Exponent), posted = amount.IsPlain ? 8 * (BigInteger)amount.Mantissa + amount.Exponent - Least : amount.Mantissa;
        return
        [
            .. Enumerable.Range(0, 9).Select(i => F.FromUInt32((uint)((posted >> (14 * i)) & 0x3FFF))), F.FromUInt32(amount.IsPlain ? 31 : (uint)amount.Exponent),
            .. Enumerable.Range(0, 8).Select(i => F.FromUInt32((uint)((value >> (15 * i)) & 0x7FFF))),
        ];
    }

    private static UInt128 Power(int exponent) => (UInt128)BigInteger.Pow(10, exponent);

    // Not a multiple of ten.
    private static UInt128 Odd(UInt128 mantissa) => mantissa % 2 == 0 ? mantissa == 0 ? 1 : mantissa - 1 : mantissa;
}
