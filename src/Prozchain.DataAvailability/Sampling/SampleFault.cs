namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// A wrong answer, kept as it came. Anyone with the header can judge it again; that this source sent it only its transport
/// can show. One that is <see cref="SampleOutcome.NotACodeword"/> accuses the producer, whoever sent it.
/// </summary>
/// <param name="Coordinate">What was asked for.</param>
/// <param name="Outcome">What is wrong with the answer.</param>
/// <param name="Answer">The answer: its first <see cref="MaxAnswerSize"/> bytes.</param>
public sealed record SampleFault(CellCoordinate Coordinate, SampleOutcome Outcome, ReadOnlyMemory<byte> Answer)
{
    /// <summary>Longest answer that can be right, of any code: a row of 524,288 bytes with its path.</summary>
    public const int MaxAnswerSize = Rows.RowProof.MaxEncodedSize;

    internal static SampleFault Of(SampleReport report, ReadOnlySpan<byte> answer) =>
        new(report.Coordinate, report.Outcome, answer[..Math.Min(answer.Length, MaxAnswerSize)].ToArray());
}
