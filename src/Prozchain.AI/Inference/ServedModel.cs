using System.Collections.Concurrent;
using Prozchain.AI.Cache;
using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.Shared;

namespace Prozchain.AI.Inference;

/// <summary>A model in memory: its graph, its weights on lease from the cache, an engine for each batch that runs at once.</summary>
internal sealed class ServedModel : IBatchRunner, IDisposable
{
    private readonly ConcurrentBag<Seat> _seats = [];
    private readonly IReadOnlyList<TensorLease<WeightValue>> _weights;
    private readonly int _batch;

    /// <summary>Makes the first engine, which says what each takes.</summary>
    /// <exception cref="ArgumentException">One request alone takes more than <paramref name="maxBytes"/>; the leases stay the caller's.</exception>
    public ServedModel(PreparedGraph prepared, IReadOnlyList<TensorLease<WeightValue>> weights, ModelKey key, int maxBatch, long maxBatchBytes, int maxEngines, long maxBytes)
    {
        (Prepared, Key, _weights) = (prepared, key, weights);
        IntegerGraph graph = prepared.Graph;
        _batch = BatchOf(graph, maxBatch, maxBatchBytes);
        var engine = new InferenceEngine(prepared, new InferenceEngineOptions { MaxBatch = _batch, MaxBytes = Math.Min(maxBytes, int.MaxValue) });
        _seats.Add(new Seat(engine));
        Demand = new ModelDemand
        {
            Memory = prepared.WeightBytes + graph.Constants.Sum(c => (long)c.Bytes.Length) + engine.MemoryBytes * maxEngines,
            // The inputs twice: those that run, and those that the caller makes of the last outputs.
            RequestMemory = 2 * graph.Inputs.Sum(i => i.Value.Bytes) + graph.Outputs.Sum(o => o.Value.Bytes) + prepared.StateBytes,
            StepMemory = ServedRequest.StepBytes,
            MaxBatch = _batch,
            // A guess of 20 G multiplications a second, until the first batch was measured.
            StepTime = TimeSpan.FromTicks(Math.Max(1, graph.Multiplications / 2000)),
        };
    }

    public PreparedGraph Prepared { get; }

    public ModelKey Key { get; }

    /// <summary>What it asks of the pool, at a weight of one.</summary>
    public ModelDemand Demand { get; }

    /// <summary>Its number in the pool.</summary>
    public int Number { get; set; } = -1;

    /// <summary>Requests that have it, and when it was last used, by the host's count. Guarded by the host's lock.</summary>
    public int Users { get; set; }

    public long LastUse { get; set; }

    public void Step(ReadOnlySpan<object> requests, Span<bool> ended, CancellationToken cancellationToken)
    {
        if (!_seats.TryTake(out Seat? seat)) seat = new Seat(new InferenceEngine(Prepared, new InferenceEngineOptions { MaxBatch = _batch }));
        InferenceEngine engine = seat.Engine;
        int states = Prepared.Graph.ContextStep > 0 ? requests.Length : 0;
        try
        {
            for (int i = 0; i < requests.Length; i++)
            {
                var request = (ServedRequest)requests[i];
                request.Fill(engine, i);
                if (states > 0) seat.States[i] = request.State!;
                seat.Digests[i] = RequestDigests.InputOf(engine, i, request.State);
            }
            engine.Run(requests.Length, seat.States.AsSpan(0, states), cancellationToken);
            for (int i = 0; i < requests.Length; i++)
            {
                var request = (ServedRequest)requests[i];
                ended[i] = !request.Take(engine, i, RequestDigests.Statement(engine, Key.Root.Span, seat.Digests[i].Span, i, request.State));
            }
        }
        finally
        {
            Array.Clear(seat.States);
            _seats.Add(seat);
        }
    }

    public void Dispose()
    {
        foreach (TensorLease<WeightValue> lease in _weights) lease.Dispose();
        while (_seats.TryTake(out Seat? seat)) seat.Engine.Dispose();
    }

    // A batch's values take about as many times those of one request; rounding may add a little.
    private static int BatchOf(IntegerGraph graph, int most, long bytes)
    {
        int batch = (int)Math.Clamp(bytes / Math.Max(1, ExecutionPlan.BytesOf(graph, 1)), 1, most);
        while (batch < most && ExecutionPlan.BytesOf(graph, batch + 1) <= bytes) batch++;
        while (batch > 1 && ExecutionPlan.BytesOf(graph, batch) > bytes) batch--;
        return batch;
    }

    /// <summary>What a batch that runs needs: an engine, and room for what is known of each request.</summary>
    private sealed class Seat(InferenceEngine engine)
    {
        public InferenceEngine Engine => engine;

        public InferenceState[] States { get; } = new InferenceState[engine.MaxBatch];

        public Bytes32[] Digests { get; } = new Bytes32[engine.MaxBatch];
    }
}
