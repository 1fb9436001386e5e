using System.Runtime.CompilerServices;
using Prozchain.AI.Cache;
using Prozchain.AI.Compute;
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
    private readonly Dictionary<ModelKey, ServedModel> _models = [];
    private readonly Dictionary<ModelKey, ModelFlight> _flights = [];
    private readonly SemaphoreSlim _loads;
    private long _uses;
    private bool _isDisposed;

    public ServedModels(InferenceServiceOptions options)
    {
        _options = options;
        _cache = new TensorCache<WeightValue>(options.CacheBytes, static weights => KernelWeights.BytesOf(weights.Packed));
        _loads = new SemaphoreSlim(options.MaxLoads);
    }

    public CacheStatistics Statistics => _cache.Statistics;

    /// <summary>Loads under way.</summary>
    internal int Loading
    {
        get
        {
            lock (_lock) return _flights.Count;
        }
    }

    /// <summary>Takes a model for one request; loads it if need be. Who asks while it loads shares what comes of that load.</summary>
    public async ValueTask<ModelTaking> TakeAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        ModelKey key = ModelKey.Of(version);
        ModelFlight? flight;
        bool isFirst;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_models.TryGetValue(key, out ServedModel? model)) return new ModelTaking(Use(model, 1));
            cancellationToken.ThrowIfCancellationRequested();
            isFirst = !_flights.TryGetValue(key, out flight);
            if (isFirst) _flights.Add(key, flight = new ModelFlight());
            else flight!.Waiters++;
        }
        // On a thread of its own: weights are packed there, which must not hold up who asks.
        if (isFirst) _ = Task.Run(() => LoadAsync(version, key, flight!), CancellationToken.None);
        try
        {
            return await flight!.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Leave(key, flight!);
            throw;
        }
    }

    public void Return(ServedModel model)
    {
        lock (_lock) GiveBack(model);
    }

    /// <summary>Lets go of a model that nobody uses.</summary>
    public bool TryUnload(ReadOnlySpan<byte> root)
    {
        var stored = new Bytes32(root);
        lock (_lock)
        {
            bool isGone = false;
            foreach (ServedModel model in _models.Values.Where(m => m.Key.Root.Equals(stored)).ToArray()) isGone |= TryUnload(model);
            return isGone;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            foreach (ServedModel model in _models.Values.ToArray()) TryUnload(model);
            foreach (ModelFlight flight in _flights.Values) flight.Abandoned.Cancel();
        }
        _cache.Dispose();
    }

    private ServedModel Use(ServedModel model, int users)
    {
        model.Users += users;
        model.LastUse = ++_uses;
        return model;
    }

    // Who is the last to use a model of a host that has ended puts it away.
    private void GiveBack(ServedModel model)
    {
        model.Users--;
        if (_isDisposed) TryUnload(model);
    }

    // Who gives up had the model taken for him if the load was done before; else he is one fewer to wait for it.
    private void Leave(ModelKey key, ModelFlight flight)
    {
        bool isLast = false;
        lock (_lock)
        {
            if (flight.IsDone)
            {
                if (flight.Model is { } model) GiveBack(model);
            }
            else if (--flight.Waiters == 0)
            {
                // Whoever comes now begins a load of his own.
                _flights.Remove(key);
                isLast = true;
            }
        }
        if (isLast) flight.Abandoned.Cancel();
    }

    private async Task LoadAsync(ModelVersion version, ModelKey key, ModelFlight flight)
    {
        try
        {
            ModelTaking taken;
            CancellationToken abandoned = flight.Abandoned.Token;
            await _loads.WaitAsync(abandoned).ConfigureAwait(false);
            try
            {
                taken = await ReadAsync(version, key, abandoned).ConfigureAwait(false);
            }
            finally
            {
                _loads.Release();
            }
            flight.Result.SetResult(taken.Model is { } model ? Place(model, version, flight) : End(key, flight, taken));
        }
        catch (Exception e)
        {
            // Whatever it is, it is for those who wait to see; if nobody does, nobody misses it.
            End(key, flight, default);
            flight.Result.SetException(e);
            _ = flight.Result.Task.Exception;
        }
    }

    private ModelTaking End(ModelKey key, ModelFlight flight, ModelTaking taken)
    {
        lock (_lock)
        {
            if (!flight.IsDone && flight.Waiters > 0) _flights.Remove(key);
            (flight.IsDone, flight.Model) = (true, taken.Model);
        }
        return taken;
    }

    private ModelTaking Place(ServedModel model, ModelVersion version, ModelFlight flight)
    {
        bool isPlaced = false;
        try
        {
            ModelDemand demand = model.Demand with { Weight = _options.WeightOf?.Invoke(version) ?? 1 };
            lock (_lock)
            {
                // For one that cannot fit nobody is sent away.
                bool canFit = demand.Memory <= _options.Pool.FreeMemory + _models.Values.Where(m => m.Users == 0).Sum(m => m.Demand.Memory);
                while (canFit && !_isDisposed && flight.Waiters > 0 && !isPlaced)
                {
                    isPlaced = _options.Pool.TryAddModel(demand, model, out int number);
                    model.Number = number;
                    if (isPlaced) _models.Add(model.Key, Use(model, flight.Waiters));
                    else if (_models.Values.Where(m => m.Users == 0).MinBy(m => m.LastUse) is not { } idle || !TryUnload(idle)) break;
                }
                return End(model.Key, flight, isPlaced
                    ? new ModelTaking(model)
                    : new ModelTaking(null, InferenceStatus.Refused, $"Expected {demand.Memory} bytes of memory for {version}, got {_options.Pool.FreeMemory}."));
            }
        }
        finally
        {
            if (!isPlaced) model.Dispose();
        }
    }

    private bool TryUnload(ServedModel model)
    {
        if (model.Users > 0 || !_options.Pool.TryRemoveModel(model.Number)) return false;
        _models.Remove(model.Key);
        model.Dispose();
        return true;
    }

    private async ValueTask<ModelTaking> ReadAsync(ModelVersion version, ModelKey key, CancellationToken cancellationToken)
    {
        List<TensorLease<WeightValue>> leases = [];
        bool isKept = false;
        try
        {
            using IModelReader? reader = await _options.Open(version, cancellationToken).ConfigureAwait(false);
            if (reader is null) return NotLoaded($"Expected the stored bytes of {version}, got none.");
            (GraphFileReading reading, IntegerGraph? graph) = await GraphFile.ReadGraphAsync(reader, _options.MaxModelBytes, cancellationToken).ConfigureAwait(false);
            if (graph is null) return NotLoaded($"Expected a graph in {version}, got {reading.Status} {reading.Graph.Reason}");
            if (!graph.Digest.Span.SequenceEqual(version.Publication.GraphDigest.Span)) return NotLoaded($"Expected the graph that {version} was published with, got another.");
            var packed = new object?[graph.Nodes.Count];
            foreach (IntegerNode node in graph.Nodes)
            {
                if (KernelWeights.Of(node) is not { } constant) continue;
                TensorLease<WeightValue> lease = await LeaseAsync(reader, graph, node, graph.Constants.IndexOf(constant), cancellationToken).ConfigureAwait(false);
                leases.Add(lease);
                packed[node.Index] = lease.Value.Packed;
            }
            var constants = new ReadOnlyMemory<byte>[graph.Constants.Count];
            for (int i = 0; i < constants.Length; i++)
                if (PreparedGraph.IsRead(graph, graph.Constants[i])) constants[i] = await ReadAsync(reader, graph, i, cancellationToken).ConfigureAwait(false);
            var prepared = new PreparedGraph(GraphBinding.BindSome(graph, constants), packed, keepStates: false);
            ModelTaking taken = Make(prepared, leases, key);
            isKept = taken.Model is not null;
            return taken;
        }
        catch (Exception e) when (e is IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return NotLoaded(e.Message);
        }
        finally
        {
            if (!isKept)
                foreach (TensorLease<WeightValue> lease in leases) lease.Dispose();
        }
    }

    // The cache may join this to another model's load, whose bytes are bad or whose callers give up: then it is loaded from this one.
    private async ValueTask<TensorLease<WeightValue>> LeaseAsync(IModelReader reader, IntegerGraph graph, IntegerNode node, int index, CancellationToken cancellationToken)
    {
        var isOwn = new StrongBox<bool>();
        while (true)
        {
            try
            {
                return await _cache.GetAsync(
                    KernelWeights.KeyOf(node).Span.ToArray(), (reader, graph, node, index, isOwn),
                    static async (from, token) =>
                    {
                        from.isOwn.Value = true;
                        return new WeightValue(KernelWeights.Pack(from.node, (await ReadAsync(from.reader, from.graph, from.index, token).ConfigureAwait(false)).Span));
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!isOwn.Value && !cancellationToken.IsCancellationRequested && !_isDisposed)
            {
            }
        }
    }

    private ModelTaking Make(PreparedGraph prepared, List<TensorLease<WeightValue>> leases, ModelKey key)
    {
        try
        {
            ComputeCapacity capacity = _options.Pool.Capacity;
            return new ModelTaking(new ServedModel(prepared, leases, key, _options.MaxBatch, _options.MaxBatchBytes, capacity.Cores, capacity.Memory));
        }
        catch (ArgumentException e)
        {
            return new ModelTaking(null, InferenceStatus.Refused, e.Message);
        }
    }

    private static ModelTaking NotLoaded(string reason) => new(null, InferenceStatus.NotLoaded, reason);

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(IModelReader reader, IntegerGraph graph, int index, CancellationToken cancellationToken)
    {
        (GraphFileStatus status, ReadOnlyMemory<byte> bytes) = await GraphFile.ReadConstantAsync(reader, graph, index, cancellationToken).ConfigureAwait(false);
        return status == GraphFileStatus.Ok ? bytes : throw new InvalidDataException($"Expected constant {index} of the graph, got {status}.");
    }
}
