using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>
/// Joins the openings of all columns at a query into one value for each height: the sum of alpha^k (p(z) - p(x)) / (z - x)
/// over commitments, matrices, points and columns, the exponents running on height by height.
/// </summary>
internal sealed class InputReducer<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly IReadOnlyList<Claim<TExt>> _claims;
    private readonly int _logBlowup, _logMax;
    private readonly TExt[] _powers;

    // In the order of the walk: the sum of powers times claimed values, and the power that the walk starts with.
    private readonly List<(TExt Claimed, TExt Start)> _parts = [];

    public InputReducer(IReadOnlyList<Claim<TExt>> claims, TExt alpha, int logBlowup)
    {
        (_claims, _logBlowup) = (claims, logBlowup);
        _logMax = claims.Max(claim => claim.Matrices.Max(matrix => matrix.LogRows)) + logBlowup;
        _powers = new TExt[claims.Max(claim => claim.Matrices.Max(matrix => matrix.Values[0].Length))];
        TExt power = TExt.One;
        for (int k = 0; k < _powers.Length; k++, power *= alpha) _powers[k] = power;
        var starts = new TExt[_logMax + 1];
        Array.Fill(starts, TExt.One);
        foreach (MatrixClaim<TExt> matrix in claims.SelectMany(claim => claim.Matrices))
        {
            ref TExt start = ref starts[matrix.LogRows + logBlowup];
            foreach (TExt[] values in matrix.Values)
            {
                TExt claimed = FieldMath.Evaluate<TExt>(values, alpha);
                _parts.Add((claimed, start));
                start *= FieldMath.Power(alpha, (ulong)values.Length);
            }
        }
    }

    /// <summary>Adds a query's values to those of their heights; false if a point claimed lies in the committed domain.</summary>
    public bool TryReduce(RowOpening<TField>[] inputs, int query, int index, TExt[] reduced)
    {
        int part = 0;
        for (int commitment = 0; commitment < _claims.Count; commitment++)
        {
            MatrixClaim<TExt>[] matrices = _claims[commitment].Matrices;
            for (int m = 0; m < matrices.Length; m++)
            {
                int logHeight = matrices[m].LogRows + _logBlowup;
                TField x = TField.MultiplicativeGenerator
                    * FieldMath.Power(TField.TwoAdicGenerator(logHeight), (ulong)Bits.Reverse(index >> (_logMax - logHeight), logHeight));
                TField[] row = inputs[commitment].Rows[query][m];
                TExt opened = TExt.Zero;
                for (int k = 0; k < row.Length; k++) opened += _powers[k] * row[k];
                foreach (TExt point in matrices[m].Points)
                {
                    TExt difference = point - TExt.FromBase(x);
                    if (difference == TExt.Zero) return false;
                    (TExt claimed, TExt start) = _parts[part++];
                    reduced[logHeight] += start * (claimed - opened) * difference.Inverse();
                }
            }
        }
        return true;
    }
}
