using System.Buffers;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// A source that serves everybody until a number of distinct cells has left it, and from then on only those again: the adversary of
/// <see cref="SelectiveServing.FirstFooled"/>, for simulations and tests.
/// </summary>
/// <param name="inner">Serves the cells, or rows.</param>
/// <param name="budget">Distinct cells that it gives away; one below <see cref="SamplingScheme.Sufficient"/> keeps the data unrecoverable.</param>
public sealed class SelectiveShareSource(IShareSource inner, int budget) : IShareSource
{
    private readonly Lock _lock = new();
    private readonly HashSet<CellCoordinate> _given = [];

    /// <summary>Distinct cells given away so far.</summary>
    public int Given
    {
        get { lock (_lock) return _given.Count; }
    }

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
    {
        var cell = new CellCoordinate(request.Row, request.Column);
        lock (_lock)
        {
            if (!_given.Contains(cell) && (_given.Count >= budget || !_given.Add(cell))) return ValueTask.FromResult(ShareStatus.Missing);
        }
        return inner.FetchAsync(request, share, cancellationToken);
    }
}
