namespace Prozchain.DataAvailability.Sampling;

/// <summary>How a round of sampling ended.</summary>
/// <param name="IsAvailable">True if the confidence asked for was reached; false if a sample failed.</param>
/// <param name="Accepted">Cells accepted, over all rounds.</param>
/// <param name="Confidence">Confidence reached, 0 to 1.</param>
/// <param name="Failure">The sample that failed, and how; null if none did.</param>
public readonly record struct SamplingResult(bool IsAvailable, int Accepted, double Confidence, SampleReport? Failure);
