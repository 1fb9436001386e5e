using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Columns of polynomials of degree below 2^<see cref="LogRows"/>, by their values on the evaluation domain: the coset of 2^
/// <see cref="LogBlowup"/> times as many points that starts at the field's generator, in bit-reversed order.
/// </summary>
/// <remarks>
/// 2^LogRows neighbouring values are a block: those on the coset that starts at <see cref="BlockShift"/>. Block i is the same
/// for every domain that has it. Immutable and thread-safe.
/// </remarks>
internal sealed class ExtendedMatrix<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    public ExtendedMatrix(int logRows, int logBlowup, ReadOnlyMemory<TField> extended, ColumnLayout layout)
    {
        layout.Check(1 << (logRows + logBlowup), extended.Length, nameof(extended));
        (LogRows, LogBlowup, Extended, Layout) = (logRows, logBlowup, extended, layout);
    }

    public int LogRows { get; }

    public int LogBlowup { get; }

    /// <summary>Base columns.</summary>
    public int Width => Layout.Count;

    /// <summary>log2 of the values of an extended column.</summary>
    public int LogSize => LogRows + LogBlowup;

    public ReadOnlyMemory<TField> Extended { get; }

    public ColumnLayout Layout { get; }

    /// <summary>The whole extension of a column.</summary>
    public ReadOnlyMemory<TField> Column(int column) => Extended.Slice(column * Layout.Stride, 1 << LogSize);

    /// <summary>The first point of a block.</summary>
    public TField BlockShift(int block) => TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(LogRows, block);

    /// <summary>The values of all columns on a block: a part of the extension, or computed into the scratch beyond it.</summary>
    /// <param name="block">0 or more.</param>
    /// <param name="scratch">Written only for a block beyond the extension.</param>
    /// <param name="scratchLayout">Columns of 2^LogRows values, as many as the matrix has.</param>
    /// <param name="layout">Where the columns of the result lie.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between columns.</param>
    public ReadOnlyMemory<TField> Block(
        int block, Memory<TField> scratch, ColumnLayout scratchLayout, out ColumnLayout layout, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        if (block >> LogBlowup == 0)
        {
            layout = Layout;
            return Extended[(block << LogRows)..];
        }
        layout = scratchLayout;
        MatrixExtender<TField>.Continue(this, block, scratch, scratchLayout, threads, cancellation);
        return scratch;
    }
}
