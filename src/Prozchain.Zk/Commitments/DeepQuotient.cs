using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>The columns of a matrix, each with a coefficient: column i has number <paramref name="First"/> + i of the coefficients' coordinates.</summary>
internal readonly record struct DeepTerm<TField>(ExtendedMatrix<TField> Matrix, TField[][] Coefficients, int First) where TField : unmanaged, ITwoAdicField<TField>;

/// <summary>Columns that are divided by the same x - z: the sum of their coefficients times their values at z, and the columns.</summary>
internal sealed record DeepPoint<TField, TParameters>(
    Extension<TField, TParameters> Point, Extension<TField, TParameters> Value, IReadOnlyList<DeepTerm<TField>> Terms)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>;

/// <summary>
/// The combination of many columns into one codeword: at each x of the evaluation domain the sum over points z of
/// (v - Σ λ_k p_k(x)) / (z - x). Sums over columns cost base-field products, a coordinate of λ at a time, in runs of rows that
/// stay in the first-level cache.
/// </summary>
internal static class DeepQuotient<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private const int RunRows = 512;

    /// <param name="points">Points, none in the domain, with matrices that are all extended to the codeword's size.</param>
    /// <param name="codeword">Zero before; on the evaluation domain.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between runs of rows.</param>
    public static void Combine(IReadOnlyList<DeepPoint<TField, TParameters>> points, Codeword<TField> codeword, int threads, CancellationToken cancellation)
    {
        var domain = new TField[1 << codeword.LogSize];
        DomainPoints<TField>.Fill(domain, codeword.Shift, TField.TwoAdicGenerator(codeword.LogSize));
        PointInverses<TField, TParameters>[] inverses = [.. points.Select(point => new PointInverses<TField, TParameters>(point.Point))];
        WorkRanges.Run(domain.Length, RunRows, threads, (from, count) =>
        {
            int degree = TParameters.Degree;
            TField[] room = ArrayPool<TField>.Shared.Rent((2 * degree + 1) * count);
            Span<TField> sums = room.AsSpan(0, degree * count), inverse = room.AsSpan(degree * count, degree * count), scratch = room.AsSpan(2 * degree * count, count);
            for (int i = 0; i < points.Count; i++)
            {
                Sum(points[i], from, count, sums);
                inverses[i].Compute(domain.AsSpan(from, count), inverse, scratch);
                ExtensionColumns.Multiply<TField, TParameters>(sums, inverse, sums, count, new ColumnLayout(degree, count));
                for (int power = 0; power < degree; power++)
                {
                    Span<TField> to = codeword.Column(power).Slice(from, count);
                    FieldSpans.Add<TField>(to, sums.Slice(power * count, count), to);
                }
            }
            ArrayPool<TField>.Shared.Return(room, clearArray: true);
        }, cancellation);
    }

    // v - Σ λ_k p_k(x)
    private static void Sum(DeepPoint<TField, TParameters> point, int from, int count, Span<TField> sums)
    {
        sums.Clear();
        Span<TField> factors = stackalloc TField[4];
        foreach (DeepTerm<TField> term in point.Terms)
            for (int column = 0; column < term.Matrix.Width; column += 4)
            {
                int columns = Math.Min(4, term.Matrix.Width - column);
                ReadOnlySpan<TField> a = Rows(term, column, from, count), b = columns > 1 ? Rows(term, column + 1, from, count) : a;
                ReadOnlySpan<TField> c = columns > 2 ? Rows(term, column + 2, from, count) : a, d = columns > 3 ? Rows(term, column + 3, from, count) : a;
                for (int power = 0; power < TParameters.Degree; power++)
                {
                    factors.Clear();
                    term.Coefficients[power].AsSpan(term.First + column, columns).CopyTo(factors);
                    var kernel = new CombineKernel<TField>(a, b, c, d, factors, sums.Slice(power * count, count));
                    TField.Dispatch(ref kernel);
                }
            }
        for (int power = 0; power < TParameters.Degree; power++)
        {
            Span<TField> sum = sums.Slice(power * count, count);
            TField value = point.Value[power];
            for (int i = 0; i < sum.Length; i++) sum[i] = value - sum[i];
        }
    }

    private static ReadOnlySpan<TField> Rows(DeepTerm<TField> term, int column, int from, int count) => term.Matrix.Column(column).Span.Slice(from, count);
}
