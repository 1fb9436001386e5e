using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Finds what checks the rows of a commitment, of which just the 32 bytes of the digest are known, at untrusted sources, one after
/// the other. A source cannot lie about the shape either (<see cref="RowHeader"/>).
/// </summary>
/// <param name="code">The code of the rows; <see cref="LeopardReedSolomon.Wide"/> if null.</param>
/// <param name="time">Measures timeouts; the system's if null.</param>
public sealed class RowSearch(IErasureCode? code = null, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Longest wait for one source, above 0; 5 seconds unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Asks source by source until one sends a header that shows itself.</summary>
    /// <param name="sources">Not trusted.</param>
    /// <param name="digest">32 bytes that the caller trusts: <see cref="RowCommitment.Digest"/>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The digest has another length, or the timeout is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RowSearchResult> FindAsync(
        IReadOnlyList<IHeaderSource> sources, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken = default)
    {
        var query = new HeaderQuery<RowVerifier>(Judge, Timeout, _time);
        (RowVerifier? verifier, HeaderOutcome[] outcomes) = await query.FindAsync(sources, digest, cancellationToken).ConfigureAwait(false);
        return new RowSearchResult(verifier, outcomes);
    }

    private HeaderOutcome Judge(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> digest, out RowVerifier? verifier)
    {
        verifier = null;
        if (RowHeader.TryRead(answer, out RowHeader? header, code) != ReadResult.Ok || header is null) return HeaderOutcome.Malformed;
        if (!header.Commitment.Digest.SequenceEqual(digest)) return HeaderOutcome.WrongRoot;
        return header.TryVerify(out verifier) == RowCheck.Valid ? HeaderOutcome.Accepted : HeaderOutcome.WrongShape;
    }
}
