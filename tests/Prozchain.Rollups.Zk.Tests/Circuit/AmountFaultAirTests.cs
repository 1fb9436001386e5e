using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Amounts that are not in their one form or too large have a witness, and no others.</summary>
public sealed class AmountFaultAirTests
{
    private const int Least = 12;

    [Fact]
    public void AmountsAtTheBoundsOfEachExponent_HaveAWitnessExactlyIfTheyAreAtFault()
    {
        for (int power = 0; power <= 30; power++)
        {
            UInt128 beyond = AmountFaultAir.LeastBeyond(power);
            foreach (UInt128 mantissa in (UInt128[])[0, 1, 5, 10, 99, 100, beyond - 1, beyond, beyond + 1, (UInt128.One << 120) - 1])
            {
                if (mantissa >> 120 != 0) continue;
                Check(RowField.Fee, mantissa, power);
                if (power is >= Least and <= Least + 6) Check(RowField.Code, mantissa << 3 | (UInt128)(power - Least), power);
            }
        }
    }

    [Fact]
    public void RandomAmounts_HaveAWitnessExactlyIfTheyAreAtFault()
    {
        var random = new SeededRandom(1);
        for (int i = 0; i < 200; i++)
        {
            UInt128 mantissa = new UInt128(random.NextUInt64(), random.NextUInt64()) >> (8 + random.Next(120));
            if (random.Next(2) == 0) mantissa -= mantissa % 10;
            int power = random.Next(31);
            Check(RowField.Amount, mantissa, power);
            if (power is >= Least and <= Least + 6) Check(RowField.Code, mantissa << 3 | (UInt128)(power - Least), power);
        }
    }

    /// <summary>25 is ten times an element whose double is 5.</summary>
    [Fact]
    public void MultipleOfFive_IsNoFault()
    {
        const int Power = 3;
        uint[] asked = new uint[1 << 15];
        Trace<F> trace = AmountFaultWriter.Generate<F>(9, RowField.Fee, 25, Power, 0, 1, asked);
        F half = F.FromUInt32(5) * F.FromUInt32(2).Inverse();
        trace[AmountFaultAir.Rest, Power] = half;
        for (int i = AmountFaultAir.Carry; i < AmountFaultAir.Width; i++) trace[i, Power] = F.Zero;
        IReadOnlyList<TraceFault> faults = new TraceChecker<F>(64).Add(new AmountFaultAir(Least), trace).Faults();
        Assert.DoesNotContain(faults, fault => fault.Kind == TraceFaultKind.Constraint);
        Assert.Contains(faults, fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{half}");
    }

    private static void Check(RowField field, UInt128 number, int power)
    {
        bool isCode = field == RowField.Code;
        UInt128 mantissa = isCode ? number >> 3 : number;
        bool isFault = mantissa >= AmountFaultAir.LeastBeyond(power) || (mantissa == 0 ? power != 0 : power != 30 && mantissa % 10 == 0);
        int bits = 0;
        while (number >> bits != 0) bits++;
        int parts = Math.Max(1, (bits + 41) / 42);
        uint[] asked = new uint[1 << 15];
        Trace<F> trace = AmountFaultWriter.Generate<F>(9, field, number, power, isCode ? power - Least : 0, parts, asked);
        var checker = new TraceChecker<F>().Add(new AmountFaultAir(Least), trace);
        F tag = F.FromUInt32((uint)field);
        for (int i = 0; i < asked.Length; i++)
            if (asked[i] > 0) checker.Post(Buses.Range(15), BusDirection.Receive, F.FromUInt32(asked[i]), [F.FromUInt32((uint)i)]);
        for (int i = 0; i < parts; i++)
            checker.Post(RollupBuses.Field, BusDirection.Send, F.One, [F.FromUInt32(9), tag, F.FromUInt32((uint)i), Limb(3 * i), Limb(3 * i + 1), Limb(3 * i + 2)]);
        if (!isCode) checker.Post(RollupBuses.Field, BusDirection.Send, F.One, [F.FromUInt32(9), tag - F.One, F.Zero, F.FromUInt32((uint)power), F.Zero, F.Zero]);
        checker.Post(RollupBuses.AmountFault, BusDirection.Receive, F.One, [F.FromUInt32(9), tag, F.FromUInt32((uint)parts - 1)]);
        Assert.True(isFault == (checker.Faults().Count == 0), $"{field} {number}, {power}: {string.Join('\n', checker.Faults())}");

        F Limb(int index) => F.FromUInt32(AmountFaultAir.LimbOf(number, index));
    }
}
