using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Serves the shares of a square at hand, proved by row; each row is hashed once.</summary>
public sealed class LocalShareSource(ExtendedSquare square) : IShareSource
{
    private readonly SquareProver _prover = new(square);

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int width = _prover.Square.Parameters.Width;
        if (!request.DataRoot.Span.SequenceEqual(_prover.Square.DataRoot) || (uint)request.Row >= (uint)width || (uint)request.Column >= (uint)width)
            return ValueTask.FromResult(ShareStatus.Missing);
        _prover.GetShare(request.Row, request.Column).WriteTo(share);
        return ValueTask.FromResult(ShareStatus.Served);
    }
}
