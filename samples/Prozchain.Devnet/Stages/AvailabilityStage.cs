using System.Globalization;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>What became of a batch's data.</summary>
/// <param name="Shape">How it was posted.</param>
/// <param name="Unit">What a sample is.</param>
/// <param name="Units">Cells or rows in all.</param>
/// <param name="Sampled">Samples accepted.</param>
/// <param name="Confidence">What they say.</param>
/// <param name="Lost">Units that were repaired.</param>
/// <param name="CaughtAfter">Samples accepted when withholding was caught; -1 if nothing was withheld, or not caught.</param>
internal readonly record struct AvailabilityResult(string Shape, string Unit, int Units, int Sampled, double Confidence, int Lost, int CaughtAfter);

/// <summary>
/// A light client samples a batch to the stated confidence, first, if asked for, from someone who withholds a quarter of it; then it is
/// repaired from a random half.
/// </summary>
internal sealed class AvailabilityStage(DevnetOptions options, RunView view)
{
    /// <summary>A confidence as it may be printed with four digits of a percent: rounded down, since no sample makes one certain.</summary>
    public static double Floor(double confidence) => Math.Floor(confidence * 1e6) / 1e6;

    /// <exception cref="RunBrokenException">The data is not available or not repaired to what it was.</exception>
    public async Task<AvailabilityResult> CheckAsync(PostedData posted, ulong batch, CancellationToken cancellationToken)
    {
        Sampling sample = posted.NewClient(DevnetSeeds.Bytes(options.Seed, "samples", batch));
        int caughtAfter = -1;
        if (options.Withhold)
        {
            var withholding = new WithholdingShareSource(posted.Source, posted.IsWithheld);
            SamplingResult attempt = await ShowAsync(posted, batch, ", a quarter withheld", sample, withholding, cancellationToken).ConfigureAwait(false);
            if (attempt.Failure is { } failure)
            {
                caughtAfter = failure.Accepted;
                view.Note(string.Create(CultureInfo.InvariantCulture, $"batch {batch}: a quarter withheld, caught: {posted.Unit} {Place(posted, failure)} is {failure.Outcome}; the data is released"));
            }
            else view.Note(string.Create(CultureInfo.InvariantCulture, $"batch {batch}: withholding not caught, to which there was a chance of {1 - attempt.Confidence:E1}"));
        }
        SamplingResult sampled = await ShowAsync(posted, batch, "", sample, posted.Source, cancellationToken).ConfigureAwait(false);
        if (!sampled.IsAvailable) throw new RunBrokenException($"batch {batch}: sampling failed at {sampled.Failure}");
        int lost = posted.RepairFromRandomHalf(new SplitMix64(BitConverter.ToUInt64(DevnetSeeds.Bytes(options.Seed, "losses", batch))), cancellationToken);
        return new AvailabilityResult(posted.Shape, posted.Unit, posted.Units, sampled.Accepted, sampled.Confidence, lost, caughtAfter);
    }

    // The confidence after each sample, as it grows.
    private async Task<SamplingResult> ShowAsync(
        PostedData posted, ulong batch, string what, Sampling sample, DataAvailability.Ports.IShareSource source, CancellationToken cancellationToken)
    {
        var steps = new Steps();
        SamplingResult result = await sample(source, options.Confidence, steps, cancellationToken).ConfigureAwait(false);
        if (steps.Confidences.Count > 0) view.Note(string.Create(CultureInfo.InvariantCulture, $"batch {batch}: {posted.Shape}{what}; confidence by sample, %: {steps}"));
        return result;
    }

    private static string Place(PostedData posted, SampleReport failure) =>
        posted is PostedSquare ? string.Create(CultureInfo.InvariantCulture, $"{failure.Coordinate.Row}, {failure.Coordinate.Column}") : failure.Coordinate.Row.ToString(CultureInfo.InvariantCulture);

    private sealed class Steps : IProgress<SampleReport>
    {
        public List<double> Confidences { get; } = [];

        public void Report(SampleReport value)
        {
            if (value.Outcome == SampleOutcome.Accepted) Confidences.Add(value.Confidence);
        }

        public override string ToString() => string.Join(' ', Confidences.Select(confidence => (Math.Floor(confidence * 1e4) / 1e2).ToString("0.##", CultureInfo.InvariantCulture)));
    }
}
