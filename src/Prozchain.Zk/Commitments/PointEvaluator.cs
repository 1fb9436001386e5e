using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Values of committed polynomials at a point outside the domain, from the first block of their extension.</summary>
internal sealed class PointEvaluator<TField, TParameters>(int logRows, Extension<TField, TParameters> point)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly Barycentric<TField, Extension<TField, TParameters>> _weights = new(logRows, TField.MultiplicativeGenerator, point, TransformOrder.BitReversed);

    /// <summary>A value for each base column of a matrix of 2^logRows rows.</summary>
    public Extension<TField, TParameters>[] Evaluate(ExtendedMatrix<TField> matrix, int threads = 1, CancellationToken cancellation = default)
    {
        if (matrix.LogRows != logRows) throw new ArgumentException($"Expected a matrix of 2^{logRows} rows, got 2^{matrix.LogRows}.", nameof(matrix));
        var values = new Extension<TField, TParameters>[matrix.Width];
        for (int i = 0; i < matrix.Extended.Segments; i++)
        {
            ColumnLayout layout = matrix.Extended.LayoutOf(i);
            _weights.Evaluate(matrix.Extended.Segment(i).Span, layout, values.AsSpan(matrix.Extended.FirstOf(i), layout.Count), threads, cancellation);
        }
        return values;
    }
}
