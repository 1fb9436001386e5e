using System.Numerics;

namespace Prozchain.Sharding.Committees;

/// <summary>Logarithms in integers alone, so that every machine gets the same bits.</summary>
internal static class FixedLog
{
    /// <summary>Bits after the binary point.</summary>
    public const int FractionBits = 56;

    /// <summary>
    /// -log2((x + 1) / 2^64) for a random x: an exponentially distributed number with the mean 1 / ln 2, in units of
    /// 2^-56, 0 to 2^62. Too large by at most 1 unit and 58 · 2^-63 (each of the 56 squarings truncates).
    /// </summary>
    public static ulong NegativeLog2(ulong x)
    {
        if (x == ulong.MaxValue) return 0;
        ulong value = x + 1;
        int whole = 63 - BitOperations.LeadingZeroCount(value);
        // 1 <= mantissa < 2 with 63 bits after the point. Squaring doubles the logarithm, whose next bit is its whole part.
        ulong mantissa = value << (63 - whole), fraction = 0;
        for (int i = 0; i < FractionBits; i++)
        {
            ulong high = Math.BigMul(mantissa, mantissa, out ulong low);
            bool isTwoOrMore = high >> 63 != 0;
            fraction = fraction << 1 | (isTwoOrMore ? 1UL : 0);
            mantissa = isTwoOrMore ? high : high << 1 | low >> 63;
        }
        return ((ulong)(64 - whole) << FractionBits) - fraction;
    }

    /// <summary>A lower bound of <see cref="NegativeLog2"/>: -ln(u) is at least 1 - u, and 1477/1024 is below 1 / ln 2.</summary>
    public static ulong AtLeast(ulong x) => (~x >> (64 - FractionBits + 10)) * 1477;
}
