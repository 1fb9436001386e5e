namespace Prozchain.DataAvailability;

/// <summary>The place of a cell in an extended square, from 0 at the top left.</summary>
/// <param name="Row">Row, 0 to width - 1.</param>
/// <param name="Column">Column, 0 to width - 1.</param>
public readonly record struct CellCoordinate(int Row, int Column);
