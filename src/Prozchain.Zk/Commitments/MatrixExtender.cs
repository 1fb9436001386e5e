using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Low-degree extensions of whole matrices, with the factors kept between calls. Thread-safe for one caller at a time.</summary>
internal sealed class MatrixExtender<TField>(int logBlowup) where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly Dictionary<(int LogRows, TField Factor), CosetExtension<TField>> _extensions = [];

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
        }
        else
        {
            Extension(columns.LogRows, factor).Extend(columns.Values.Span, columns.Layout, extended, layout, threads, cancellation);
        }
        return new(columns.LogRows, logBlowup, extended, layout);
    }

    /// <summary>The values on one block, from those on the first.</summary>
    public static void Continue(ExtendedMatrix<TField> matrix, int block, Memory<TField> destination, ColumnLayout layout, int threads, CancellationToken cancellation)
    {
        int logRows = matrix.LogRows, rows = 1 << logRows;
        layout.Check(rows, destination.Length, nameof(destination));
        if (layout.Count != matrix.Width) throw new ArgumentException($"Expected {matrix.Width} columns, got {layout.Count}.", nameof(layout));
        Rebase(matrix.Width, logRows, 0, block, column =>
        {
            Span<TField> to = destination.Span.Slice(column * layout.Stride, rows);
            matrix.Column(column).Span[..rows].CopyTo(to);
            return to;
        }, threads, cancellation);
    }

    /// <summary>
    /// Replaces the values on one block of the extension by those on another, in its place: for whoever may not take memory for
    /// another block, and moves it back. Nothing else may read the matrix meanwhile.
    /// </summary>
    public static void Move(ExtendedMatrix<TField> matrix, int place, int from, int to, int threads, CancellationToken cancellation)
    {
        int rows = 1 << matrix.LogRows;
        Rebase(matrix.Width, matrix.LogRows, from, to, column => MemoryMarshal.AsMemory(matrix.Column(column)).Span.Slice(place * rows, rows), threads, cancellation);
    }

    // From values on one block to those on another, upon them, column by column.
    private static void Rebase(int width, int logRows, int from, int to, Func<int, Span<TField>> column, int threads, CancellationToken cancellation)
    {
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TField ratio = DomainPoints<TField>.BlockShift(logRows, to) * DomainPoints<TField>.BlockShift(logRows, from).Inverse();
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(logRows, ratio, TransformOrder.BitReversed);
        WorkRanges.Run(width, 1, threads, (index, _) =>
        {
            Span<TField> values = column(index);
            DomainPoints<TField>.Permute(values);
            inverse.Run(values, values, cancellation);
            forward.Run(values, values, cancellation);
        }, cancellation);
    }

    private void ExtendInPlace(ColumnSet<TField> columns, Memory<TField> memory, ColumnLayout layout, TField factor, int threads, CancellationToken cancellation)
    {
        if (columns.Order == TransformOrder.BitReversed)
            WorkRanges.Run(columns.Width, 1, threads, (column, _) => DomainPoints<TField>.Permute(memory.Span.Slice(column * layout.Stride, 1 << columns.LogRows)), cancellation);
        Extension(columns.LogRows, factor).ExtendInPlace(memory.Span, layout, threads, cancellation);
    }

    private CosetExtension<TField> Extension(int logRows, TField factor)
    {
        if (!_extensions.TryGetValue((logRows, factor), out CosetExtension<TField>? extension))
            _extensions[(logRows, factor)] = extension = new(logRows, logBlowup, factor);
        return extension;
    }
}
