namespace Prozchain.DataAvailability.Repair;

/// <summary>How far a repair is.</summary>
/// <param name="VerifiedAxes">Rows and columns that are complete and agree with their roots.</param>
/// <param name="TotalAxes">Rows and columns in all: 4k.</param>
public readonly record struct RepairProgress(int VerifiedAxes, int TotalAxes);
