namespace Prozchain.DataAvailability.Sampling;

/// <summary>What one kind of code adds to sampling: how samples are numbered and what makes an answer right.</summary>
/// <typeparam name="TSample">A sample that passed the check.</typeparam>
/// <remarks>
/// What an implementer owes: <see cref="Check"/> takes any bytes, never throws on them, and its cost is bounded by the
/// answer's length; numbers and places are one to one; safe for concurrent use.
/// </remarks>
public interface ISampleCheck<TSample> where TSample : class
{
    /// <summary>How many samples there are, and how few are missed.</summary>
    SamplingScheme Scheme { get; }

    /// <summary>The root that requests name, 32 bytes.</summary>
    ReadOnlyMemory<byte> DataRoot { get; }

    /// <summary>Where a sample stands; a row of a row code in column 0.</summary>
    /// <param name="number">0 to the scheme's population - 1.</param>
    CellCoordinate Locate(int number);

    /// <summary>Judges an answer; the sample is not null if and only if the outcome is <see cref="SampleOutcome.Accepted"/>.</summary>
    /// <param name="at">The sample that was asked for, from <see cref="Locate"/>.</param>
    /// <param name="answer">What a source wrote; untrusted.</param>
    /// <param name="sample">The sample, holding no part of <paramref name="answer"/>'s memory.</param>
    SampleOutcome Check(CellCoordinate at, ReadOnlySpan<byte> answer, out TSample? sample);
}
