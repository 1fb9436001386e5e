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
        var query = new HeaderQuery<SquareHeader>(Judge, Timeout, _time);
        (SquareHeader? header, HeaderOutcome[] outcomes) = await query.FindAsync(sources, dataRoot, cancellationToken).ConfigureAwait(false);
        return new HeaderResult(header, outcomes);
    }

    private HeaderOutcome Judge(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> dataRoot, out SquareHeader? header)
    {
        HeaderOutcome outcome = SquareHeader.TryRead(answer, _code, _tree, out header) != ReadResult.Ok || header is null ? HeaderOutcome.Malformed
            : !header.DataRoot.SequenceEqual(dataRoot) ? HeaderOutcome.WrongRoot
            : header.Parameters.CellSize != cellSize ? HeaderOutcome.WrongSize
            : HeaderOutcome.Accepted;
        if (outcome != HeaderOutcome.Accepted) header = null;
        return outcome;
    }
}
