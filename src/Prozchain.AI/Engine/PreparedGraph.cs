using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>
/// A graph with its weights in the layout of this machine's kernels, once for all engines that run it, and the states of its requests:
/// a request's next step may be another engine's. Thread-safe.
/// </summary>
public sealed class PreparedGraph
{
    private readonly object?[] _ofNodes;
    private long _runs;

    /// <summary>Packs the weights of a graph.</summary>
    /// <param name="graph">The graph, bound.</param>
    /// <exception cref="ArgumentException">The graph is not bound.</exception>
    public PreparedGraph(IntegerGraph graph)
        : this(graph, Pack(graph))
    {
    }

    /// <param name="graph">The graph; constants that are weights alone need not be bound.</param>
    /// <param name="ofNodes">For each node what <see cref="KernelWeights.Pack"/> made, or null.</param>
    /// <param name="keepStates">Whether states that come back are kept for the next requests.</param>
    internal PreparedGraph(IntegerGraph graph, object?[] ofNodes, bool keepStates = true)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Constants.Any(c => !c.IsBound && (IsRead(graph, c) || graph.Nodes.Any(n => KernelWeights.Of(n) == c && ofNodes[n.Index] is null))))
            throw new ArgumentException("Expected a graph whose constants are bound.", nameof(graph));
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Values lie in memory as the formats have them: little-endian.");
        (Graph, _ofNodes, States) = (graph, ofNodes, new StatePool(graph, keepStates));
        WeightBytes = ofNodes.Where(w => w is not null).Distinct(ReferenceEqualityComparer.Instance).Sum(w => KernelWeights.BytesOf(w!));
    }

    /// <summary>The graph.</summary>
    public IntegerGraph Graph { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of one request's state; 0 of a graph without a KV cache.</summary>
    public long StateBytes => (long)Int128.Min(long.MaxValue, Graph.Cached.Aggregate(Int128.Zero, (sum, n) => sum + InferenceState.SnapshotBytes(n, Graph.ContextCapacity)));

    internal StatePool States { get; }

    /// <summary>An empty state for a request of a graph with a context.</summary>
    public InferenceState RentState() => States.Rent();

    internal T WeightsOf<T>(IntegerNode node) where T : class => (T)_ofNodes[node.Index]!;

    /// <summary>A number that no other run of any of the engines has.</summary>
    internal long NextRun() => Interlocked.Increment(ref _runs);

    /// <summary>Whether the graph needs a constant's elements for more than weights in kernel layout.</summary>
    internal static bool IsRead(IntegerGraph graph, GraphConstant constant) => graph.Nodes.Any(n => IsReadBy(n, constant)) || graph.Outputs.Any(o => o.Value.Constant == constant);

    private static bool IsReadBy(IntegerNode node, GraphConstant constant)
    {
        GraphConstant? weights = KernelWeights.Of(node);
        for (int i = 0; i < node.Inputs.Length; i++)
            if (node.Inputs[i].Constant == constant && (i != 1 || weights is null)) return true;
        return false;
    }

    private static object?[] Pack(IntegerGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.IsBound) throw new ArgumentException("Expected a graph whose constants are bound.", nameof(graph));
        var ofNodes = new object?[graph.Nodes.Count];
        var same = new Dictionary<Bytes32, object>();
        foreach (IntegerNode node in graph.Nodes)
        {
            if (KernelWeights.Of(node) is not { } constant) continue;
            Bytes32 key = KernelWeights.KeyOf(node);
            if (!same.TryGetValue(key, out object? packed)) same.Add(key, packed = KernelWeights.Pack(node, constant.Bytes.Span));
            ofNodes[node.Index] = packed;
        }
        return ofNodes;
    }
}
