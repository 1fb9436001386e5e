using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.WideAmountColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Answers for amounts of any mantissa on <see cref="RollupBuses.WideAmount"/>, an amount of exponent e in e + 2 rows: the mantissa without its last digit, then each time
/// ten times the row before. 44 columns, 37 interactions, degree 3.
/// </summary>
/// <remarks>
/// What is posted is a mantissa, and then the amount is asked for with its exponent; or a plain row's code, d + 8 mantissa with d below 7, which is asked for
/// with <see cref="Plain"/>, and the exponent is d more than the rollup's least one. Of a full row's code, where these bits are 7, it answers nothing.
/// <list type="table">
/// <item><term>an amount that is not the product, or wraps around</term><description>"times ten": limbs of 15 bits and carries, all asked for in range; none leaves the last limb</description></item>
/// <item><term>a power that is not the exponent's</term><description>"left" falls to 0 by 1, and "end" is where it is 0; both stay in the table, so an exponent is a number of rows</description></item>
/// <item><term>another form of an amount: a mantissa that ends in 0</term><description>"digit" is 1 to 9 by two asks, or "zero": for exponent 30 with a mantissa that is not 0 ("top"), or for 0 with exponent 0 ("nothing")</description></item>
/// <item><term>an exponent above 30</term><description>30 - exponent is asked for in range</description></item>
/// <item><term>limbs of 14 bits that are another number</term><description>"limb": each limb of 15 bits is two parts, asked for in range such that their bounds are exact; so are those of the limbs of 14 bits</description></item>
/// </list>
/// </remarks>
internal readonly struct WideAmountAir : IAir
{
    /// <summary>What stands for the exponent where the code of a plain row is asked for.</summary>
    public const uint Plain = 31;

    private const int MaxExponent = Pow10Air.MaxExponent, MostStep = 6;

    private readonly int _exponent;

    /// <summary>The table of a rollup.</summary>
    /// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
    public WideAmountAir(int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, 24);
        _exponent = exponent;
    }

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "wide amounts", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), quotient = b.Local(IsQuotient), mantissa = b.Local(IsMantissa), product = b.Local(IsProduct), end = b.Local(IsEnd);
        TValue real = quotient + mantissa + product, step = real - end;
        Order<TBuilder, TValue>(ref b, real, step);
        Form<TBuilder, TValue>(ref b);
        Bus range = Buses.Range(Limbs.Bits);
        TValue carry = b.Local(Digit), radix = b.Constant(Limbs.Radix), ten = b.Constant(10);
        for (int i = 0; i < Limbs.Count; i++)
        {
            TValue carryOut = i < Limbs.Count - 1 ? b.Local(Carry + i) : b.Constant(0);
            b.AssertZero(Rows.Transition, step * (ten * b.Local(Value + i) + carry - b.Next(Value + i) - radix * carryOut), "times ten", i);
            b.Send(range, real, [b.Local(Value + i)]);
            if (i == Limbs.Count - 1) break;
            b.AssertZeroWhen(one - step, carryOut, "no carry", i);
            b.Send(range, step, [carryOut]);
            carry = carryOut;
        }
        Mantissas<TBuilder, TValue>(ref b, mantissa, _exponent);

        Message<TValue> message = default;
        for (int i = 0; i < PostedLimbs; i++) message[i] = b.Local(Posted + i);
        message[PostedLimbs] = b.Local(Shown);
        for (int i = 0; i < Limbs.Count; i++) message[PostedLimbs + 1 + i] = b.Local(Value + i);
        b.Receive(RollupBuses.WideAmount, b.Local(Asked), message);
        b.AssertZeroWhen(one - end, b.Local(Asked), "asked at the end");
    }

    private static void Order<TBuilder, TValue>(ref TBuilder b, TValue real, TValue step)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), quotient = b.Local(IsQuotient), end = b.Local(IsEnd), left = b.Local(Left), inverse = b.Local(Inverse), power = real - quotient;
        for (int i = IsQuotient; i <= IsEnd; i++) b.AssertBoolean(b.Local(i), "kind", i);
        b.AssertBoolean(real, "real");
        TValue nextReal = b.Next(IsQuotient) + b.Next(IsMantissa) + b.Next(IsProduct);
        b.AssertZero(Rows.First, real - quotient, "starts with a quotient");
        b.AssertZero(Rows.Transition, b.Next(IsMantissa) - quotient, "mantissa");
        b.AssertZero(Rows.Transition, b.Next(IsProduct) - power + end, "product");
        b.AssertZero(Rows.Transition, (one - real) * nextReal, "real rows first");
        b.AssertZero(Rows.Last, step, "whole amounts");
        for (int i = Shown; i < Width; i++) b.AssertZeroWhen(one - real, b.Local(i), "unused", i);

        b.AssertZeroWhen(end, one - power, "end", 0);
        b.AssertZeroWhen(end, left, "end", 1);
        b.AssertZero(power * left * inverse - power + end, "end", 2);
        b.AssertZeroWhen(end, inverse, "end", 3);
        b.AssertZero(Rows.Transition, step * (left - b.Next(Left) - one + quotient), "left");
        b.AssertZero(Rows.Transition, step * (b.Next(Shown) - b.Local(Shown)), "same exponent");
        for (int i = 0; i < PostedLimbs; i++) b.AssertZero(Rows.Transition, step * (b.Next(Posted + i) - b.Local(Posted + i)), "same mantissa", i);
        // In a quotient's row and in the mantissa's, left is the exponent.
        b.Send(Buses.Range(Limbs.Bits), quotient, [b.Constant(MaxExponent) - left]);
    }

    // The mantissa's last digit.
    private static void Form<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), quotient = b.Local(IsQuotient), digit = b.Local(Digit), zero = b.Local(IsZero), top = b.Local(IsTop), sum = b.Local(Value);
        for (int i = 1; i < Limbs.Count; i++) sum += b.Local(Value + i);
        b.AssertZeroWhen(one - quotient, digit, "digit");
        b.AssertBoolean(zero, "zero", 0);
        b.AssertZeroWhen(zero, one - quotient, "zero", 1);
        b.AssertZeroWhen(zero, digit, "zero", 2);
        b.AssertBoolean(top, "top", 0);
        b.AssertZeroWhen(top, one - zero, "top", 1);
        b.AssertZeroWhen(top, b.Local(Left) - b.Constant(MaxExponent), "top", 2);
        b.AssertZero(quotient * sum * b.Local(Inverse) - top, "top", 3);
        b.AssertZero((quotient - top) * b.Local(Inverse), "top", 4);
        b.AssertZeroWhen(zero - top, b.Local(Left), "nothing", 0);
        b.AssertZeroWhen(zero - top, sum, "nothing", 1);
        b.Send(Buses.Range(Limbs.Bits), quotient - zero, [digit - one]);
        b.Send(Buses.Range(Limbs.Bits), quotient - zero, [b.Constant(9) - digit]);
    }

    // Limb j of 15 bits is the posted limb j from bit j on, or in a code from bit j + 3, then as many of the lowest bits of limb j + 1.
    private static void Mantissas<TBuilder, TValue>(ref TBuilder b, TValue mantissa, int exponent)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), plain = b.Local(IsPlain), bare = mantissa - plain, step = b.Local(Step);
        Bus range = Buses.Range(Limbs.Bits);
        b.AssertBoolean(plain, "plain", 0);
        b.AssertZeroWhen(plain, one - mantissa, "plain", 1);
        b.AssertZeroWhen(one - plain, step, "plain", 2);
        b.AssertZeroWhen(plain, b.Local(Left) - step - b.Constant((ulong)exponent), "exponent", 0);
        b.AssertZeroWhen(plain, b.Local(Shown) - b.Constant(Plain), "exponent", 1);
        b.AssertZeroWhen(bare, b.Local(Shown) - b.Local(Left), "exponent", 2);
        b.Send(range, plain, [step]);
        b.Send(range, plain, [b.Constant(MostStep) - step]);
        for (int i = 0; i < PostedLimbs - 2; i++) b.AssertZeroWhen(one - mantissa, b.Local(Low + i), "no mantissa", i);
        for (int j = 0; j < Limbs.Count; j++)
        {
            TValue rest = b.Local(Posted + j) - (j == 0 ? step : b.Local(Low + j - 1)), low = j < Limbs.Count - 1 ? b.Local(Low + j) : b.Local(Posted + PostedLimbs - 1);
            b.AssertZero(bare * (b.Local(Value + j) - InverseOf<TBuilder, TValue>(ref b, j) * rest - b.Constant(1u << (PostedBits - j)) * low)
                + plain * (b.Local(Value + j) - InverseOf<TBuilder, TValue>(ref b, j + 3) * rest - b.Constant(1u << (PostedBits - j - 3)) * low), "limb", j);
            // With s = j or j + 3, rest / 2^s is limb - 2^(14-s) low as an integer: 2^(s+1) times that is 2 rest, which is below 2^15, and both are within 2^30 of 0.
            b.Send(range, mantissa, [rest + rest]);
            b.Send(range, mantissa, [low]);
        }
    }

    private static TValue InverseOf<TBuilder, TValue>(ref TBuilder b, int power)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        b.Constant(F.FromUInt32(1u << power).Inverse().ToUInt32());

    /// <summary>A message of <see cref="RollupBuses.WideAmount"/>.</summary>
    [InlineArray(18)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}
