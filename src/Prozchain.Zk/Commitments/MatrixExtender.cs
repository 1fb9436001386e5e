using System.Runtime.CompilerServices;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Low-degree extensions of whole matrices, with memory and factors of a proof. Thread-safe for one caller at a time.</summary>
internal sealed class MatrixExtender<TField>(int logBlowup, ProofMemory memory) where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Extends every column to the evaluation domain: into new memory, or into the room behind the columns.</summary>
    /// <exception cref="ArgumentException">There is not the room that the columns claim, or the domain is larger than the field has.</exception>
    public ExtendedMatrix<TField> Extend(ColumnSet<TField> columns, int threads, CancellationToken cancellation)
    {
        int rows = 1 << columns.LogRows, size = rows << logBlowup;
        ColumnMemory<TField> extended = columns.Values;
        if (columns.HasRoom) extended.Check(size, nameof(columns));
        else extended = memory.RentColumns<TField>(columns.Width, ColumnLayout.PaddedStride(size));
        if (!columns.HasRoom || columns.Order == TransformOrder.BitReversed)
        {
            WorkRanges.Run(columns.Width, 1, threads, (column, _) =>
            {
                Span<TField> values = extended.Column(column, rows).Span;
                if (!columns.HasRoom) columns.Values.Column(column, rows).Span.CopyTo(values);
                if (columns.Order == TransformOrder.BitReversed) DomainPoints<TField>.Permute(values);
            }, cancellation);
        }
        CosetExtension<TField> extension = Extension(columns.LogRows, TField.MultiplicativeGenerator * columns.Shift.Inverse());
        for (int i = 0; i < extended.Segments; i++) extension.ExtendInPlace(extended.Segment(i).Span, extended.LayoutOf(i), threads, cancellation);
        return new(columns.LogRows, logBlowup, extended);
    }

    /// <summary>The values on one block, from those on the first.</summary>
    public static void Continue(ExtendedMatrix<TField> matrix, int block, ColumnMemory<TField> destination, int threads, CancellationToken cancellation)
    {
        int logRows = matrix.LogRows, rows = 1 << logRows;
        destination.Check(rows, nameof(destination));
        if (destination.Width != matrix.Width) throw new ArgumentException($"Expected {matrix.Width} columns, got {destination.Width}.", nameof(destination));
        Rebase(matrix.Width, logRows, 0, block, column =>
        {
            Span<TField> to = destination.Column(column, rows).Span;
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
        Rebase(matrix.Width, matrix.LogRows, from, to, column => matrix.Extended.Column(column, (place + 1) * rows).Span[(place * rows)..], threads, cancellation);
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

    private CosetExtension<TField> Extension(int logRows, TField factor) => memory.Factors(
        (typeof(CosetExtension<TField>), logRows, logBlowup, factor), CosetExtension<TField>.Factors(logRows, logBlowup) * Unsafe.SizeOf<TField>(),
        () => new CosetExtension<TField>(logRows, logBlowup, factor));
}
