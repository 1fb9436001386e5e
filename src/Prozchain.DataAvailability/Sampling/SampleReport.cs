namespace Prozchain.DataAvailability.Sampling;

/// <summary>The state of sampling after one answer.</summary>
/// <param name="Coordinate">The cell that was asked for.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Accepted">Cells accepted so far.</param>
/// <param name="Confidence">Confidence so far, 0 to 1.</param>
public readonly record struct SampleReport(CellCoordinate Coordinate, SampleOutcome Outcome, int Accepted, double Confidence);
