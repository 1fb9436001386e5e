using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// A codeword as a matrix whose row is arity neighbouring values, the first value's coordinates first: what is committed to, and
/// what is folded.
/// </summary>
internal sealed class FoldRows<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly TField[] _values;
    private readonly int _stride;

    /// <param name="codeword">The codeword.</param>
    /// <param name="logArity">log2 of the values of a row.</param>
    /// <param name="memory">Where the values are rented; null for new memory.</param>
    public FoldRows(Codeword<TField> codeword, int logArity, ProofMemory? memory = null)
    {
        (Codeword, LogArity, LogRows) = (codeword, logArity, codeword.LogSize - logArity);
        int arity = 1 << logArity, rows = 1 << LogRows;
        _stride = ColumnLayout.PaddedStride(rows);
        _values = (memory ?? new()).Rent<TField>(arity * codeword.Degree * _stride);
        for (int power = 0; power < codeword.Degree; power++)
        {
            ReadOnlySpan<TField> from = codeword.Column(power);
            for (int value = 0; value < arity; value++)
            {
                Span<TField> to = Column(value, power);
                for (int i = 0, at = value; i < to.Length; i++, at += arity) to[i] = from[at];
            }
        }
    }

    public Codeword<TField> Codeword { get; }

    public int LogArity { get; }

    public int LogRows { get; }

    /// <summary>One coordinate of one of a row's values, in all rows.</summary>
    public Span<TField> Column(int value, int power) => _values.AsSpan((value * Codeword.Degree + power) * _stride, 1 << LogRows);

    /// <summary>The columns of the matrix, in order.</summary>
    public ReadOnlyMemory<TField>[] Columns() =>
        [.. Enumerable.Range(0, Codeword.Degree << LogArity).Select(column => (ReadOnlyMemory<TField>)_values.AsMemory(column * _stride, 1 << LogRows))];
}
