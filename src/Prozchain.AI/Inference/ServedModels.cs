using Prozchain.AI.Cache;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Registry;
using Prozchain.Shared;

namespace Prozchain.AI.Inference;

/// <summary>The models in memory. Each is loaded once, however many ask; those that nobody uses make room for others.</summary>
internal sealed class ServedModels : IDisposable
{
    private readonly InferenceServiceOptions _options;
    private readonly TensorCache<WeightValue> _cache;
    private readonly Lock _lock = new();
    private readonly Dictionary<Bytes32, ServedModel> _models = [];
    private readonly Dictionary<Bytes32, SemaphoreSlim> _loading = [];
    private long _uses;

    public ServedModels(InferenceServiceOptions options)
    {
        _options = options;
        _cache = new TensorCache<WeightValue>(options.CacheBytes, static weights => KernelWeights.BytesOf(weights.Packed));
    }

    public CacheStatistics Statistics => _cache.Statistics;

    /// <summary>Takes a model for one request; loads it if need be.</summary>
    /// <returns>The model, or why it cannot be had.</returns>
    public async ValueTask<(ServedModel? Model, InferenceStatus Status, string? Reason)> TakeAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        var root = new Bytes32(version.Publication.ModelRoot.Span);
        SemaphoreSlim? gate;
        lock (_lock)
        {
            if (_models.TryGetValue(root, out ServedModel? model)) return (Use(model), InferenceStatus.Done, null);
            if (!_loading.TryGetValue(root, out gate)) _loading.Add(root, gate = new SemaphoreSlim(1));
        }
        // Who comes second finds the model, or loads it anew where the first one failed.
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                if (_models.TryGetValue(root, out ServedModel? model)) return (Use(model), InferenceStatus.Done, null);
            }
            (ServedModel? loaded, string? reason) = await LoadAsync(version, root, cancellationToken).ConfigureAwait(false);
            if (loaded is null) return (null, InferenceStatus.NotLoaded, reason);
            long needed = loaded.Demand(1).Memory;
            if (!TryPlace(loaded, version)) return (null, InferenceStatus.Refused, $"Expected {needed} bytes of memory for {version}, got {_options.Pool.FreeMemory}.");
            return (loaded, InferenceStatus.Done, null);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Return(ServedModel model)
    {
        lock (_lock) model.Users--;
    }

    /// <summary>Lets go of a model that nobody uses.</summary>
    public bool TryUnload(ReadOnlySpan<byte> root)
    {
        lock (_lock) return _models.TryGetValue(new Bytes32(root), out ServedModel? model) && TryUnload(model);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (ServedModel model in _models.Values) model.Dispose();
            _models.Clear();
        }
        _cache.Dispose();
    }

    private ServedModel Use(ServedModel model)
    {
        model.Users++;
        model.LastUse = ++_uses;
        return model;
    }

    private bool TryPlace(ServedModel model, ModelVersion version)
    {
        lock (_lock)
        {
            while (true)
            {
                if (_options.Pool.TryAddModel(model.Demand(_options.WeightOf?.Invoke(version) ?? 1), model, out int number))
                {
                    model.Number = number;
                    _models.Add(model.Root, Use(model));
                    return true;
                }
                ServedModel? idle = _models.Values.Where(m => m.Users == 0).MinBy(m => m.LastUse);
                if (idle is not null && TryUnload(idle)) continue;
                model.Dispose();
                return false;
            }
        }
    }

    private bool TryUnload(ServedModel model)
    {
        if (model.Users > 0 || !_options.Pool.TryRemoveModel(model.Number)) return false;
        _models.Remove(model.Root);
        model.Dispose();
        return true;
    }

    private async ValueTask<(ServedModel? Model, string? Reason)> LoadAsync(ModelVersion version, Bytes32 root, CancellationToken cancellationToken)
    {
        List<TensorLease<WeightValue>> leases = [];
        bool isKept = false;
        try
        {
            using IModelReader? reader = await _options.Open(version, cancellationToken).ConfigureAwait(false);
            if (reader is null) return (null, $"Expected the stored bytes of {version}, got none.");
            (GraphFileReading reading, IntegerGraph? graph) = await GraphFile.ReadGraphAsync(reader, _options.MaxModelBytes, cancellationToken).ConfigureAwait(false);
            if (graph is null) return (null, $"Expected a graph in {version}, got {reading.Status} {reading.Graph.Reason}");
            if (!graph.Digest.Span.SequenceEqual(version.Publication.GraphDigest.Span)) return (null, $"Expected the graph that {version} was published with, got another.");
            var packed = new object?[graph.Nodes.Count];
            foreach (IntegerNode node in graph.Nodes)
            {
                if (KernelWeights.Of(node) is not { } constant) continue;
                TensorLease<WeightValue> lease = await _cache.GetAsync(
                    KernelWeights.KeyOf(node).Span.ToArray(), (reader, graph, node, index: graph.Constants.IndexOf(constant)),
                    static async (from, token) => new WeightValue(KernelWeights.Pack(from.node, (await ReadAsync(from.reader, from.graph, from.index, token).ConfigureAwait(false)).Span)),
                    cancellationToken).ConfigureAwait(false);
                leases.Add(lease);
                packed[node.Index] = lease.Value.Packed;
            }
            var constants = new ReadOnlyMemory<byte>[graph.Constants.Count];
            for (int i = 0; i < constants.Length; i++)
                if (PreparedGraph.IsRead(graph, graph.Constants[i])) constants[i] = await ReadAsync(reader, graph, i, cancellationToken).ConfigureAwait(false);
            var prepared = new PreparedGraph(GraphBinding.BindSome(graph, constants), packed);
            isKept = true;
            return (new ServedModel(prepared, leases, root, _options.MaxBatch, _options.MaxBatchBytes, _options.Pool.Capacity.Cores), null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return (null, e.Message);
        }
        finally
        {
            if (!isKept)
                foreach (TensorLease<WeightValue> lease in leases) lease.Dispose();
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(IModelReader reader, IntegerGraph graph, int index, CancellationToken cancellationToken)
    {
        (GraphFileStatus status, ReadOnlyMemory<byte> bytes) = await GraphFile.ReadConstantAsync(reader, graph, index, cancellationToken).ConfigureAwait(false);
        return status == GraphFileStatus.Ok ? bytes : throw new InvalidDataException($"Expected constant {index} of the graph, got {status}.");
    }
}
