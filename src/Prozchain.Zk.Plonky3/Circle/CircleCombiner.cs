using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>What <see cref="CircleReducer{TExt}"/> computes at a query, computed everywhere: a codeword for each height.</summary>
internal static class CircleCombiner<TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    public static SortedDictionary<int, TExt[]> Combine(IReadOnlyList<(MixedTree<Mersenne31> Tree, MatrixClaim<TExt>[] Claims)> inputs, TExt alpha)
    {
        SortedDictionary<int, TExt[]> codewords = [];
        Dictionary<int, TExt> offsets = [];
        foreach ((MixedTree<Mersenne31> tree, MatrixClaim<TExt>[] claims) in inputs)
        {
            for (int m = 0; m < claims.Length; m++)
            {
                CommittedMatrix<Mersenne31> matrix = tree.Matrices[m];
                if (!codewords.TryGetValue(matrix.LogHeight, out TExt[]? codeword)) codeword = codewords[matrix.LogHeight] = new TExt[matrix.Height];
                TExt power = FieldMath.Power(alpha, (ulong)matrix.Width);
                var rows = new TExt[matrix.Height];
                TExt factor = TExt.One;
                for (int column = 0; column < matrix.Width; column++, factor *= alpha)
                    for (int i = 0; i < rows.Length; i++) rows[i] += factor * matrix.Column(column)[i];
                for (int p = 0; p < claims[m].Points.Length; p++)
                {
                    TExt offset = offsets.GetValueOrDefault(matrix.LogHeight, TExt.One), claimed = FieldMath.Evaluate<TExt>(claims[m].Values[p], alpha);
                    TExt[] quotients = Quotients(matrix.LogHeight, CirclePoint<TExt>.OfScalar(claims[m].Points[p]), power);
                    for (int i = 0; i < codeword.Length; i++) codeword[i] += offset * quotients[i] * (rows[i] - claimed);
                    offsets[matrix.LogHeight] = offset * power * power;
                }
            }
        }
        return codewords;
    }

    /// <summary>
    /// Takes off a codeword, in place, the multiple of the vanishing polynomial by which it leaves the space of its trace:
    /// the coefficient next to the last of them.
    /// </summary>
    public static TExt TakeOffVanishing(TExt[] codeword, int logHeight, int logRows)
    {
        Span<Mersenne31> lambda = stackalloc Mersenne31[TExt.Degree];
        for (int k = 0; k < TExt.Degree; k++) lambda[k] = CircleTransform.Interpolate(Array.ConvertAll(codeword, value => value[k]))[1 << logRows];
        TExt multiple = TExt.FromCoefficients(lambda);
        for (int i = 0; i < codeword.Length; i++)
            codeword[i] -= multiple * CirclePoint<Mersenne31>.Vanishing(CircleDomain.RowPoint(logHeight, i).X, logRows);
        return multiple;
    }

    private static TExt[] Quotients(int logHeight, CirclePoint<TExt> at, TExt power)
    {
        TExt[] numerators = new TExt[1 << logHeight], norms = new TExt[1 << logHeight];
        for (int i = 0; i < norms.Length; i++)
        {
            CirclePoint<TExt> difference = CircleDomain.Lift<TExt>(CircleDomain.RowPoint(logHeight, i)) - at;
            TExt re = TExt.One - difference.X, im = -difference.Y;
            (numerators[i], norms[i]) = (re - power * im, re * re + im * im);
        }
        FieldSpans.Invert<TExt>(norms, norms);
        FieldSpans.Multiply<TExt>(numerators, norms, numerators);
        return numerators;
    }
}
