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
    public ExtendedMatrix(int logRows, int logBlowup, ColumnMemory<TField> extended)
    {
        extended.Check(1 << (logRows + logBlowup), nameof(extended));
        (LogRows, LogBlowup, Extended) = (logRows, logBlowup, extended);
    }

    public int LogRows { get; }

    public int LogBlowup { get; }

    /// <summary>Base columns.</summary>
    public int Width => Extended.Width;

    /// <summary>log2 of the values of an extended column.</summary>
    public int LogSize => LogRows + LogBlowup;

    public ColumnMemory<TField> Extended { get; }

    /// <summary>The whole extension of a column.</summary>
    public ReadOnlyMemory<TField> Column(int column) => Extended.Column(column, 1 << LogSize);

    /// <summary>The first point of a block.</summary>
    public TField BlockShift(int block) => TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(LogRows, block);

    /// <summary>The values of all columns on a block: a part of the extension, or computed into scratch beyond it.</summary>
    /// <param name="block">0 or more.</param>
    /// <param name="start">Where the block starts in each column of the result.</param>
    /// <param name="scratch">Makes columns of 2^LogRows values; asked only for a block beyond the extension.</param>
    /// <param name="threads">Threads, at least one.</param>
    /// <param name="cancellation">Checked between columns.</param>
    public ColumnMemory<TField> Block(
        int block, out int start, Func<ColumnMemory<TField>> scratch, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        start = 0;
        if (block >> LogBlowup == 0)
        {
            start = block << LogRows;
            return Extended;
        }
        ColumnMemory<TField> values = scratch();
        MatrixExtender<TField>.Continue(this, block, values, threads, cancellation);
        return values;
    }
}
