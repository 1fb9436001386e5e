using System.Buffers;

namespace Prozchain.DataAvailability.Ports;

/// <summary>Where shares come from: a peer, a store, a square or a row code at hand.</summary>
/// <remarks>
/// What an implementer owes:
/// <list type="bullet">
/// <item>on <see cref="ShareStatus.Served"/> it has written exactly one share in the format of docs/formats/da-share.md, for a
/// row code da-row-proof.md, else what it wrote is ignored; it stops reading from a peer that sends more than the longest (69,643
/// bytes, 525,287 for a row code);</item>
/// <item>what it delivers is not trusted, so it need not check it;</item>
/// <item>an expected failure is a status, never an exception; <see cref="OperationCanceledException"/> only once the token
/// is cancelled; after that it writes no more;</item>
/// <item>safe for concurrent requests.</item>
/// </list>
/// </remarks>
public interface IShareSource
{
    /// <summary>Asks for one cell or row with its proof.</summary>
    /// <param name="request">Which cell of which square, or which row of which row code.</param>
    /// <param name="share">Receives the encoded share.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken);
}
