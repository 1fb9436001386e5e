using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability;

/// <summary>
/// Samples random cells of a square from a source until a stated confidence that the whole square can be recovered.
/// Not safe for concurrent use.
/// </summary>
public sealed class LightClient
{
    private readonly TimeProvider _time;
    private readonly byte[] _dataRoot;

    /// <summary>Starts without any sample.</summary>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the cells drawn; fresh from a secure random source, unless a run is to be replayed.</param>
    /// <param name="time">Measures the timeout; the system's if null.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public LightClient(SquareHeader header, ReadOnlySpan<byte> seed, TimeProvider? time = null)
    {
        Sampler = new Sampler(header, seed);
        _dataRoot = header.DataRoot.ToArray();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Longest wait for one answer; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The cells accepted and the confidence so far.</summary>
    public Sampler Sampler { get; }

    /// <summary>
    /// Asks for cells until the confidence is reached or a sample fails. After a failure another call, say with another
    /// source, goes on with the cell that failed.
    /// </summary>
    /// <param name="source">Where shares come from; not trusted.</param>
    /// <param name="confidence">Target, 0 to 1; see <see cref="SamplingConfidence"/> for what it means.</param>
    /// <param name="progress">Told of every sample.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is not a probability.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<SamplingResult> SampleAsync(
        IShareSource source, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        int needed = SamplingConfidence.SamplesNeeded(Sampler.Header.Parameters.DataWidth, confidence);
        while (Sampler.Cells.Count < needed && Sampler.TryNext(out CellCoordinate coordinate))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = new ArrayBufferWriter<byte>();
            ShareStatus status = await AskAsync(source, coordinate, answer, cancellationToken).ConfigureAwait(false);
            SampleReport report = Sampler.Submit(status, status == ShareStatus.Served ? answer.WrittenSpan : default);
            progress?.Report(report);
            if (report.Outcome != SampleOutcome.Accepted) return new SamplingResult(false, report.Accepted, report.Confidence, report);
        }
        return new SamplingResult(true, Sampler.Cells.Count, Sampler.Confidence, null);
    }

    private async Task<ShareStatus> AskAsync(
        IShareSource source, CellCoordinate coordinate, ArrayBufferWriter<byte> answer, CancellationToken cancellationToken)
    {
        using var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Waits by its own clock, so that a source which ignores its token cannot hold the client up.
            return await source.FetchAsync(new ShareRequest(_dataRoot, coordinate.Row, coordinate.Column), answer, request.Token)
                .AsTask().WaitAsync(Timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await request.CancelAsync().ConfigureAwait(false);
            return ShareStatus.TimedOut;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ShareStatus.Failed;
        }
        catch (IOException)
        {
            return ShareStatus.Failed;
        }
    }
}
