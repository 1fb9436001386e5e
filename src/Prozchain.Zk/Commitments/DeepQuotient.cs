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
/// (v - Σ λ_k p_k(x)) / (z - x). In runs of rows: sums over columns at base-field cost, which as polynomials of the columns' degree are
/// extended from as many points: the first block of what is extended, the rows of what is not. Then the division, coordinate by coordinate.
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
        int degree = TParameters.Degree, size = 1 << codeword.LogSize;
        ColumnMemory<TField>? kept = Sums(points, ofRows: false, codeword.LogSize, memory, threads, cancellation);
        ColumnMemory<TField>? ofRows = Sums(points, ofRows: true, codeword.LogSize, memory, threads, cancellation);
        TField[] domain = memory.Rent<TField>(size);
        DomainPoints<TField>.Fill(domain, codeword.Shift, TField.TwoAdicGenerator(codeword.LogSize));
        PointInverses<TField, Extension<TField, TParameters>>[] inverses = [.. points.Select(point => new PointInverses<TField, Extension<TField, TParameters>>(point.Point))];
        WorkRanges.Run(size, RunRows, threads, (from, count) =>
        {
            int all = degree * count;
            TField[] room = ArrayPool<TField>.Shared.Rent(2 * all + count);
            Span<TField> sum = room.AsSpan(0, all), inverse = room.AsSpan(all, all), scratch = room.AsSpan(2 * all, count);
            for (int i = 0; i < points.Count; i++)
            {
                for (int power = 0; power < degree; power++)
                {
                    int column = i * degree + power;
                    Span<TField> part = sum.Slice(power * count, count);
                    (kept ?? ofRows)!.Column(column, from + count).Span[from..].CopyTo(part);
                    if (kept is not null && ofRows is not null) FieldSpans.Add<TField>(part, ofRows.Column(column, from + count).Span[from..], part);
                }
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
        memory.Return(domain);
        if (kept is not null) memory.Return(kept);
        if (ofRows is not null) memory.Return(ofRows);
    }

    // v - Σ λ_k p_k of each point, as far as the matrices are extended, or are not: Degree columns, extended.
    private static ColumnMemory<TField>? Sums(
        IReadOnlyList<DeepPoint<TField, TParameters>> points, bool ofRows, int logSize, ProofMemory memory, int threads, CancellationToken cancellation)
    {
        var columns = new DeepColumns<TField, TParameters>(points, ofRows);
        if (columns.IsEmpty) return null;
        int degree = TParameters.Degree, logRows = points.Max(point => point.Terms.Max(term => term.Matrix.LogRows));
        ColumnMemory<TField> sums = memory.RentColumns<TField>(points.Count * degree, ColumnLayout.PaddedStride(1 << logSize));
        WorkRanges.Run(1 << logRows, RunRows, threads, (from, count) =>
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
        if (logRows == logSize) return sums;
        ColumnSet<TField> values = ofRows ? new(logRows, sums, TField.One, hasRoom: true)
            : new(logRows, sums, TField.MultiplicativeGenerator, hasRoom: true, order: TransformOrder.BitReversed);
        new MatrixExtender<TField>(logSize - logRows, memory).Extend(values, threads, cancellation);
        return sums;
    }
}
