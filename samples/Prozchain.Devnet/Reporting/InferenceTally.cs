using Prozchain.AI.Compute;

namespace Prozchain.Devnet.Reporting;

/// <summary>Counts requests of inference while they come and go. Safe for concurrent use.</summary>
internal sealed class InferenceTally
{
    private readonly Lock _lock = new();
    private readonly LatencyHistogram _latency = new();

    // The requests of a batch begin and end together, so each of them took its step in the same time to the tick, which
    // two batches hardly ever do.
    private readonly HashSet<long> _batches = [];
    private long _sent, _done, _refused, _late;

    public void Send()
    {
        lock (_lock) _sent++;
    }

    /// <summary>Takes an answer in. What is neither done nor late was refused.</summary>
    public void Record(in ComputeOutcome outcome, TimeSpan took)
    {
        lock (_lock)
        {
            if (outcome.Status == ComputeStatus.Done)
            {
                _done++;
                _latency.Record(took.TotalMicroseconds);
                _batches.Add((outcome.Took - outcome.Waited).Ticks);
            }
            else if (outcome.Status == ComputeStatus.Late) _late++;
            else _refused++;
        }
    }

    public InferenceFigures Read()
    {
        lock (_lock)
            return new InferenceFigures(_sent, _done, _refused, _late, _latency.QuantileMs(0.5), _latency.QuantileMs(0.99), _batches.Count == 0 ? 0 : (double)_done / _batches.Count);
    }
}
