using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Columns of polynomials of degree below 2^<see cref="LogRows"/>, by their values on the evaluation domain: the coset of 2^
/// <see cref="LogBlowup"/> times as many points that starts at the field's generator, in bit-reversed order. Or, where there is not the
/// memory for these, by their values on the subgroup of 2^LogRows points: see <see cref="MatrixWindows{TField}"/>.
/// </summary>
/// <remarks>
/// 2^LogRows neighbouring values are a block: those on the coset that starts at <see cref="BlockShift"/>. Block i is the same
/// for every domain that has it. Immutable and thread-safe.
/// </remarks>
internal sealed class ExtendedMatrix<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly ColumnMemory<TField> _values;

    /// <param name="logRows">log2 of the degree bound.</param>
    /// <param name="logBlowup">log2 of the domain over it.</param>
    /// <param name="values">The values.</param>
    /// <param name="isKept">Whether they are those on the evaluation domain, or those on the subgroup, in natural order.</param>
    public ExtendedMatrix(int logRows, int logBlowup, ColumnMemory<TField> values, bool isKept = true)
    {
        values.Check(1 << (logRows + (isKept ? logBlowup : 0)), nameof(values));
        (LogRows, LogBlowup, _values, IsKept) = (logRows, logBlowup, values, isKept);
    }

    public int LogRows { get; }

    public int LogBlowup { get; }

    public bool IsKept { get; }

    /// <summary>Base columns.</summary>
    public int Width => _values.Width;

    /// <summary>log2 of the values of an extended column.</summary>
    public int LogSize => LogRows + LogBlowup;

    /// <summary>The values on the evaluation domain.</summary>
    public ColumnMemory<TField> Extended => IsKept ? _values : throw new System.Diagnostics.UnreachableException("Expected an extension that is kept.");

    /// <summary>The values on the subgroup in natural order, where the others are not kept; else null.</summary>
    public ColumnMemory<TField>? Rows => IsKept ? null : _values;

    /// <summary>The whole extension of a column.</summary>
    public ReadOnlyMemory<TField> Column(int column) => Extended.Column(column, 1 << LogSize);

    /// <summary>The first point of a block.</summary>
    public TField BlockShift(int block) => TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(LogRows, block);
}
