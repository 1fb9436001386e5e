using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Commitments;

/// <summary>Sums of codewords of one length, whatever their cosets: a codeword read on another coset is a codeword.</summary>
internal static class CodewordSum<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>Adds a multiple of another codeword, position by position.</summary>
    public static void AddScaled(Codeword<TField> sum, Codeword<TField> other, Extension<TField, TParameters> factor)
    {
        int degree = TParameters.Degree;
        TField[] matrix = FoldLevels<TField, TParameters>.MatrixOf(factor);
        for (int power = 0; power < degree; power++)
            for (int from = 0; from < degree; from++)
                FieldSpans.MultiplyAdd<TField>(other.Column(from), matrix[power * degree + from], sum.Column(power), sum.Column(power));
    }
}
