using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>Rows that a verified opening holds.</summary>
/// <remarks>Immutable and thread-safe; made by <see cref="BatchOpening{TField}.Verify{THash}"/> alone.</remarks>
/// <typeparam name="TField">The field of the elements.</typeparam>
public sealed class OpenedRows<TField> where TField : unmanaged, IField<TField>
{
    private readonly BatchOpening<TField> _opening;

    internal OpenedRows(BatchOpening<TField> opening) => _opening = opening;

    /// <summary>The row of a matrix at a leaf, without its salt; for a shorter matrix the row that stands above the leaf.</summary>
    /// <param name="matrix">The matrix's number in the shape.</param>
    /// <param name="index">One of the indices asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such matrix, or the index was not opened.</exception>
    public ReadOnlySpan<TField> Row(int matrix, int index)
    {
        BatchShape shape = _opening.Plan.Shape;
        ArgumentOutOfRangeException.ThrowIfNegative(matrix);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(matrix, shape.Matrices.Length);
        if (Array.BinarySearch(_opening.Plan.Leaves, index) < 0) throw new ArgumentOutOfRangeException(nameof(index), index, "Expected an index that was opened.");
        int place = _opening.Plan.Place(matrix, shape.RowOf(matrix, index));
        return _opening.SaltedRow(matrix, place)[..shape.Matrices[matrix].Width];
    }

    /// <summary>A row of a matrix by its own number, which must be one that was opened.</summary>
    internal ReadOnlySpan<TField> RowAt(int matrix, int row) =>
        _opening.SaltedRow(matrix, _opening.Plan.Place(matrix, row))[.._opening.Plan.Shape.Matrices[matrix].Width];
}
