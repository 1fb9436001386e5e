using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>The polynomial that is left after all folds, by its coefficients: their number is the bound on its degree.</summary>
internal static class FinalPolynomial<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>The coefficients, constant term first, from the first block of a codeword.</summary>
    public static Extension<TField, TParameters>[] Interpolate(Codeword<TField> codeword, int logBlowup)
    {
        int logLength = codeword.LogSize - logBlowup, length = 1 << logLength;
        var column = new TField[length];
        var coordinates = new TField[length][];
        for (int i = 0; i < length; i++) coordinates[i] = new TField[TParameters.Degree];
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logLength, TransformOrder.Natural);
        for (int power = 0; power < TParameters.Degree; power++)
        {
            for (int i = 0; i < length; i++) column[NttTable<TField>.Reverse(i, logLength)] = codeword.Column(power)[i];
            inverse.Run(column, column);
            FieldSpans.MultiplyPowers<TField>(column, codeword.Shift.Inverse(), column);
            for (int i = 0; i < length; i++) coordinates[i][power] = column[i];
        }
        return [.. coordinates.Select(element => Extension<TField, TParameters>.FromCoefficients(element))];
    }

    /// <summary>The value at a point of the base field.</summary>
    public static Extension<TField, TParameters> Evaluate(ReadOnlySpan<Extension<TField, TParameters>> coefficients, TField point)
    {
        Extension<TField, TParameters> value = default;
        for (int i = coefficients.Length - 1; i >= 0; i--) value = value * point + coefficients[i];
        return value;
    }
}
