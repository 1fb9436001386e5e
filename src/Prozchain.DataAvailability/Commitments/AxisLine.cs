namespace Prozchain.DataAvailability.Commitments;

/// <summary>One row or column of an extended square.</summary>
/// <param name="Axis">Row or column.</param>
/// <param name="Index">Which one, 0 to <paramref name="Width"/> - 1.</param>
/// <param name="Width">Cells along a side of the extended square: 2k.</param>
public readonly record struct AxisLine(Axis Axis, int Index, int Width)
{
    /// <summary>The place of the cell at <paramref name="position"/> along this line.</summary>
    public CellCoordinate Coordinate(int position) => Axis == Axis.Row ? new(Index, position) : new(position, Index);
}
