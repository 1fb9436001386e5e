using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Low-degree extensions of whole matrices, with the factors kept between calls. Thread-safe for one caller at a time.</summary>
internal sealed class MatrixExtender<TField>(int logBlowup) where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly Dictionary<(int LogRows, TField Factor), CosetExtension<TField>> _extensions = [];
    private readonly Dictionary<(int LogRows, TField Factor), TransformPlan<TField>[]> _plans = [];

    /// <summary>Extends every column to the evaluation domain: into new memory, or into the room behind the columns.</summary>
    /// <exception cref="ArgumentException">There is not the room that the columns claim, or the domain is larger than the field has.</exception>
    public ExtendedMatrix<TField> Extend(ColumnSet<TField> columns, int threads, CancellationToken cancellation)
    {
        TField factor = TField.MultiplicativeGenerator * columns.Shift.Inverse();
        int size = 1 << (columns.LogRows + logBlowup);
        if (columns.HasRoom)
        {
            columns.Layout.Check(size, columns.Values.Length, nameof(columns));
            ExtendInPlace(columns, columns.Values, columns.Layout, factor, threads, cancellation);
            return new(columns.LogRows, logBlowup, columns.Values, columns.Layout);
        }
        var layout = new ColumnLayout(columns.Width, ColumnLayout.PaddedStride(size));
        var extended = new TField[checked(layout.Count * layout.Stride)];
        if (columns.Order == TransformOrder.BitReversed)
        {
            for (int column = 0; column < columns.Width; column++)
                columns.Values.Span.Slice(column * columns.Layout.Stride, 1 << columns.LogRows).CopyTo(extended.AsSpan(column * layout.Stride));
            ExtendInPlace(columns, extended, layout, factor, threads, cancellation);
            return new(columns.LogRows, logBlowup, extended, layout);
        }
        if (!_extensions.TryGetValue((columns.LogRows, factor), out CosetExtension<TField>? extension))
            _extensions[(columns.LogRows, factor)] = extension = new(columns.LogRows, logBlowup, factor);
        extension.Extend(columns.Values.Span, columns.Layout, extended, layout, threads, cancellation);
        return new(columns.LogRows, logBlowup, extended, layout);
    }

    /// <summary>The values on one block, from those on the first.</summary>
    public static void Continue(ExtendedMatrix<TField> matrix, int block, Memory<TField> destination, ColumnLayout layout, int threads, CancellationToken cancellation)
    {
        int logRows = matrix.LogRows, rows = 1 << logRows;
        layout.Check(rows, destination.Length, nameof(destination));
        if (layout.Count != matrix.Width) throw new ArgumentException($"Expected {matrix.Width} columns, got {layout.Count}.", nameof(layout));
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(logRows, DomainPoints<TField>.BlockShift(logRows, block), TransformOrder.BitReversed);
        WorkRanges.Run(matrix.Width, 1, threads, (column, _) =>
        {
            ReadOnlySpan<TField> first = matrix.Column(column).Span[..rows];
            Span<TField> to = destination.Span.Slice(column * layout.Stride, rows);
            first.CopyTo(to);
            DomainPoints<TField>.Permute(to);
            inverse.Run(to, to, cancellation);
            forward.Run(to, to, cancellation);
        }, cancellation);
    }

    /// <summary>
    /// Replaces the values on one block of the extension by those on another, in its place: for whoever may not take memory for
    /// another block, and moves it back. Nothing else may read the matrix meanwhile.
    /// </summary>
    public static void Move(ExtendedMatrix<TField> matrix, int place, int from, int to, int threads, CancellationToken cancellation)
    {
        int logRows = matrix.LogRows, rows = 1 << logRows;
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TField ratio = DomainPoints<TField>.BlockShift(logRows, to) * DomainPoints<TField>.BlockShift(logRows, from).Inverse();
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(logRows, ratio, TransformOrder.BitReversed);
        WorkRanges.Run(matrix.Width, 1, threads, (column, _) =>
        {
            Span<TField> values = MemoryMarshal.AsMemory(matrix.Column(column)).Span.Slice(place * rows, rows);
            DomainPoints<TField>.Permute(values);
            inverse.Run(values, values, cancellation);
            forward.Run(values, values, cancellation);
        }, cancellation);
    }

    // Coefficients take the place of the values; every other block is made from them, the first last, upon them.
    private void ExtendInPlace(ColumnSet<TField> columns, Memory<TField> memory, ColumnLayout layout, TField factor, int threads, CancellationToken cancellation)
    {
        int rows = 1 << columns.LogRows;
        if (!_plans.TryGetValue((columns.LogRows, factor), out TransformPlan<TField>[]? plans))
        {
            TransformPlan<TField>.CheckSize(columns.LogRows + logBlowup);
            plans = [.. Enumerable.Range(0, 1 << logBlowup).Select(block => TransformPlan<TField>.Forward(
                columns.LogRows, factor * DomainPoints<TField>.BlockShift(columns.LogRows, block), TransformOrder.BitReversed))];
            _plans[(columns.LogRows, factor)] = plans = [.. plans, TransformPlan<TField>.Inverse(columns.LogRows, TransformOrder.Natural)];
        }
        WorkRanges.Run(columns.Width, 1, threads, (column, _) =>
        {
            Span<TField> all = memory.Span.Slice(column * layout.Stride, rows << logBlowup), coefficients = all[..rows];
            if (columns.Order == TransformOrder.BitReversed) DomainPoints<TField>.Permute(coefficients);
            plans[^1].Run(coefficients, coefficients, cancellation);
            for (int block = (1 << logBlowup) - 1; block >= 0; block--) plans[block].Run(coefficients, all.Slice(block * rows, rows), cancellation);
        }, cancellation);
    }
}
