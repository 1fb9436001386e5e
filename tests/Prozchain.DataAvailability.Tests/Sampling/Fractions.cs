using System.Numerics;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Exact rationals against the doubles that claim to bound them.</summary>
internal static class Fractions
{
    public static BigInteger Choose(int n, int k)
    {
        if (k < 0 || k > n) return 0;
        BigInteger result = 1;
        for (int i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return result;
    }

    /// <summary>True if <paramref name="value"/> ≥ top / bottom.</summary>
    public static bool IsAtLeast(double value, BigInteger top, BigInteger bottom)
    {
        (BigInteger mantissa, int shift) = Parts(value);
        return mantissa * bottom >= top << shift;
    }

    /// <summary>Asserts top / bottom ≤ value ≤ (1 + slack) top / bottom.</summary>
    public static void AssertTight(BigInteger top, BigInteger bottom, double value, double slack)
    {
        Assert.True(IsAtLeast(value, top, bottom), $"{value:R} is below {(double)top / (double)bottom:R}.");
        Assert.True(!IsAtLeast(value / (1 + slack), top, bottom) || top.IsZero && value <= 1e-30, $"{value:R} is too far above {(double)top / (double)bottom:R}.");
    }

    // value = mantissa / 2^shift, exactly.
    private static (BigInteger Mantissa, int Shift) Parts(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        return (mantissa, 1075 - Math.Max(exponent, 1));
    }
}
