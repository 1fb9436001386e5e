using System.Buffers;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Values of committed polynomials at a point outside the domain, from the first block of their extension, or from the rows: by
/// <see cref="Barycentric{TBase, TExtension}"/>, with weights that are computed coordinate by coordinate and lack a factor, which the
/// values get.
/// </summary>
internal sealed class PointEvaluator<TField, TParameters> : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private const int RunRows = 512;

    private readonly int _logRows;
    private readonly bool _ofRows;
    private readonly ProofMemory _memory;
    private readonly TField[] _weights;
    private readonly Extension<TField, TParameters> _factor;

    /// <param name="logRows">log2 of the degree bound.</param>
    /// <param name="point">The point.</param>
    /// <param name="memory">Where weights are rented; null for new memory.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="ofRows">Whether of matrices of which only the rows are kept.</param>
    public PointEvaluator(int logRows, Extension<TField, TParameters> point, ProofMemory? memory = null, int threads = 1, bool ofRows = false)
    {
        (_logRows, _ofRows, _memory) = (logRows, ofRows, memory ?? new());
        int size = 1 << logRows, degree = TParameters.Degree;
        TField shift = ofRows ? TField.One : TField.MultiplicativeGenerator, root = TField.TwoAdicGenerator(logRows), power = FieldMath.Power(shift, (ulong)size);
        Extension<TField, TParameters> vanishing = FieldMath.Power(point, (ulong)size) - Extension<TField, TParameters>.FromBase(power);
        if (vanishing == default) throw new ArgumentException("Expected a point outside the coset.", nameof(point));
        _factor = vanishing * (TField.FromUInt64((ulong)size) * power).Inverse();
        _weights = _memory.Rent<TField>(degree * size);
        TField[] points = _memory.Rent<TField>(size);
        if (ofRows)
        {
            points.AsSpan().Fill(shift);
            FieldSpans.MultiplyPowers<TField>(points, root, points);
        }
        else
        {
            DomainPoints<TField>.Fill(points, shift, root);
        }
        PointInverses<TField, Extension<TField, TParameters>> inverses = new(point);
        WorkRanges.Run(size, RunRows, threads, (from, count) =>
        {
            TField[] room = ArrayPool<TField>.Shared.Rent((degree + 1) * count);
            inverses.Compute(points.AsSpan(from, count), room.AsSpan(0, degree * count), room.AsSpan(degree * count, count));
            for (int k = 0; k < degree; k++)
                FieldSpans.Multiply(room.AsSpan(k * count, count), points.AsSpan(from, count), _weights.AsSpan(k * size + from, count));
            ArrayPool<TField>.Shared.Return(room);
        });
        _memory.Return(points);
    }

    /// <summary>A value for each base column of a matrix of 2^logRows rows.</summary>
    public Extension<TField, TParameters>[] Evaluate(ExtendedMatrix<TField> matrix, int threads = 1, CancellationToken cancellation = default)
    {
        if (matrix.IsKept == _ofRows) throw new ArgumentException("Expected a matrix of the kind that was said, got another.", nameof(matrix));
        if (matrix.LogRows != _logRows) throw new ArgumentException($"Expected a matrix of 2^{_logRows} rows, got 2^{matrix.LogRows}.", nameof(matrix));
        var values = new Extension<TField, TParameters>[matrix.Width];
        Barycentric<TField, Extension<TField, TParameters>> weighted = new(_logRows, _weights, _factor);
        ColumnMemory<TField> columns = matrix.Rows ?? matrix.Extended;
        int size = 1 << _logRows;
        WorkRanges.Run(values.Length, 1, threads, (column, _) =>
        {
            weighted.Evaluate(columns.Column(column, size).Span, new(1, size), values.AsSpan(column, 1), 1, cancellation);
        }, cancellation);
        return values;
    }

    public void Dispose() => _memory.Return(_weights);
}
