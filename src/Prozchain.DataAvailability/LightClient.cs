using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability;

/// <summary>
/// Samples random cells of a square from untrusted sources until a stated confidence that the whole square can be recovered.
/// Who knows only the data root finds the header with <see cref="HeaderSearch"/>. Not safe for concurrent use.
/// </summary>
public sealed class LightClient
{
    private readonly TimeProvider? _time;

    /// <summary>Starts without any sample.</summary>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the cells drawn; fresh from a secure random source, unless a run is to be replayed.</param>
    /// <param name="time">Measures the timeout; the system's if null.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public LightClient(SquareHeader header, ReadOnlySpan<byte> seed, TimeProvider? time = null)
    {
        Sampler = Sampling.Sampler.ForSquare(header, seed);
        _time = time;
    }

    /// <summary>Longest wait for one answer, all retries of a busy source included, above 0; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Cells asked for at once, at least 1; 8 unless set.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>The cells accepted and the confidence so far.</summary>
    public Sampler<CheckedCell> Sampler { get; }

    /// <summary>
    /// Asks for cells until the confidence is reached or a sample fails. After a failure another call, say with another
    /// source, goes on with the cell that failed.
    /// </summary>
    /// <param name="source">Where shares come from; not trusted.</param>
    /// <inheritdoc cref="SampleAsync(IReadOnlyList{IShareSource}, double, IProgress{SampleReport}?, CancellationToken)"/>
    public Task<SamplingResult> SampleAsync(
        IShareSource source, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return SampleAsync([source], confidence, progress, cancellationToken);
    }

    /// <summary>
    /// Asks for cells until the confidence is reached or a cell failed at every source. A source that sent a wrong answer is
    /// not asked again in the round; <see cref="SamplingResult.Sources"/> has the answer.
    /// </summary>
    /// <param name="sources">Where shares come from; not trusted.</param>
    /// <param name="confidence">Target, 0 to 1; see <see cref="SamplingConfidence"/> for what it means.</param>
    /// <param name="progress">Told of every sample.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <exception cref="ArgumentException">There is no source, the confidence is not a probability, or a setting is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<SamplingResult> SampleAsync(
        IReadOnlyList<IShareSource> sources, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default) =>
        new SampleCollector<CheckedCell>(Sampler, _time) { Timeout = Timeout, MaxInFlight = MaxInFlight }
            .CollectAsync(sources, confidence, progress, cancellationToken);
}
