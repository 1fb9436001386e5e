using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Drives a <see cref="Sampler{TSample}"/> over untrusted sources: several samples in flight, a sample that failed asked for at
/// each other source, a source that sent a wrong answer asked no more. Not safe for concurrent use.
/// </summary>
/// <typeparam name="TSample">A sample that passed its check.</typeparam>
/// <param name="sampler">Draws and judges.</param>
/// <param name="time">Measures timeouts; the system's if null.</param>
public sealed class SampleCollector<TSample>(Sampler<TSample> sampler, TimeProvider? time = null) where TSample : class
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Longest wait for one answer, all retries of a busy source included, above 0; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Samples asked for at once, at least 1; 8 unless set.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>Asks for samples until the confidence is reached, one has failed at every source, or one is the producer's fault.</summary>
    /// <param name="sources">Where samples come from; not trusted. The first requests go round all of them.</param>
    /// <param name="confidence">Target, 0 to 1; see <see cref="SamplingConfidence"/> for what it means.</param>
    /// <param name="progress">Told of every answer, on the thread that goes on.</param>
    /// <param name="cancellationToken">Ends the round; what was accepted stays.</param>
    /// <exception cref="ArgumentException">There is no source, the confidence is not a probability, or a setting is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<SamplingResult> CollectAsync(
        IReadOnlyList<IShareSource> sources, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        if (sources.Count == 0) throw new ArgumentException("Expected at least one source, got none.", nameof(sources));
        int needed = SamplingConfidence.SamplesNeeded(sampler.Check.Scheme, confidence), inFlight = 0;
        var ledger = new SourceLedger(sources.Count);
        var answers = Channel.CreateUnbounded<SampleRequest>(new UnboundedChannelOptions { SingleReader = true });
        var idle = new Stack<SampleRequest>();
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        sampler.Recall();
        try
        {
            while (sampler.Confidence < confidence)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (inFlight < MaxInFlight && sampler.TryNext(out CellCoordinate next, needed))
                {
                    SampleRequest fresh = idle.TryPop(out SampleRequest? used) ? used : new SampleRequest(answers.Writer, sources.Count);
                    fresh.Begin(next);
                    Ask(fresh);
                    inFlight++;
                }
                SampleRequest request = await answers.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                request.Error?.Throw();
                SampleReport report = sampler.Submit(request.Coordinate, request.Status, request.Answer) with { Source = request.Source };
                ledger.Record(report, request.Answer);
                progress?.Report(report);
                if (report.Outcome == SampleOutcome.NotACodeword)
                    return Result(false, report) with { ProducerFault = SampleFault.Of(report, request.Answer) };
                if (report.Outcome != SampleOutcome.Accepted)
                {
                    if (!ledger.CanAsk(request)) return Result(false, report);
                    sampler.Take(request.Coordinate);
                    Ask(request);
                    continue;
                }
                inFlight--;
                idle.Push(request);
            }
            return Result(true, null);
        }
        finally
        {
            await round.CancelAsync().ConfigureAwait(false);
        }

        void Ask(SampleRequest request)
        {
            int source = ledger.Choose(request);
            var share = new ShareRequest(sampler.Check.DataRoot, request.Coordinate.Row, request.Coordinate.Column);
            _ = request.AskAsync(sources[source], share, waitsIfBusy: !ledger.CanAsk(request), Timeout, _time, round.Token);
        }

        SamplingResult Result(bool isAvailable, SampleReport? failure) =>
            new(isAvailable, sampler.Accepted.Count, sampler.Confidence, failure, ledger.Records);
    }
}
