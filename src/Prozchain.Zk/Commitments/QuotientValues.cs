using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Commitments;

/// <summary>The combined codewords at opened positions, from the rows that were opened there.</summary>
internal sealed class QuotientValues<TField, TParameters>(
    ClaimPlan<TField, Extension<TField, TParameters>> plan, IReadOnlyList<OpeningClaim<Extension<TField, TParameters>>> claims,
    Extension<TField, TParameters>[] coefficients, OpenedRows<TField>[] opened)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly TField[][] _coordinates = BatchingCoefficients.Coordinates<TField, Extension<TField, TParameters>>(coefficients);
    private readonly Extension<TField, TParameters>[][] _values = plan.Values(claims, coefficients);

    /// <summary>The value of the codeword of one height.</summary>
    /// <param name="height">The number of the height, the tallest first.</param>
    /// <param name="position">A position in its domain, at or above one that was opened.</param>
    public Extension<TField, TParameters> At(int height, int position)
    {
        HeightClaims<Extension<TField, TParameters>> claimed = plan.Heights[height];
        TField x = DomainPoints<TField>.At(TField.MultiplicativeGenerator, claimed.LogSize, position);
        Extension<TField, TParameters> value = default;
        Span<TField> sum = stackalloc TField[TParameters.Degree];
        for (int i = 0; i < claimed.Points.Count; i++)
        {
            sum.Clear();
            foreach (ClaimTerm term in claimed.Points[i].Terms)
            {
                ReadOnlySpan<TField> row = opened[term.Batch].RowAt(term.Matrix, position);
                for (int power = 0; power < sum.Length; power++)
                    sum[power] += FieldSpans.DotProduct(row, _coordinates[power].AsSpan(term.FirstCoefficient, term.Width));
            }
            // Never zero: no point lies in the domain.
            Extension<TField, TParameters> distance = claimed.Points[i].Point - Extension<TField, TParameters>.FromBase(x);
            value += (_values[height][i] - Extension<TField, TParameters>.FromCoefficients(sum)) * distance.Inverse();
        }
        return value;
    }
}
