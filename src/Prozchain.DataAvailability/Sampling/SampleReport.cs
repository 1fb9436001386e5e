namespace Prozchain.DataAvailability.Sampling;

/// <summary>The state of sampling after one answer.</summary>
/// <param name="Coordinate">The sample that was asked for; a row of a row code in column 0.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Accepted">Samples accepted so far.</param>
/// <param name="Confidence">Confidence so far, 0 to 1.</param>
/// <param name="Source">Index of the source that answered, in the list that was given.</param>
public readonly record struct SampleReport(CellCoordinate Coordinate, SampleOutcome Outcome, int Accepted, double Confidence, int Source = 0);
