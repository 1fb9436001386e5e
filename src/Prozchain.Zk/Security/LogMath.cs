namespace Prozchain.Zk.Security;

/// <summary>
/// Probabilities as base-2 logarithms in doubles. Each result of a few such operations on numbers below 2^16 is off by less
/// than 2^-30; <see cref="Margin"/> is a thousand times that and is taken off once from every figure that is reported.
/// </summary>
internal static class LogMath
{
    /// <summary>Bits taken off each reported figure, so that rounding never claims more than is proven.</summary>
    public const double Margin = 1e-6;

    /// <summary>log2(2^a + 2^b).</summary>
    public static double Add(double a, double b)
    {
        double high = Math.Max(a, b), low = Math.Min(a, b);
        return double.IsNegativeInfinity(low) ? high : high + Math.Log2(1 + Math.Pow(2, low - high));
    }

    /// <summary>Bits of security of an error 2^log2Error, rounded down; never negative.</summary>
    public static double Bits(double log2Error) => Math.Max(0, -log2Error - Margin);
}
