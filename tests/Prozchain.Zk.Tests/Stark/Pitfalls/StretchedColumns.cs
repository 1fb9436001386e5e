using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Tests.Backends;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Columns on twice their points: the same polynomials, or ones of twice the degree that nothing but a low-degree test tells from them.</summary>
internal static class StretchedColumns
{
    public static ColumnSet<F> Of(ColumnSet<F> set) => Of(set, (_, _) => { });

    /// <summary>The last column is another between its rows, and on them the same.</summary>
    public static ColumnSet<F> OfAnotherLast(ColumnSet<F> set) => Of(set, (column, coefficients) =>
    {
        int rows = coefficients.Length / 2;
        if (column < set.Width - 1) return;
        // Times x^rows - shift^rows, something of more terms than openings may add.
        for (int i = 0; i < 8; i++)
        {
            coefficients[rows + i] += F.One;
            coefficients[i] -= FieldMath.Power(set.Shift, (ulong)rows);
        }
    });

    /// <summary>A chunk of a quotient with a mask, as those that hide have, but of as many coefficients as the chunk may have.</summary>
    /// <param name="rows">Of the trace.</param>
    /// <param name="masks">Of each column.</param>
    public static ColumnSet<F> OfMasked(ColumnSet<F> set, int rows, ReadOnlyMemory<F[]> masks) => Of(set, (column, coefficients) =>
    {
        F[] mask = masks.Span[column];
        F scale = FieldMath.Power(set.Shift, (ulong)rows).Inverse();
        for (int i = 0; i < mask.Length; i++)
        {
            coefficients[i] -= mask[i];
            coefficients[rows + i] += mask[i] * scale;
        }
    });

    private static ColumnSet<F> Of(ColumnSet<F> set, Action<int, F[]> change)
    {
        int rows = 1 << set.LogRows;
        var values = new F[set.Width * 2 * rows];
        for (int i = 0; i < set.Width; i++)
        {
            ReadOnlySpan<F> column = set.Values.Column(i, rows).Span;
            F[] coefficients = new F[2 * rows];
            NaivePolynomials<F>.Through(set.Order == TransformOrder.Natural ? NaivePolynomials<F>.Reversed(column) : column, set.Shift).CopyTo(coefficients, 0);
            change(i, coefficients);
            NaivePolynomials<F>.Reversed(NaivePolynomials<F>.On(coefficients, set.LogRows + 1, set.Shift)).CopyTo(values, i * 2 * rows);
        }
        return new(set.LogRows + 1, new(values, new(set.Width, 2 * rows)), set.Shift);
    }
}
