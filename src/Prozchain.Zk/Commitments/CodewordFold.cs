using System.Buffers;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Folds a codeword: f(x) = Σ x^j f_j(x^arity) becomes Σ β^j f_j at x^arity. By halves, with β, β², β⁴: values a at x and b at -x,
/// which are neighbours, become (a + b) / 2 + β (a - b) / (2x).
/// </summary>
internal static class CodewordFold<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private const int RunRows = 256;

    private static readonly TField s_half = TField.FromUInt64(2).Inverse();

    /// <summary>All rows.</summary>
    /// <param name="rows">The codeword in rows.</param>
    /// <param name="beta">The challenge.</param>
    /// <param name="memory">Where the result is rented.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between runs of rows.</param>
    public static Codeword<TField> Fold(FoldRows<TField> rows, Extension<TField, TParameters> beta, ProofMemory memory, int threads, CancellationToken cancellation)
    {
        int arity = 1 << rows.LogArity, degree = TParameters.Degree;
        var folded = new Codeword<TField>(rows.LogRows, degree, FieldMath.Power(rows.Codeword.Shift, (ulong)arity), memory);
        TField[] inverses = memory.Rent<TField>(1 << rows.LogRows);
        DomainPoints<TField>.Fill(inverses, rows.Codeword.Shift.Inverse(), TField.TwoAdicGenerator(rows.Codeword.LogSize).Inverse());
        var levels = new FoldLevels<TField, TParameters>(beta, rows.LogArity);
        WorkRanges.Run(1 << rows.LogRows, RunRows, threads, (from, count) =>
        {
            TField[] room = ArrayPool<TField>.Shared.Rent((arity / 2 * degree + degree + 1) * count);
            Span<TField> values = room.AsSpan(0, arity / 2 * degree * count), differences = room.AsSpan(arity / 2 * degree * count, degree * count);
            Span<TField> inverse = room.AsSpan((arity / 2 * degree + degree) * count, count);
            inverses.AsSpan(from, count).CopyTo(inverse);
            for (int level = 0; level < rows.LogArity; level++)
            {
                for (int pair = 0; pair < arity >> level >> 1; pair++)
                {
                    TField[] matrix = levels.Matrix(level, pair);
                    for (int power = 0; power < degree; power++)
                    {
                        ReadOnlySpan<TField> a = level == 0 ? rows.Column(2 * pair, power).Slice(from, count) : values.Slice((2 * pair * degree + power) * count, count);
                        ReadOnlySpan<TField> b = level == 0 ? rows.Column(2 * pair + 1, power).Slice(from, count) : values.Slice(((2 * pair + 1) * degree + power) * count, count);
                        Span<TField> difference = differences.Slice(power * count, count);
                        FieldSpans.Subtract(a, b, difference);
                        FieldSpans.Multiply<TField>(difference, inverse, difference);
                        // The sum's place is that of an earlier pair, or of a itself.
                        FieldSpans.Add(a, b, values.Slice((pair * degree + power) * count, count));
                    }
                    for (int power = 0; power < degree; power++)
                    {
                        Span<TField> sum = values.Slice((pair * degree + power) * count, count);
                        for (int other = 0; other < degree; other++)
                            FieldSpans.MultiplyAdd<TField>(differences.Slice(other * count, count), matrix[power * degree + other], sum, sum);
                    }
                }
                FieldSpans.Multiply<TField>(inverse, inverse, inverse);
            }
            for (int power = 0; power < degree; power++) FieldSpans.MultiplyAdd<TField>(values.Slice(power * count, count), levels.Scale, folded.Column(power).Slice(from, count), folded.Column(power).Slice(from, count));
            ArrayPool<TField>.Shared.Return(room, clearArray: true);
        }, cancellation);
        memory.Return(inverses);
        return folded;
    }

    /// <summary>One row.</summary>
    /// <param name="values">The row's values, a power of two of them; overwritten.</param>
    /// <param name="beta">The challenge.</param>
    /// <param name="inverse">1 / x of the row's first value.</param>
    public static Extension<TField, TParameters> FoldRow(Span<Extension<TField, TParameters>> values, Extension<TField, TParameters> beta, TField inverse)
    {
        for (; values.Length > 1; values = values[..(values.Length / 2)], beta *= beta, inverse *= inverse)
            for (int pair = 0; pair < values.Length / 2; pair++)
            {
                Extension<TField, TParameters> a = values[2 * pair], b = values[2 * pair + 1];
                TField factor = s_half * inverse * FoldLevels<TField, TParameters>.InverseRoot(values.Length, pair);
                values[pair] = (a + b) * s_half + beta * ((a - b) * factor);
            }
        return values[0];
    }
}
