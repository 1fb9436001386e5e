namespace Prozchain.DataAvailability.Repair;

/// <summary>How far a repair is.</summary>
/// <param name="KnownCells">Cells given or restored so far; all once every root is verified.</param>
/// <param name="TotalCells">Cells in all: (2k)².</param>
public readonly record struct RepairProgress(int KnownCells, int TotalCells);
