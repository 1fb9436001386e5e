using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>
/// The leaves of a graph's traces, in the order in which each is made of those before it: inputs, position, states, outputs
/// of the operators, next position, next states. Position and states only of a graph with a context.
/// </summary>
internal sealed class TraceLayout
{
    private readonly (TraceLeafKind Kind, int Index)[] _leaves;
    private readonly Dictionary<int, int> _ofValue = [];
    private readonly Dictionary<int, int> _stateOf = [];

    public TraceLayout(IntegerGraph graph)
    {
        Graph = graph;
        var leaves = new List<(TraceLeafKind, int)>();
        for (int i = 0; i < graph.Inputs.Count; i++)
        {
            _ofValue[graph.Inputs[i].Value.Index] = leaves.Count;
            leaves.Add((TraceLeafKind.Input, i));
        }
        bool hasContext = graph.ContextStep > 0;
        PositionLeaf = leaves.Count;
        if (hasContext) leaves.Add((TraceLeafKind.Position, 0));
        foreach (IntegerNode node in graph.Cached)
        {
            _stateOf[node.Index] = leaves.Count;
            leaves.Add((TraceLeafKind.State, node.Index));
        }
        InputLeaves = leaves.Count;
        foreach (IntegerNode node in graph.Nodes)
        {
            _ofValue[node.Output.Index] = leaves.Count;
            leaves.Add((TraceLeafKind.Operator, node.Index));
        }
        NextLeaf = leaves.Count;
        if (hasContext) leaves.Add((TraceLeafKind.NextPosition, 0));
        foreach (IntegerNode node in graph.Cached) leaves.Add((TraceLeafKind.NextState, node.Index));
        _leaves = [.. leaves];
    }

    public IntegerGraph Graph { get; }

    public int Count => _leaves.Length;

    /// <summary>The first so many leaves are what the input digest covers.</summary>
    public int InputLeaves { get; }

    public int PositionLeaf { get; }

    /// <summary>From here on are what the output digest covers behind the outputs.</summary>
    public int NextLeaf { get; }

    public (TraceLeafKind Kind, int Index) this[int leaf] => _leaves[leaf];

    /// <summary>The leaf of a value, or -1 of a constant.</summary>
    public int LeafOf(IntegerValue value) => _ofValue.GetValueOrDefault(value.Index, -1);

    public int StateLeafOf(IntegerNode node) => _stateOf[node.Index];

    /// <summary>The digest of a leaf's content by the rules of a statement's version; null if it can be no such leaf.</summary>
    public Bytes32? DigestOf(int leaf, ReadOnlySpan<byte> content, int version)
    {
        (TraceLeafKind kind, int index) = _leaves[leaf];
        // By their length first: nobody is made to hash more than a leaf has.
        if (kind is TraceLeafKind.State or TraceLeafKind.NextState)
        {
            IntegerNode node = Graph.Nodes[index];
            if (InferenceState.TokensOf(node, Graph.ContextCapacity, content.Length) < 0) return null;
            return version == 1 ? GraphHash.Content(content) : InferenceState.DigestOf(node, Graph.ContextCapacity, content);
        }
        long length = kind switch
        {
            TraceLeafKind.Input => Graph.Inputs[index].Value.Bytes,
            TraceLeafKind.Operator => Graph.Nodes[index].Output.Bytes,
            _ => sizeof(int),
        };
        return content.Length == length ? GraphHash.Content(content) : null;
    }

    /// <summary>The leaf as people are told of it: the operator's kind and place.</summary>
    public string Name(int leaf) => _leaves[leaf].Kind switch
    {
        TraceLeafKind.Input => $"input '{Graph.Inputs[_leaves[leaf].Index].Name}'",
        TraceLeafKind.Operator => Graph.Nodes[_leaves[leaf].Index].Name,
        TraceLeafKind.State or TraceLeafKind.NextState => $"{_leaves[leaf].Kind} of {Graph.Nodes[_leaves[leaf].Index].Name}",
        _ => $"{_leaves[leaf].Kind}",
    };

    /// <summary>Leaves that a leaf is made of; none of an input.</summary>
    public IEnumerable<int> SourcesOf(int leaf)
    {
        (TraceLeafKind kind, int index) = _leaves[leaf];
        if (kind == TraceLeafKind.NextPosition) return [PositionLeaf];
        if (kind is not (TraceLeafKind.Operator or TraceLeafKind.NextState)) return [];
        IntegerNode node = Graph.Nodes[index];
        IEnumerable<int> sources = node.Inputs.ToArray().Where(v => v.Constant is null).Select(LeafOf);
        if (node.IsCached) sources = sources.Append(PositionLeaf).Append(StateLeafOf(node));
        if (node.Kind == OperatorKind.Positions) sources = sources.Append(PositionLeaf);
        return sources.Distinct();
    }

    /// <summary>The leaves of the output digest: -1 stands for a constant that the graph gives out, whose digest it names.</summary>
    public IEnumerable<(int Leaf, Bytes32 Constant)> OutputLeaves() => Graph.Outputs
        .Select(o => (LeafOf(o.Value), o.Value.Constant?.Hash ?? default))
        .Concat(Enumerable.Range(NextLeaf, Count - NextLeaf).Select(leaf => (leaf, default(Bytes32))));
}
