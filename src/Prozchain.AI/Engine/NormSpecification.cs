using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>
/// The definition of the normalisations of a row x of n elements, with integers E ≥ 1 (epsilon), p and g (fraction bits),
/// gamma G and beta B of 2^g. A = Σ x_i for layer normalisation, 0 for root mean square; d_i = n·x_i - A;
/// V = n·Σ x_i² - A² + E; r = floor(√(V·4^p)), so that r² ≤ V·4^p &lt; (r + 1)²;
/// y_i = clamp(floor((2·(d_i·G_i·2^p + B_i·r) + 2^g·r) / (2^(g+1)·r)) + Z, lo, hi): one rounding, halves up.
/// The graph is only made when each of these numbers fits into 62 bits.
/// </summary>
internal readonly record struct NormSpecification(bool Centred, long Epsilon, int RootBits, int Fraction, int ZeroPoint, int Low, int High)
{
    public static NormSpecification Of(IntegerNode node)
    {
        ReadOnlySpan<long> a = node.Attributes;
        return new(node.Kind == OperatorKind.LayerNorm, a[1], (int)a[2], (int)a[3], (int)a[4], (int)a[5], (int)a[6]);
    }

    /// <summary>A whole row.</summary>
    /// <param name="beta">As long as the row, or empty for zero.</param>
    public void Row<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<int> gamma, ReadOnlySpan<int> beta, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        long n = x.Length, sum = 0, squares = 0;
        foreach (TX element in x)
        {
            long wide = long.CreateTruncating(element);
            sum += wide;
            squares += wide * wide;
        }
        if (!Centred) sum = 0;
        long root = IntegerRoot.Floor((n * squares - sum * sum + Epsilon) << (2 * RootBits)), half = root << Fraction, divisor = root << (Fraction + 1);
        for (int i = 0; i < x.Length; i++)
        {
            long scaled = ((n * long.CreateTruncating(x[i]) - sum) * gamma[i]) << RootBits;
            long numerator = 2 * (scaled + (beta.IsEmpty ? 0 : beta[i] * root)) + half;
            y[i] = TY.CreateTruncating(Math.Clamp(FloorDivide(numerator, divisor) + ZeroPoint, Low, High));
        }
    }

    private static long FloorDivide(long a, long b)
    {
        (long quotient, long rest) = Math.DivRem(a, b);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
