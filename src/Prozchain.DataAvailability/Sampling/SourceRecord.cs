namespace Prozchain.DataAvailability.Sampling;

/// <summary>What one source did in a round.</summary>
/// <param name="Accepted">Right answers.</param>
/// <param name="Missing">Times it said that it has no such sample. Honest of one that was never given it; a withholder says so too.</param>
/// <param name="Unanswered">Times it broke down, was busy to the end, or did not answer in time.</param>
/// <param name="Fault">The wrong answer after which it was asked no more; null if there was none.</param>
public readonly record struct SourceRecord(int Accepted, int Missing, int Unanswered, SampleFault? Fault);
