using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Judges what a source served as a header; the header is not null if and only if it is accepted.</summary>
internal delegate HeaderOutcome HeaderJudge<THeader>(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> dataRoot, out THeader? header) where THeader : class;

/// <summary>Asks source by source until one sends the header that a judge accepts.</summary>
internal sealed class HeaderQuery<THeader>(HeaderJudge<THeader> judge, TimeSpan timeout, TimeProvider time) where THeader : class
{
    public async Task<(THeader? Header, HeaderOutcome[] Sources)> FindAsync(
        IReadOnlyList<IHeaderSource> sources, ReadOnlyMemory<byte> dataRoot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        if (dataRoot.Length != Shared.Bytes32.Size) throw new ArgumentException($"Expected a root of 32 bytes, got {dataRoot.Length}.", nameof(dataRoot));
        var outcomes = new HeaderOutcome[sources.Count];
        Array.Fill(outcomes, HeaderOutcome.NotAsked);
        for (int i = 0; i < outcomes.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = new ArrayBufferWriter<byte>();
            ShareStatus status = await AskAsync(sources[i], dataRoot, answer, cancellationToken).ConfigureAwait(false);
            THeader? header = null;
            outcomes[i] = status switch
            {
                ShareStatus.Served => judge(answer.WrittenSpan, dataRoot.Span, out header),
                ShareStatus.Missing => HeaderOutcome.Missing,
                ShareStatus.TimedOut => HeaderOutcome.TimedOut,
                _ => HeaderOutcome.Failed,
            };
            if (header is not null) return (header, outcomes);
        }
        return (null, outcomes);
    }

    private async Task<ShareStatus> AskAsync(
        IHeaderSource source, ReadOnlyMemory<byte> dataRoot, ArrayBufferWriter<byte> answer, CancellationToken cancellationToken)
    {
        using var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await source.FetchHeaderAsync(dataRoot, answer, request.Token)
                .AsTask().WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await request.CancelAsync().ConfigureAwait(false);
            return ShareStatus.TimedOut;
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ShareStatus.Failed;
        }
    }
}
