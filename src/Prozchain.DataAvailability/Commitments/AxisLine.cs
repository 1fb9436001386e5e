using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>One row or column of an extended square.</summary>
/// <param name="Axis">Row or column.</param>
/// <param name="Index">Which one, 0 to <paramref name="Width"/> - 1.</param>
/// <param name="Width">Cells along a side of the extended square: 2k.</param>
public readonly record struct AxisLine(Axis Axis, int Index, int Width)
{
    /// <summary>The place of the cell at <paramref name="position"/> along this line.</summary>
    public CellCoordinate Coordinate(int position) => Axis == Axis.Row ? new(Index, position) : new(position, Index);

    /// <summary>The cells of this line in a square that lies row by row.</summary>
    /// <param name="cells">All cells of the square.</param>
    /// <param name="cellSize">Bytes of a cell.</param>
    public ReadOnlyShards Of(ReadOnlySpan<byte> cells, int cellSize) => Axis == Axis.Row
        ? new ReadOnlyShards(cells[(Index * Width * cellSize)..], Width, cellSize)
        : new ReadOnlyShards(cells[(Index * cellSize)..], Width, cellSize, Width * cellSize);

    /// <summary>True if the cell at a position lies in the data quadrant.</summary>
    internal bool IsData(int position) => Index < Width / 2 && position < Width / 2;
}
