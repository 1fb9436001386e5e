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

    /// <summary>Where the row of a number, which must be one that was opened, stands among those of a matrix, and of all others of its height.</summary>
    internal int PlaceOf(int matrix, int row) => _opening.Plan.Place(matrix, row);

    /// <summary>A row of a matrix by its place.</summary>
    internal ReadOnlySpan<TField> RowAt(int matrix, int place) => _opening.SaltedRow(matrix, place)[.._opening.Plan.Shape.Matrices[matrix].Width];
}
