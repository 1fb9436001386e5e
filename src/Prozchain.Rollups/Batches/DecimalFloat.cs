using System.Numerics;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Amounts as mantissa times a power of ten. People choose round numbers, so that few digits and a power of ten say most
/// amounts. Columns have 35 bits of mantissa, and the others escape; rows have all bits.
/// </summary>
internal static class DecimalFloat
{
    public const int MantissaBits = 35, MaxExponent = 30;

    /// <summary>Stands in the column of exponents for an amount that does not fit; its mantissa is 0 and its 16 bytes follow.</summary>
    public const int Escape = MaxExponent + 1;

    /// <summary>Length of an escaped amount.</summary>
    public const int EscapedSize = 16;

    /// <summary>The largest exponent up to 30 that divides the amount, and the rest. 0 is 0 and 0; what does not fit is 0 and <see cref="Escape"/>.</summary>
    public static (ulong Mantissa, int Exponent) Split(UInt128 amount)
    {
        (UInt128 mantissa, int exponent) = Reduce(amount);
        return mantissa >> MantissaBits == 0 ? ((ulong)mantissa, exponent) : (0, Escape);
    }

    /// <summary>The amount of a pair that <see cref="Split"/> could have made; false for others and for escapes.</summary>
    public static bool TryJoin(ulong mantissa, ulong exponent, out UInt128 amount)
    {
        amount = 0;
        return mantissa >> MantissaBits == 0 && Expand(mantissa, exponent, UInt128.MaxValue, out amount) == BatchFault.None;
    }

    /// <summary>The largest exponent up to 30 that divides the amount, and the rest, however long. 0 is 0 and 0.</summary>
    public static (UInt128 Mantissa, int Exponent) Reduce(UInt128 amount)
    {
        if (amount == 0) return (0, 0);
        int exponent = 0;
        while (amount > ulong.MaxValue && exponent < MaxExponent)
        {
            (UInt128 quotient, UInt128 digit) = UInt128.DivRem(amount, 10);
            if (digit != 0) return (amount, exponent);
            amount = quotient;
            exponent++;
        }
        if (amount > ulong.MaxValue) return (amount, exponent);
        ulong mantissa = (ulong)amount;
        // Zeros at the end, by powers of two of their number. A multiple of 10^s is one of 2^s, which is sooner seen.
        for (int step = 16; step > 0; step >>= 1)
        {
            if (exponent + step > MaxExponent || BitOperations.TrailingZeroCount(mantissa) < step) continue;
            (ulong quotient, ulong rest) = Math.DivRem(mantissa, (ulong)s_powers[step]);
            if (rest != 0) continue;
            mantissa = quotient;
            exponent += step;
        }
        return (mantissa, exponent);
    }

    /// <summary>The amount of a pair, up to a bound: NotCanonical for one that <see cref="Reduce"/> would not make, LimitExceeded for one beyond 30 or the bound.</summary>
    public static BatchFault Expand(UInt128 mantissa, ulong exponent, UInt128 max, out UInt128 amount)
    {
        amount = 0;
        if (exponent > MaxExponent) return BatchFault.LimitExceeded;
        if (mantissa == 0 ? exponent != 0 : exponent < MaxExponent && mantissa % 10 == 0) return BatchFault.NotCanonical;
        UInt128 power = s_powers[(int)exponent];
        if (mantissa > max / power) return BatchFault.LimitExceeded;
        amount = mantissa * power;
        return BatchFault.None;
    }

    private static readonly UInt128[] s_powers = Powers();

    private static UInt128[] Powers()
    {
        var powers = new UInt128[MaxExponent + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
