using System.Buffers;

namespace Prozchain.DataAvailability.Ports;

/// <summary>Where the header behind a data root comes from: the roots that shares are checked against.</summary>
/// <remarks>
/// What an implementer owes:
/// <list type="bullet">
/// <item>on <see cref="ShareStatus.Served"/> it has written exactly one header, for a square in the format of
/// docs/formats/da-square-header.md, for a row code in that of da-row-header.md, else what it wrote is ignored; it stops reading
/// from a peer that sends more than the longest header (262,149 bytes, 557,543 for a row code);</item>
/// <item>what it delivers is not trusted, so it need not check it;</item>
/// <item>an expected failure is a status, never an exception; <see cref="OperationCanceledException"/> only once the token
/// is cancelled; after that it writes no more;</item>
/// <item>safe for concurrent requests.</item>
/// </list>
/// </remarks>
public interface IHeaderSource
{
    /// <summary>Asks for the header that has a data root.</summary>
    /// <param name="dataRoot">32 bytes.</param>
    /// <param name="header">Receives the encoded header.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken);
}
