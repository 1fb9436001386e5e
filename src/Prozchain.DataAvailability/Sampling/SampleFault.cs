namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// A wrong answer, kept as it came. Anyone with the header can judge it again; that this source sent it only its transport
/// can show.
/// </summary>
/// <param name="Coordinate">What was asked for.</param>
/// <param name="Outcome">What is wrong with the answer.</param>
/// <param name="Answer">The answer: its first <see cref="Share.MaxEncodedSize"/> bytes.</param>
public sealed record SampleFault(CellCoordinate Coordinate, SampleOutcome Outcome, ReadOnlyMemory<byte> Answer);
