using System.Runtime.CompilerServices;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Low-degree extensions of whole matrices, with memory and factors of a proof. Thread-safe for one caller at a time.</summary>
internal sealed class MatrixExtender<TField>(int logBlowup, ProofMemory memory) where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Extends every column to the evaluation domain: into new memory, or into the room behind the columns; or not yet.</summary>
    /// <exception cref="ArgumentException">There is not the room that the columns claim, or the domain is larger than the field has.</exception>
    public ExtendedMatrix<TField> Extend(ColumnSet<TField> columns, int threads, CancellationToken cancellation)
    {
        int rows = 1 << columns.LogRows, size = rows << logBlowup;
        ColumnMemory<TField> extended = columns.Values;
        if (!columns.IsKept) return new(columns.LogRows, logBlowup, extended, isKept: false);
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
        CosetExtension<TField> extension = Extension(memory, columns.LogRows, logBlowup, TField.MultiplicativeGenerator * columns.Shift.Inverse());
        for (int i = 0; i < extended.Segments; i++) extension.ExtendInPlace(extended.Segment(i).Span, extended.LayoutOf(i), threads, cancellation);
        return new(columns.LogRows, logBlowup, extended);
    }

    /// <summary>An extension from the subgroup to the coset that starts at a factor.</summary>
    public static CosetExtension<TField> Extension(ProofMemory memory, int logRows, int logBlowup, TField factor) => memory.Factors(
        (typeof(CosetExtension<TField>), logRows, logBlowup, factor), CosetExtension<TField>.Factors(logRows, logBlowup) * Unsafe.SizeOf<TField>(),
        () => new CosetExtension<TField>(logRows, logBlowup, factor));
}
