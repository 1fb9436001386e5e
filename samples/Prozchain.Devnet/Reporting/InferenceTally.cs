using System.Diagnostics.Metrics;
using Prozchain.AI.Inference;
using Prozchain.AI.Observability;

namespace Prozchain.Devnet.Reporting;

/// <summary>Counts requests of inference while they come and go, and listens to how large the batches are. Safe for concurrent use.</summary>
internal sealed class InferenceTally : IDisposable
{
    private const string BatchSize = "prozchain.ai.compute.batch.size";

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _latency = new();
    private readonly MeterListener _listener = new();
    private long _sent, _done, _refused, _late, _batches, _batched;

    public InferenceTally()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == AiInstruments.Name && instrument.Name == BatchSize) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, size, _, _) =>
        {
            lock (_lock)
            {
                _batches++;
                _batched += size;
            }
        });
        _listener.Start();
    }

    public void Send()
    {
        lock (_lock) _sent++;
    }

    /// <summary>Takes an answer in: one that was done, late or refused.</summary>
    public void Record(InferenceReply reply, TimeSpan took)
    {
        lock (_lock)
        {
            if (reply.Status == InferenceStatus.Done)
            {
                _done++;
                _latency.Record(took.TotalMicroseconds);
            }
            else if (reply.Status == InferenceStatus.Late) _late++;
            else _refused++;
        }
    }

    public InferenceFigures Read()
    {
        lock (_lock)
            return new InferenceFigures(_sent, _done, _refused, _late, _latency.QuantileMs(0.5), _latency.QuantileMs(0.99), _batches == 0 ? 0 : (double)_batched / _batches);
    }

    /// <summary>Listens no longer; the figures stay.</summary>
    public void Dispose() => _listener.Dispose();
}
