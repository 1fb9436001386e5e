using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.FullRowColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Of <see cref="FullRowAir"/>: what stands from row to row, and that a field says it again.</summary>
internal static class FullRowCarry<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    public static void Eval(ref TBuilder b)
    {
        TValue one = b.Constant(1), fault = FullRowOrder<TBuilder, TValue>.Fault(ref b), ends = FullRowOrder<TBuilder, TValue>.VarintEnds(ref b), repeated = b.Local(Repeated);
        TValue token = b.Local(PaidToken), feeToken = b.Local(FeeToken), mantissa = b.Local(FeeM), alike = b.Local(Alike), part = b.Local(FeePart), last = b.Local(FeeEnds), same = b.Local(SamePart), sameFee = b.Local(SameFee);
        TValue value = b.Local(Limb) + b.Local(Limb + 1) * b.Constant(1 << 14), second = b.Local(One), third = b.Local(Two), first = one - second - third;
        for (int i = 0; i < Carried; i++)
        {
            b.AssertZero(Rows.First, b.Local(WasToken + i) - b.Public(Before + i), "stood before", i);
            b.AssertZero(Rows.Last, b.Local(WasToken + i) - b.Public(After + i), "stands behind", i);
        }
        b.AssertZero(part - mantissa * (one - b.Local(Goes)), "part of the fee", 0);
        b.AssertZero(last - mantissa * ends, "part of the fee", 1);
        b.AssertZero(same - alike * part, "part of the fee", 2);
        b.AssertZero(sameFee - repeated * mantissa, "part of the fee", 3);

        // Fields replace what stood; parts that a fee does not have are 0.
        b.AssertZero(Rows.Transition, b.Next(WasToken) - b.Local(WasToken) - token * ends * (value - b.Local(WasToken)), "stands", 0);
        b.AssertZero(Rows.Transition, b.Next(WasFeeToken) - b.Local(WasFeeToken) - feeToken * ends * (value - b.Local(WasFeeToken)), "stands", 1);
        b.AssertZero(Rows.Transition, b.Next(WasExponent) - b.Local(WasExponent) - b.Local(FeeE) * (b.Local(Low) - b.Local(WasExponent)), "stands", 2);
        TValue beyondFirst = b.Constant(0), beyondSecond = b.Constant(0);
        for (int i = 0; i < FeeLimbs; i++)
        {
            TValue was = b.Local(WasFee + i), isHere = i < 3 ? first : i < 6 ? second : third, difference = b.Local(Limb + i % 3) - was;
            TValue isBehind = i < 3 ? b.Constant(0) : i < 6 ? first : one - third;
            b.AssertZero(Rows.Transition, b.Next(WasFee + i) - was - part * isHere * difference + last * isBehind * was, "stands", 3 + i);
            b.AssertZero(same * isHere * difference, "same part", i);
            if (i >= 3) beyondFirst += was;
            if (i >= 6) beyondSecond += was;
        }

        // A fee that is said to be the same is from its exponent to its end, and that is the fault.
        b.AssertZero(alike * b.Public(Live), "alike", 0);
        b.AssertZero(alike * (one - b.Local(FeeE) - mantissa), "alike", 1);
        b.AssertZero(alike * (fault - repeated), "alike", 2);
        b.AssertZero(Rows.Transition, alike * (one - fault) * (one - b.Next(Alike)), "alike", 3);
        b.AssertZero(Rows.Transition, b.Next(Alike) * (one - alike) * (one - b.Next(FeeE)), "alike", 4);
        b.AssertZero(alike * b.Local(FeeE) * (b.Local(Low) - b.Local(WasExponent)), "alike", 5);
        b.AssertZero(repeated * (one - mantissa - token - feeToken), "repeated", 0);
        b.AssertZero(repeated * (one - ends), "repeated", 1);
        b.AssertZero(repeated * token * (value - b.Local(WasToken)), "repeated", 2);
        b.AssertZero(repeated * feeToken * (value - b.Local(WasFeeToken)), "repeated", 3);
        b.AssertZero(sameFee * (one - alike), "repeated", 4);
        b.AssertZero(sameFee * first * beyondFirst, "repeated", 5);
        b.AssertZero(sameFee * second * beyondSecond, "repeated", 6);
    }
}
