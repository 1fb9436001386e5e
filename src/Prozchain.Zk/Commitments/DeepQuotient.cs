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
/// (v - Σ λ_k p_k(x)) / (z - x). In runs of rows: sums over columns at base-field cost, then the division, coordinate by coordinate.
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
    }
}
