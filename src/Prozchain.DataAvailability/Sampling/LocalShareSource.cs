using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Serves headers and shares of squares at hand, the shares proved by row; each row is hashed once.</summary>
public sealed class LocalShareSource : IShareSource, IHeaderSource
{
    private readonly Dictionary<Bytes32, SquareProver> _squares = [];

    /// <summary>Holds the squares that it serves.</summary>
    /// <param name="squares">In any order; one given twice is one.</param>
    public LocalShareSource(params ReadOnlySpan<ExtendedSquare> squares)
    {
        foreach (ExtendedSquare square in squares) _squares[new Bytes32(square.DataRoot)] = new(square);
    }

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryFind(request.DataRoot, out SquareProver? prover)) return ValueTask.FromResult(ShareStatus.Missing);
        int width = prover!.Square.Parameters.Width;
        if ((uint)request.Row >= (uint)width || (uint)request.Column >= (uint)width) return ValueTask.FromResult(ShareStatus.Missing);
        prover.GetShare(request.Row, request.Column).WriteTo(share);
        return ValueTask.FromResult(ShareStatus.Served);
    }

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryFind(dataRoot, out SquareProver? prover)) return ValueTask.FromResult(ShareStatus.Missing);
        prover!.Square.Header.WriteTo(header);
        return ValueTask.FromResult(ShareStatus.Served);
    }

    private bool TryFind(ReadOnlyMemory<byte> dataRoot, out SquareProver? prover)
    {
        prover = null;
        return dataRoot.Length == Bytes32.Size && _squares.TryGetValue(new Bytes32(dataRoot.Span), out prover);
    }
}
