using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>What <see cref="InputReducer{TField, TExt}"/> computes at a query, computed everywhere: a codeword for each height.</summary>
internal static class InputCombiner<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public static SortedDictionary<int, TExt[]> Combine(IReadOnlyList<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs, TExt alpha)
    {
        SortedDictionary<int, TExt[]> codewords = [];
        Dictionary<int, TExt> starts = [];
        Dictionary<(int LogHeight, TExt Point), TExt[]> inverses = [];
        foreach ((MixedTree<TField> tree, MatrixClaim<TExt>[] claims) in inputs)
        {
            for (int m = 0; m < claims.Length; m++)
            {
                CommittedMatrix<TField> matrix = tree.Matrices[m];
                if (!codewords.TryGetValue(matrix.LogHeight, out TExt[]? codeword)) codeword = codewords[matrix.LogHeight] = new TExt[matrix.Height];
                TExt[] rows = SumRows(matrix, alpha);
                for (int p = 0; p < claims[m].Points.Length; p++)
                {
                    TExt start = starts.GetValueOrDefault(matrix.LogHeight, TExt.One), claimed = FieldMath.Evaluate<TExt>(claims[m].Values[p], alpha);
                    if (!inverses.TryGetValue((matrix.LogHeight, claims[m].Points[p]), out TExt[]? inverse))
                        inverses[(matrix.LogHeight, claims[m].Points[p])] = inverse = Inverses(matrix.LogHeight, claims[m].Points[p]);
                    for (int i = 0; i < codeword.Length; i++) codeword[i] += start * (claimed - rows[i]) * inverse[i];
                    starts[matrix.LogHeight] = start * FieldMath.Power(alpha, (ulong)matrix.Width);
                }
            }
        }
        return codewords;
    }

    // For each row, the sum of its elements times powers of alpha.
    private static TExt[] SumRows(CommittedMatrix<TField> matrix, TExt alpha)
    {
        var sums = new TExt[matrix.Height];
        TExt power = TExt.One;
        for (int column = 0; column < matrix.Width; column++, power *= alpha)
        {
            ReadOnlySpan<TField> values = matrix.Column(column);
            for (int i = 0; i < sums.Length; i++) sums[i] += power * values[i];
        }
        return sums;
    }

    // 1 / (z - x) over the coset of the generator, bit-reversed.
    private static TExt[] Inverses(int logHeight, TExt point)
    {
        var differences = new TExt[1 << logHeight];
        TField x = TField.MultiplicativeGenerator, root = TField.TwoAdicGenerator(logHeight);
        for (int i = 0; i < differences.Length; i++, x *= root) differences[Bits.Reverse(i, logHeight)] = point - TExt.FromBase(x);
        FieldSpans.Invert<TExt>(differences, differences);
        return differences;
    }
}
