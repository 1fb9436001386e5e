namespace Prozchain.DataAvailability.Sampling;

/// <summary>How a round of sampling ended.</summary>
/// <param name="IsAvailable">True if the confidence asked for was reached; false if a sample failed at every source, or by the producer's fault.</param>
/// <param name="Accepted">Samples accepted, over all rounds.</param>
/// <param name="Confidence">Confidence reached, 0 to 1.</param>
/// <param name="Failure">The sample that failed, and how at the last source; null if none did.</param>
/// <param name="Sources">What each source did in this round, in the order given.</param>
/// <param name="ProducerFault">
/// A sample that the producer committed to and that is none of the code (<see cref="SampleOutcome.NotACodeword"/>); null if there was none.
/// </param>
public readonly record struct SamplingResult(
    bool IsAvailable, int Accepted, double Confidence, SampleReport? Failure, IReadOnlyList<SourceRecord> Sources,
    SampleFault? ProducerFault = null);
