using System.Buffers;
using Prozchain.Zk.Backends;
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
/// (v - Σ λ_k p_k(x)) / (z - x). In runs of rows: sums over columns at base-field cost, then the division, coordinate by coordinate. Of
/// matrices whose extension is not kept the sums are taken over the rows, and extended: they are polynomials as the columns are.
/// </summary>
internal static class DeepQuotient<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    // The sums of two points and a group of columns share the first-level cache.
    private const int RunRows = 512;

    /// <param name="points">Points, none in the domain, with matrices that are all extended to the codeword's size.</param>
    /// <param name="codeword">Zero before; on the evaluation domain.</param>
    /// <param name="memory">Where points are rented meanwhile.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between runs of rows.</param>
    public static void Combine(IReadOnlyList<DeepPoint<TField, TParameters>> points, Codeword<TField> codeword, ProofMemory memory, int threads, CancellationToken cancellation)
    {
        ColumnMemory<TField>? known = OfRows(points, codeword.LogSize, memory, threads, cancellation);
        TField[] domain = memory.Rent<TField>(1 << codeword.LogSize);
        DomainPoints<TField>.Fill(domain, codeword.Shift, TField.TwoAdicGenerator(codeword.LogSize));
        PointInverses<TField, TParameters>[] inverses = [.. points.Select(point => new PointInverses<TField, TParameters>(point.Point))];
        var columns = new DeepColumns<TField, TParameters>(points);
        WorkRanges.Run(domain.Length, RunRows, threads, (from, count) =>
        {
            int degree = TParameters.Degree, all = degree * count;
            TField[] room = ArrayPool<TField>.Shared.Rent((2 * points.Count + 2) * all + count);
            Span<TField> wide = room.AsSpan(0, 2 * points.Count * all), sums = room.AsSpan(wide.Length, all);
            Span<TField> inverse = room.AsSpan(wide.Length + all, all), scratch = room.AsSpan(wide.Length + 2 * all, count);
            columns.Sum(from, count, wide);
            for (int i = 0; i < points.Count; i++)
            {
                DeepColumns<TField, TParameters>.Finish(wide.Slice(2 * i * all, 2 * all), sums, count);
                for (int power = 0; power < degree && known is not null; power++)
                {
                    Span<TField> sum = sums.Slice(power * count, count);
                    FieldSpans.Add<TField>(sum, known.Column(i * degree + power, from + count).Span[from..], sum);
                }
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
        memory.Return(domain);
        if (known is not null) memory.Return(known);
    }

    // -Σ λ_k p_k over the matrices of which there are only the rows, extended: Degree columns for each point.
    private static ColumnMemory<TField>? OfRows(
        IReadOnlyList<DeepPoint<TField, TParameters>> points, int logSize, ProofMemory memory, int threads, CancellationToken cancellation)
    {
        var columns = new DeepColumns<TField, TParameters>(points, ofRows: true);
        if (columns.IsEmpty) return null;
        ExtendedMatrix<TField> first = points.SelectMany(point => point.Terms).First(term => !term.Matrix.IsKept).Matrix;
        int degree = TParameters.Degree;
        ColumnMemory<TField> sums = memory.RentColumns<TField>(points.Count * degree, ColumnLayout.PaddedStride(1 << logSize));
        WorkRanges.Run(1 << first.LogRows, RunRows, threads, (from, count) =>
        {
            int all = degree * count;
            TField[] room = ArrayPool<TField>.Shared.Rent((2 * points.Count + 1) * all);
            Span<TField> wide = room.AsSpan(0, 2 * points.Count * all), sum = room.AsSpan(wide.Length, all);
            columns.Sum(from, count, wide);
            for (int i = 0; i < points.Count; i++)
            {
                DeepColumns<TField, TParameters>.Finish(wide.Slice(2 * i * all, 2 * all), sum, count);
                for (int power = 0; power < degree; power++) sum.Slice(power * count, count).CopyTo(sums.Column(i * degree + power, from + count).Span[from..]);
            }
            ArrayPool<TField>.Shared.Return(room, clearArray: true);
        }, cancellation);
        new MatrixExtender<TField>(first.LogBlowup, memory).Extend(new(first.LogRows, sums, TField.One, hasRoom: true), threads, cancellation);
        return sums;
    }
}
