using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Serves the shares of a square at hand, proved by row.</summary>
public sealed class LocalShareSource(ExtendedSquare square) : IShareSource
{
    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int width = square.Parameters.Width;
        if (!request.DataRoot.Span.SequenceEqual(square.DataRoot) || (uint)request.Row >= (uint)width || (uint)request.Column >= (uint)width)
            return ValueTask.FromResult(ShareStatus.Missing);
        square.GetShare(request.Row, request.Column).WriteTo(share);
        return ValueTask.FromResult(ShareStatus.Served);
    }
}
