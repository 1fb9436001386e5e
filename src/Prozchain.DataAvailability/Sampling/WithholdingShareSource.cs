using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>A source that keeps some cells or rows to itself: the adversary of data availability, for simulations and tests.</summary>
/// <param name="inner">Serves the others.</param>
/// <param name="isWithheld">
/// True for what is not served; a row of a row code stands in column 0, and <c>at => at.Row >= parameters.DataRows - 1</c> withholds the fewest rows
/// that make the data unrecoverable.
/// </param>
public sealed class WithholdingShareSource(IShareSource inner, Predicate<CellCoordinate> isWithheld) : IShareSource
{
    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken) =>
        isWithheld(new CellCoordinate(request.Row, request.Column))
            ? ValueTask.FromResult(ShareStatus.Missing)
            : inner.FetchAsync(request, share, cancellationToken);
}
