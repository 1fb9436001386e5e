using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>
/// The definition of softmax over a row x of n scores: m = max x; t_i = min(floor(((m - x_i)·M + 2^(s-1)) / 2^s), 65,535);
/// e_i = Coarse[t_i div 256] · Fine[t_i mod 256]; S = Σ e_i; y_i = clamp(floor((2·e_i·Q + S) / (2·S)) + Z, lo, hi).
/// 2^30 ≤ S ≤ 2^46 and e_i·Q &lt; 2^47: everything fits into 64 bits and nothing is approximated but by the tables.
/// </summary>
internal static class SoftmaxSpecification
{
    /// <summary>e_i of each score, and their sum.</summary>
    public static long Exponents<T>(ReadOnlySpan<T> x, in ScoreScale scale, Span<int> e) where T : unmanaged, IBinaryInteger<T>
    {
        T most = x[0];
        foreach (T score in x) most = T.Max(most, score);
        long top = long.CreateTruncating(most), half = 1L << (scale.Shift - 1), sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            long t = ((top - long.CreateTruncating(x[i])) * scale.Multiplier + half) >> scale.Shift;
            e[i] = ExpTables.Exp((int)Math.Min(t, ushort.MaxValue));
            sum += e[i];
        }
        return sum;
    }

    /// <summary>The share of one exponential in the sum, halves up: floor((2·e·Q + S) / (2·S)).</summary>
    public static long Share(int e, long sum, int one) => (2L * e * one + sum) / (2 * sum);

    /// <summary>A whole row.</summary>
    /// <param name="e">As long as the row.</param>
    public static void Row<TX, TY>(ReadOnlySpan<TX> x, in ScoreScale scale, int zeroPoint, int low, int high, Span<int> e, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        long sum = Exponents(x, scale, e);
        for (int i = 0; i < y.Length; i++) y[i] = TY.CreateTruncating(Math.Clamp(Share(e[i], sum, scale.One) + zeroPoint, low, high));
    }
}
