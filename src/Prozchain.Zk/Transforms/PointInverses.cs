using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// 1 / (z - x) for a point z of the extension and many x of the base field, coordinate by coordinate, at base-field cost: with the
/// conjugates z_i of z, 1 / (z - x) = -Π_{i ≥ 1} (x - z_i) / Π_i (x - z_i). The denominator has its coefficients in the base
/// field; the numerator's coordinates are polynomials over it in x.
/// </summary>
internal sealed class PointInverses<TField, TExtension>
    where TField : unmanaged, IField<TField>
    where TExtension : unmanaged, IExtensionField<TExtension, TField>
{
    private readonly TField[] _norm;
    private readonly TField[][] _numerators;

    /// <param name="point">z, none of the x.</param>
    public PointInverses(TExtension point)
    {
        int degree = TExtension.Degree;
        // Coefficients of -Π (x - z_i), constant term first.
        var numerator = new TExtension[degree];
        numerator[0] = -TExtension.One;
        TExtension conjugate = point;
        for (int i = 1; i < degree; i++)
        {
            conjugate = conjugate.Frobenius();
            for (int k = i; k >= 0; k--) numerator[k] = (k > 0 ? numerator[k - 1] : TExtension.Zero) - (k < i ? numerator[k] * conjugate : TExtension.Zero);
        }
        _numerators = new TField[degree][];
        for (int power = 0; power < degree; power++) _numerators[power] = [.. numerator.Select(coefficient => coefficient[power])];
        // times (x - z), negated: the norm's coefficients lie in the base field.
        _norm = new TField[degree + 1];
        for (int k = 0; k <= degree; k++)
            _norm[k] = ((k < degree ? numerator[k] * point : TExtension.Zero) - (k > 0 ? numerator[k - 1] : TExtension.Zero))[0];
    }

    /// <summary>Coefficients of the denominator in x, constant term first: one more than the degree of the extension.</summary>
    public ReadOnlySpan<TField> Norm => _norm;

    /// <summary>Coefficients in x of a coordinate of the numerator, constant term first.</summary>
    public ReadOnlySpan<TField> Numerator(int power) => _numerators[power];

    /// <param name="points">The x.</param>
    /// <param name="inverses">Degree columns, each as long as the points.</param>
    /// <param name="scratch">As long as the points.</param>
    public void Compute(ReadOnlySpan<TField> points, Span<TField> inverses, Span<TField> scratch)
    {
        Evaluate(_norm, points, scratch);
        FieldSpans.Invert<TField>(scratch, scratch);
        for (int power = 0; power < TExtension.Degree; power++)
        {
            Span<TField> column = inverses.Slice(power * points.Length, points.Length);
            Evaluate(_numerators[power], points, column);
            FieldSpans.Multiply<TField>(column, scratch, column);
        }
    }

    private static void Evaluate(ReadOnlySpan<TField> coefficients, ReadOnlySpan<TField> points, Span<TField> values)
    {
        var kernel = new PolynomialKernel<TField>(coefficients, points, values);
        TField.Dispatch(ref kernel);
    }
}
