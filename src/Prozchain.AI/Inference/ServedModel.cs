using System.Collections.Concurrent;
using Prozchain.AI.Cache;
using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.Shared;

namespace Prozchain.AI.Inference;

/// <summary>A model in memory: its graph, its weights on lease from the cache, an engine for each batch that runs at once.</summary>
internal sealed class ServedModel(PreparedGraph prepared, IReadOnlyList<TensorLease<WeightValue>> weights, Bytes32 root, int maxBatch, long maxBatchBytes, int maxEngines) : IBatchRunner, IDisposable
{
    private readonly ConcurrentBag<InferenceEngine> _engines = [];
    private readonly int _batch = BatchOf(prepared.Graph, maxBatch, maxBatchBytes);

    public PreparedGraph Prepared => prepared;

    public Bytes32 Root => root;

    /// <summary>Its number in the pool.</summary>
    public int Number { get; set; } = -1;

    /// <summary>Requests that have it, and when it was last used, by the host's count. Guarded by the host's lock.</summary>
    public int Users { get; set; }

    public long LastUse { get; set; }

    public ModelDemand Demand(int weight)
    {
        IntegerGraph graph = prepared.Graph;
        long values = ValuesOf(graph) * _batch, constants = graph.Constants.Sum(c => c.Bytes.Length);
        return new ModelDemand
        {
            Memory = prepared.WeightBytes + constants + values * maxEngines,
            RequestMemory = graph.Inputs.Sum(i => i.Value.Bytes) + graph.Outputs.Sum(o => o.Value.Bytes) + prepared.StateBytes,
            MaxBatch = _batch,
            Weight = weight,
            // A guess of 20 G multiplications a second, until the first batch was measured.
            StepTime = TimeSpan.FromTicks(Math.Max(1, graph.Multiplications / 2000)),
        };
    }

    public void Step(ReadOnlySpan<object> requests, Span<bool> ended, CancellationToken cancellationToken)
    {
        if (!_engines.TryTake(out InferenceEngine? engine)) engine = new InferenceEngine(prepared, new InferenceEngineOptions { MaxBatch = _batch });
        try
        {
            bool hasState = prepared.Graph.ContextStep > 0;
            var states = hasState ? new InferenceState[requests.Length] : [];
            var digests = new Bytes32[requests.Length];
            for (int i = 0; i < requests.Length; i++)
            {
                var request = (ServedRequest)requests[i];
                request.Fill(engine, i);
                if (hasState) states[i] = request.State!;
                digests[i] = RequestDigests.InputOf(engine, i, request.State);
            }
            engine.Run(requests.Length, states, cancellationToken);
            for (int i = 0; i < requests.Length; i++)
            {
                var request = (ServedRequest)requests[i];
                ended[i] = !request.Take(engine, i, RequestDigests.Statement(engine, root.Span, digests[i].Span, i, request.State));
            }
        }
        finally
        {
            _engines.Add(engine);
        }
    }

    public void Dispose()
    {
        foreach (TensorLease<WeightValue> lease in weights) lease.Dispose();
        while (_engines.TryTake(out InferenceEngine? engine)) engine.Dispose();
    }

    // About what a run's values take: the arena of an engine is no larger than all of them.
    private static long ValuesOf(IntegerGraph graph) => graph.Inputs.Sum(i => i.Value.Bytes) + graph.Nodes.Max(n => n.Output.Bytes) * 3;

    private static int BatchOf(IntegerGraph graph, int most, long bytes) => (int)Math.Clamp(bytes / Math.Max(1, ValuesOf(graph)), 1, most);
}
