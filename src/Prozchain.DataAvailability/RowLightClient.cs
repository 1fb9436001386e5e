using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability;

/// <summary>
/// <see cref="LightClient"/> for a row code: samples random rows from untrusted sources until a stated confidence that all rows can
/// be restored. Who knows only the 32 bytes of a commitment finds the verifier with <see cref="RowSearch"/>. Rows that
/// were accepted go into a <see cref="RowRepair"/>. Not safe for concurrent use.
/// </summary>
public sealed class RowLightClient
{
    private readonly TimeProvider? _time;

    /// <summary>Starts without any sample.</summary>
    /// <param name="verifier">Of the commitment that the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the rows drawn; fresh from a secure random source, unless a run is to be replayed.</param>
    /// <param name="time">Measures the timeout; the system's if null.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public RowLightClient(RowVerifier verifier, ReadOnlySpan<byte> seed, TimeProvider? time = null)
    {
        Sampler = Sampling.Sampler.ForRows(verifier, seed);
        _time = time;
    }

    /// <summary>Longest wait for one answer, all retries of a busy source included; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows asked for at once, at least 1; 8 unless set.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>The rows accepted and the confidence so far.</summary>
    public Sampler<CheckedRow> Sampler { get; }

    /// <summary>
    /// Asks for rows until the confidence is reached, a row failed at every source, or a row shows that the producer encoded it wrongly
    /// (<see cref="SamplingResult.ProducerFault"/>). Another call goes on with the row that failed. A source that sent a wrong answer is not
    /// asked again in the round; <see cref="SamplingResult.Sources"/> has the answer.
    /// </summary>
    /// <param name="sources">Where rows come from; not trusted.</param>
    /// <param name="confidence">Target, 0 to 1; see <see cref="SamplingConfidence"/> for what it means.</param>
    /// <param name="progress">Told of every sample.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <exception cref="ArgumentException">There is no source, or the confidence is not a probability.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<SamplingResult> SampleAsync(
        IReadOnlyList<IShareSource> sources, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default) =>
        new SampleCollector<CheckedRow>(Sampler, _time) { Timeout = Timeout, MaxInFlight = MaxInFlight }
            .CollectAsync(sources, confidence, progress, cancellationToken);

    /// <param name="source">Where rows come from; not trusted.</param>
    /// <inheritdoc cref="SampleAsync(IReadOnlyList{IShareSource}, double, IProgress{SampleReport}?, CancellationToken)"/>
    public Task<SamplingResult> SampleAsync(
        IShareSource source, double confidence, IProgress<SampleReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return SampleAsync([source], confidence, progress, cancellationToken);
    }
}
