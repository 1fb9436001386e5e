using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>A source that keeps some cells to itself: the adversary of data availability, for simulations and tests.</summary>
/// <param name="inner">Serves the other cells.</param>
/// <param name="isWithheld">True for a cell that is not served.</param>
public sealed class WithholdingShareSource(IShareSource inner, Predicate<CellCoordinate> isWithheld) : IShareSource
{
    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken) =>
        isWithheld(new CellCoordinate(request.Row, request.Column))
            ? ValueTask.FromResult(ShareStatus.Missing)
            : inner.FetchAsync(request, share, cancellationToken);
}
