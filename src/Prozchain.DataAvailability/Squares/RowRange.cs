namespace Prozchain.DataAvailability.Squares;

/// <summary>Neighbouring cells of one row.</summary>
/// <param name="Row">Which row.</param>
/// <param name="Column">The first cell.</param>
/// <param name="Count">How many cells.</param>
public readonly record struct RowRange(int Row, int Column, int Count);
