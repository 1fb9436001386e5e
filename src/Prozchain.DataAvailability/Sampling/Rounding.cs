namespace Prozchain.DataAvailability.Sampling;

/// <summary>Keeps bounds on their safe side of floating-point rounding.</summary>
internal static class Rounding
{
    /// <summary>2^-52: twice the largest relative error of one operation.</summary>
    public const double Unit = 2.220446049250313e-16;

    /// <summary>
    /// exp(<paramref name="logarithm"/>), capped at 1 and never rounded down; <paramref name="error"/> is how far the logarithm
    /// may be too small.
    /// </summary>
    public static double ExpUp(double logarithm, double error = 0)
    {
        double safe = logarithm + error;
        return safe >= 0 ? 1 : double.IsNegativeInfinity(safe) ? 0 : Math.Min(1, Math.BitIncrement(Math.Exp(Math.BitIncrement(safe)) * (1 + 4 * Unit)));
    }

    /// <summary>H(x) = -x ln x - (1 - x) ln (1 - x), at most ln 2; C(n, xn) is at most exp(n H(x)).</summary>
    public static double Entropy(double x) => x is <= 0 or >= 1 ? 0 : -x * Math.Log(x) - (1 - x) * Math.Log(1 - x);
}
