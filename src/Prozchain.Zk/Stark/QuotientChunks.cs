using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The quotient in chunks. Its domain, the coset g * &lt;w_Q&gt; in bit-reversed order, falls into runs of N values, each on a coset
/// s_i * &lt;w_N&gt;; a chunk is the polynomial of degree below N with these values. With Z_i(x) = (x / s_i)^N - 1 the quotient is
/// Σ q_i(x) Π_{j≠i} Z_j(x) / Z_j(s_i), where, as (s_i / g)^N = r_i is a root of unity, the products are the Lagrange
/// basis over the r_i at (x / g)^N.
/// </summary>
internal static class QuotientChunks<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>s_i.</summary>
    public static TField Shift(int logRows, int logChunks, int chunk) =>
        TField.MultiplicativeGenerator * FieldMath.Power(TField.TwoAdicGenerator(logRows + logChunks), (ulong)NttTable<TField>.Reverse(chunk, logChunks));

    /// <summary>The factor of each chunk at a point.</summary>
    public static TExtension[] Factors<TExtension>(int logRows, int logChunks, TExtension point) where TExtension : unmanaged, IExtensionField<TExtension, TField>
    {
        TField[] roots = Roots(logChunks);
        TExtension u = FieldMath.Power(point * TField.MultiplicativeGenerator.Inverse(), 1UL << logRows);
        var factors = new TExtension[roots.Length];
        for (int i = 0; i < roots.Length; i++)
        {
            TField denominator = TField.One;
            factors[i] = TExtension.One;
            for (int j = 0; j < roots.Length; j++)
            {
                if (j == i) continue;
                factors[i] *= u - TExtension.FromBase(roots[j]);
                denominator *= roots[i] - roots[j];
            }
            factors[i] *= denominator.Inverse();
        }
        return factors;
    }

    /// <summary>
    /// c_i = 1 / Π_{j≠i} Z_j(s_i): masks t_i, each added as Z_i t_i to its chunk, leave the quotient as it is exactly if Σ c_i t_i = 0.
    /// </summary>
    public static TField[] MaskWeights(int logChunks)
    {
        TField[] roots = Roots(logChunks), weights = new TField[roots.Length];
        for (int i = 0; i < roots.Length; i++)
        {
            TField product = TField.One;
            for (int j = 0; j < roots.Length; j++)
                if (j != i) product *= roots[i] * roots[j].Inverse() - TField.One;
            weights[i] = product.Inverse();
        }
        return weights;
    }

    private static TField[] Roots(int logChunks)
    {
        var roots = new TField[1 << logChunks];
        TField generator = TField.TwoAdicGenerator(logChunks);
        for (int i = 0; i < roots.Length; i++) roots[i] = FieldMath.Power(generator, (ulong)NttTable<TField>.Reverse(i, logChunks));
        return roots;
    }
}
