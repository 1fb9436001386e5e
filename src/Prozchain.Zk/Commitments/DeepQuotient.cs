using System.Buffers;
using Prozchain.Zk.Fields;
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
/// (v - Σ λ_k p_k(x)) / (z - x). In runs of rows: sums over columns at base-field cost, which as polynomials of the columns' degree are
/// extended from as many points; then the division, coordinate by coordinate.
/// </summary>
internal static class DeepQuotient<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    // The sums of two points and a group of columns share the first-level cache.
    private const int RunRows = 512;

    /// <param name="points">Points, none in the domain, with matrices that are all extended to the codeword's size.</param>
    /// <param name="codeword">Zero before; on the evaluation domain.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between runs of rows.</param>
    public static void Combine(IReadOnlyList<DeepPoint<TField, TParameters>> points, Codeword<TField> codeword, int threads, CancellationToken cancellation)
    {
        int degree = TParameters.Degree, size = 1 << codeword.LogSize;
        (TField[] sums, ColumnLayout layout) = Sum(points, codeword.LogSize, threads, cancellation);
        var domain = new TField[size];
        DomainPoints<TField>.Fill(domain, codeword.Shift, TField.TwoAdicGenerator(codeword.LogSize));
        PointInverses<TField, Extension<TField, TParameters>>[] inverses = [.. points.Select(point => new PointInverses<TField, Extension<TField, TParameters>>(point.Point))];
        WorkRanges.Run(size, RunRows, threads, (from, count) =>
        {
            int all = degree * count;
            TField[] room = ArrayPool<TField>.Shared.Rent(2 * all + count);
            Span<TField> sum = room.AsSpan(0, all), inverse = room.AsSpan(all, all), scratch = room.AsSpan(2 * all, count);
            for (int i = 0; i < points.Count; i++)
            {
                for (int power = 0; power < degree; power++) sums.AsSpan((i * degree + power) * layout.Stride + from, count).CopyTo(sum[(power * count)..]);
                inverses[i].Compute(domain.AsSpan(from, count), inverse, scratch);
                ExtensionColumns.Multiply<TField, TParameters>(sum, inverse, sum, count, new ColumnLayout(degree, count));
                for (int power = 0; power < degree; power++)
                {
                    Span<TField> to = codeword.Column(power).Slice(from, count);
                    FieldSpans.Add<TField>(to, sum.Slice(power * count, count), to);
                }
            }
            ArrayPool<TField>.Shared.Return(room, clearArray: true);
        }, cancellation);
    }

    // Degree columns for each point: on the first block from the columns, and thence, being of their degree, on the others.
    private static (TField[] Sums, ColumnLayout Layout) Sum(IReadOnlyList<DeepPoint<TField, TParameters>> points, int logSize, int threads, CancellationToken cancellation)
    {
        int degree = TParameters.Degree, logRows = points.Max(point => point.Terms.Max(term => term.Matrix.LogRows)), rows = 1 << logRows;
        var layout = new ColumnLayout(points.Count * degree, ColumnLayout.PaddedStride(1 << logSize));
        var sums = new TField[layout.Count * layout.Stride];
        var columns = new DeepColumns<TField, TParameters>(points);
        WorkRanges.Run(rows, RunRows, threads, (from, count) =>
        {
            int all = degree * count;
            TField[] room = ArrayPool<TField>.Shared.Rent((2 * points.Count + 1) * all);
            Span<TField> wide = room.AsSpan(0, 2 * points.Count * all), sum = room.AsSpan(wide.Length, all);
            columns.Sum(from, count, wide);
            for (int i = 0; i < points.Count; i++)
            {
                DeepColumns<TField, TParameters>.Finish(wide.Slice(2 * i * all, 2 * all), sum, count);
                for (int power = 0; power < degree; power++) sum.Slice(power * count, count).CopyTo(sums.AsSpan((i * degree + power) * layout.Stride + from));
            }
            ArrayPool<TField>.Shared.Return(room, clearArray: true);
        }, cancellation);
        if (logRows == logSize) return (sums, layout);
        WorkRanges.Run(layout.Count, 1, threads, (column, _) => DomainPoints<TField>.Permute(sums.AsSpan(column * layout.Stride, rows)), cancellation);
        new CosetExtension<TField>(logRows, logSize - logRows, TField.One).ExtendInPlace(sums, layout, threads, cancellation);
        return (sums, layout);
    }
}
