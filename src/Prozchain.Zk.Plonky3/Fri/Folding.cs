using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>Folding of codewords in bit-reversed order on subgroups: the shift of the committed coset is dropped.</summary>
internal static class Folding<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private static readonly TField s_half = TField.FromUInt64(2).Inverse();

    /// <summary>
    /// Folds the values of a row, in place, to the value at <paramref name="beta"/> of the polynomial that takes them: by
    /// halves, with beta squared from one to the next.
    /// </summary>
    /// <param name="row">2^a values.</param>
    /// <param name="index">The row's number.</param>
    /// <param name="logRows">log2 of the number of rows.</param>
    /// <param name="beta">The challenge.</param>
    public static TExt FoldRow(Span<TExt> row, int index, int logRows, TExt beta)
    {
        int logArity = System.Numerics.BitOperations.Log2((uint)row.Length), logSize = logRows + logArity;
        TField step = TField.TwoAdicGenerator(logArity).Inverse();
        TField inverse = FieldMath.Power(TField.TwoAdicGenerator(logSize).Inverse(), (ulong)Bits.Reverse(index, logRows));
        for (int bits = logArity; bits > 0; bits--)
        {
            for (int k = 0; k < 1 << (bits - 1); k++)
            {
                TField x = inverse * FieldMath.Power(step, (ulong)Bits.Reverse(k, bits - 1));
                row[k] = FoldPair(row[2 * k], row[2 * k + 1], x, beta);
            }
            inverse *= inverse;
            step *= step;
            beta *= beta;
        }
        return row[0];
    }

    /// <summary>The value at beta of the line through a value at x and one at -x.</summary>
    public static TExt FoldPair(TExt plus, TExt minus, TField inverseX, TExt beta) =>
        (plus + minus) * s_half + beta * (plus - minus) * (s_half * inverseX);
}
