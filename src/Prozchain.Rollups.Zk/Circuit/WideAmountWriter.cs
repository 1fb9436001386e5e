using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.WideAmountColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>An amount as it is posted, in its one form.</summary>
/// <param name="Mantissa">Below 2^120.</param>
/// <param name="Exponent">0 to 30.</param>
/// <param name="Asked">How often it is asked for.</param>
/// <param name="PlainStep">In a plain row's code, its lowest 3 bits: the exponent less the rollup's least one; -1 in a field of its own.</param>
internal readonly record struct WideAmount(UInt128 Mantissa, int Exponent, uint Asked, int PlainStep = -1)
{
    public bool IsPlain => PlainStep >= 0;

    /// <summary>The field or code, below 2^123.</summary>
    public UInt128 Posted => IsPlain ? 8 * Mantissa + (uint)PlainStep : Mantissa;

    /// <summary>What it is asked for with.</summary>
    public uint Shown => IsPlain ? WideAmountAir.Plain : (uint)Exponent;
}

/// <summary>Writes the trace of <see cref="WideAmountAir"/>.</summary>
internal static class WideAmountWriter
{
    /// <param name="amounts">The amounts, each in its one form and below 2^120: the trace would not hold otherwise.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<WideAmount> amounts, Span<uint> asked, int leastLogRows = 0)
    {
        int rows = 0, row = 0;
        foreach (WideAmount amount in amounts) rows += amount.Exponent + 2;
        var trace = new Trace<F>(Width, CircuitRows.Height(rows, leastLogRows));
        foreach (WideAmount amount in amounts) Write(trace, ref row, amount, asked);
        return trace;
    }

    private static void Write(Trace<F> trace, ref int row, in WideAmount amount, Span<uint> asked)
    {
        (UInt128 value, uint digit) = (amount.Mantissa / 10, (uint)(amount.Mantissa % 10));
        F sum = F.Zero;
        for (int i = 0; i < Limbs.Count; i++) sum += F.FromUInt32(Limbs.Of(value, i));
        bool isTop = digit == 0 && amount.Exponent == Pow10Air.MaxExponent;
        (trace[Digit, row], trace[IsZero, row], trace[IsTop, row]) = (F.FromUInt32(digit), digit == 0 ? F.One : F.Zero, isTop ? F.One : F.Zero);
        if (isTop) trace[Inverse, row] = sum.Inverse();
        asked[Pow10Air.MaxExponent - amount.Exponent]++;
        if (digit != 0)
        {
            asked[(int)digit - 1]++;
            asked[9 - (int)digit]++;
        }
        for (int step = 0; step < amount.Exponent + 2; step++, row++)
        {
            int left = amount.Exponent - Math.Max(step - 1, 0);
            bool isEnd = step > 0 && left == 0;
            trace[step switch { 0 => IsQuotient, 1 => IsMantissa, _ => IsProduct }, row] = F.One;
            (trace[Shown, row], trace[Left, row]) = (F.FromUInt32(amount.Shown), F.FromUInt32((uint)left));
            for (int i = 0; i < PostedLimbs; i++) trace[Posted + i, row] = F.FromUInt32(Part(amount.Posted, i));
            trace.WriteLimbs(Value, row, value);
            Limbs.Ask(value, asked);
            if (step == 1) Split(trace, row, amount, asked);
            if (isEnd) (trace[IsEnd, row], trace[Asked, row]) = (F.One, F.FromUInt32(amount.Asked));
            else
            {
                if (step > 0) trace[Inverse, row] = trace[Left, row].Inverse();
                uint carry = step == 0 ? digit : 0;
                for (int i = 0; i < Limbs.Count - 1; i++)
                {
                    carry = (10 * Limbs.Of(value, i) + carry) >> Limbs.Bits;
                    trace[Carry + i, row] = F.FromUInt32(carry);
                    asked[(int)carry]++;
                }
                value = 10 * value + (step == 0 ? digit : 0);
            }
        }
    }

    private static void Split(Trace<F> trace, int row, in WideAmount amount, Span<uint> asked)
    {
        int shift = amount.IsPlain ? 3 : 0;
        if (amount.IsPlain)
        {
            (trace[IsPlain, row], trace[Step, row]) = (F.One, F.FromUInt32((uint)amount.PlainStep));
            asked[amount.PlainStep]++;
            asked[6 - amount.PlainStep]++;
        }
        for (int j = 0; j < Limbs.Count; j++)
        {
            uint low = Part(amount.Posted, j + 1) & ((2u << (j + shift)) - 1), rest = Part(amount.Posted, j) >> (j + shift) << (j + shift);
            if (j < Limbs.Count - 1) trace[Low + j, row] = F.FromUInt32(low);
            asked[(int)low]++;
            asked[(int)(2 * rest)]++;
        }
    }

    private static uint Part(UInt128 posted, int part) => (uint)(posted >> (PostedBits * part)) & ((1u << PostedBits) - 1);
}
