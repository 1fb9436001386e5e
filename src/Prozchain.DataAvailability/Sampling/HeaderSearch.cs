using System.Buffers;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Finds the header behind a trusted data root at untrusted sources, one after the other.</summary>
/// <param name="cellSize">
/// Bytes of a cell. The data root does not bind it, so that a source that lies about it would make others' shares look
/// wrong: it is the caller's to know.
/// </param>
/// <param name="code">The code of the square; the default if null.</param>
/// <param name="tree">The tree of the square; <see cref="PlainAxisTree"/> if null.</param>
/// <param name="time">Measures timeouts; the system's if null.</param>
public sealed class HeaderSearch(
    int cellSize = SquareParameters.DefaultCellSize, IErasureCode? code = null, IAxisTree? tree = null, TimeProvider? time = null)
{
    private readonly IErasureCode _code = code ?? LeopardReedSolomon.Instance;
    private readonly IAxisTree _tree = tree ?? PlainAxisTree.Instance;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Longest wait for one source, above 0; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Asks source by source until one sends the header.</summary>
    /// <param name="sources">Not trusted.</param>
    /// <param name="dataRoot">32 bytes that the caller trusts.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The root has another length, or the timeout is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<HeaderResult> FindAsync(
        IReadOnlyList<IHeaderSource> sources, ReadOnlyMemory<byte> dataRoot, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        if (dataRoot.Length != Shared.Bytes32.Size) throw new ArgumentException($"Expected a root of 32 bytes, got {dataRoot.Length}.", nameof(dataRoot));
        var outcomes = new HeaderOutcome[sources.Count];
        Array.Fill(outcomes, HeaderOutcome.NotAsked);
        for (int i = 0; i < outcomes.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = new ArrayBufferWriter<byte>();
            ShareStatus status = await AskAsync(sources[i], dataRoot, answer, cancellationToken).ConfigureAwait(false);
            outcomes[i] = Judge(status, status == ShareStatus.Served ? answer.WrittenSpan : default, dataRoot.Span, out SquareHeader? header);
            if (outcomes[i] == HeaderOutcome.Accepted) return new HeaderResult(header, outcomes);
        }
        return new HeaderResult(null, outcomes);
    }

    private HeaderOutcome Judge(ShareStatus status, ReadOnlySpan<byte> answer, ReadOnlySpan<byte> dataRoot, out SquareHeader? header)
    {
        header = null;
        if (status == ShareStatus.Missing) return HeaderOutcome.Missing;
        if (status == ShareStatus.TimedOut) return HeaderOutcome.TimedOut;
        if (status != ShareStatus.Served) return HeaderOutcome.Failed;
        if (SquareHeader.TryRead(answer, _code, _tree, out header) != ReadResult.Ok || header is null) return HeaderOutcome.Malformed;
        if (!header.DataRoot.SequenceEqual(dataRoot)) return HeaderOutcome.WrongRoot;
        return header.Parameters.CellSize == cellSize ? HeaderOutcome.Accepted : HeaderOutcome.WrongSize;
    }

    private async Task<ShareStatus> AskAsync(
        IHeaderSource source, ReadOnlyMemory<byte> dataRoot, ArrayBufferWriter<byte> answer, CancellationToken cancellationToken)
    {
        using var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await source.FetchHeaderAsync(dataRoot, answer, request.Token)
                .AsTask().WaitAsync(Timeout, _time, cancellationToken).ConfigureAwait(false);
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
