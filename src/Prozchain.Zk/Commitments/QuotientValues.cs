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

    /// <summary>The values of the codeword of one height.</summary>
    /// <param name="height">The number of the height, the tallest first.</param>
    /// <param name="positions">Positions in its domain, at or above those that were opened.</param>
    public Extension<TField, TParameters>[] At(int height, ReadOnlySpan<int> positions)
    {
        HeightClaims<Extension<TField, TParameters>> claimed = plan.Heights[height];
        var values = new Extension<TField, TParameters>[positions.Length];
        var distances = new Extension<TField, TParameters>[positions.Length * claimed.Points.Count];
        var inverses = new Extension<TField, TParameters>[distances.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            TField x = DomainPoints<TField>.At(TField.MultiplicativeGenerator, claimed.LogSize, positions[i / claimed.Points.Count]);
            // Never zero: no point lies in the domain.
            distances[i] = claimed.Points[i % claimed.Points.Count].Point - Extension<TField, TParameters>.FromBase(x);
        }
        FieldSpans.Invert<Extension<TField, TParameters>>(distances, inverses);
        for (int i = 0; i < values.Length; i++) values[i] = At(height, claimed, positions[i], inverses.AsSpan(i * claimed.Points.Count, claimed.Points.Count));
        return values;
    }

    private Extension<TField, TParameters> At(int height, HeightClaims<Extension<TField, TParameters>> claimed, int position, ReadOnlySpan<Extension<TField, TParameters>> inverses)
    {
        Extension<TField, TParameters> value = default;
        Span<TField> sum = stackalloc TField[TParameters.Degree];
        (int batch, int place) = (-1, 0);
        for (int i = 0; i < claimed.Points.Count; i++)
        {
            sum.Clear();
            foreach (ClaimTerm term in claimed.Points[i].Terms)
            {
                // Matrices of one height in one batch have the same rows opened.
                if (term.Batch != batch) (batch, place) = (term.Batch, opened[term.Batch].PlaceOf(term.Matrix, position));
                ReadOnlySpan<TField> row = opened[term.Batch].RowAt(term.Matrix, place);
                for (int power = 0; power < sum.Length; power++)
                    sum[power] += FieldSpans.DotProduct(row, _coordinates[power].AsSpan(term.FirstCoefficient, term.Width));
            }
            value += (_values[height][i] - Extension<TField, TParameters>.FromCoefficients(sum)) * inverses[i];
        }
        return value;
    }
}
