using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Air;

/// <summary>A table whose constraints and messages are evaluated anew where one cell is changed; see <see cref="TraceMutator{TField}"/>.</summary>
internal sealed partial class MutatedTable<TField> where TField : struct, IField<TField>
{
    private const uint LargestCheckedBound = 64;

    private readonly ConstraintGraph _graph;
    private readonly GraphNode[] _nodes;
    private readonly Trace<TField> _trace;
    private readonly Trace<TField>? _preprocessed;
    private readonly TField[] _public;
    private readonly List<int>?[] _users, _constraints, _interactions;
    private readonly int[] _local, _next;
    private readonly Dictionary<int, Cone> _cones = [];

    // Of the change at hand: constraints and interactions that find it, messages that it moved, what they leave on the buses.
    private readonly List<int> _violated = [], _refused = [];
    private readonly List<(int Interaction, (string, ulong) Was, (string, ulong) Sent)> _moved = [];
    private readonly Dictionary<(string Bus, ulong Message), TField> _balance = [];

    // The values of all nodes at the row and at the one before; then those that a change moves, where the stamp is of that change.
    private readonly TField[] _here, _before, _changed;
    private readonly int[] _stamps;
    private int _stamp;

    private MutatedTable(ConstraintGraph graph, Trace<TField> trace, Trace<TField>? preprocessed, TField[] publicValues, MutationCoverage? coverage)
    {
        Coverage = coverage ?? new(graph);
        if (trace.Height < 2) throw new ArgumentException($"Expected at least 2 rows of {graph.Shape.Name}, got {trace.Height}.", nameof(trace));
        (_graph, _nodes, _trace, _preprocessed, _public) = (graph, graph.Nodes.ToArray(), trace, preprocessed, publicValues);
        (_users, _constraints, _interactions) = (new List<int>?[_nodes.Length], new List<int>?[_nodes.Length], new List<int>?[_nodes.Length]);
        (_here, _before, _changed, _stamps) = (new TField[_nodes.Length], new TField[_nodes.Length], new TField[_nodes.Length], new int[_nodes.Length]);
        (_local, _next) = (new int[trace.Width], new int[trace.Width]);
        _local.AsSpan().Fill(-1);
        _next.AsSpan().Fill(-1);
        for (int i = 0; i < _nodes.Length; i++)
        {
            GraphNode node = _nodes[i];
            if (node.Operation == GraphOperation.Local) _local[node.Left] = i;
            else if (node.Operation == GraphOperation.Next) _next[node.Left] = i;
            if (node.Operation < GraphOperation.Add) continue;
            Note(_users, node.Left, i);
            if (node.Operation != GraphOperation.Negate && node.Right != node.Left) Note(_users, node.Right, i);
        }
        for (int i = 0; i < graph.Constraints.Count; i++) Note(_constraints, graph.Constraints[i].Node, i);
        for (int i = 0; i < graph.Interactions.Count; i++)
        {
            foreach (int node in NodesOf(graph.Interactions[i]).Distinct()) Note(_interactions, node, i);
        }

        static void Note(List<int>?[] lists, int at, int value) => (lists[at] ??= []).Add(value);
    }

    /// <summary>A table.</summary>
    /// <param name="air">The AIR.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="coverage">Of other tables of the same AIR; null for one of its own.</param>
    public static MutatedTable<TField> Of<TAir>(TAir air, Trace<TField> trace, ReadOnlySpan<TField> publicValues, MutationCoverage? coverage = null) where TAir : IAir
    {
        Trace<TField>? preprocessed = null;
        if (air.Shape.PreprocessedWidth > 0) air.Preprocess(preprocessed = new(air.Shape.PreprocessedWidth, trace.Height));
        return new(ConstraintGraph.Of(air), trace, preprocessed, publicValues.ToArray(), coverage);
    }

    /// <summary>What the changes so far violated.</summary>
    public MutationCoverage Coverage { get; }

    /// <summary>Labels of constraints that no change so far violated, behind the table's name.</summary>
    public IEnumerable<string> Unviolated => Coverage.UnviolatedLabels.Select(label => $"{_graph.Shape.Name}: {label}");

    /// <summary>The rows behind the last one on which any interaction counts are padding: how many come before.</summary>
    public int RealRows()
    {
        for (int row = _trace.Height - 1; row >= 0; row--)
        {
            _graph.Evaluate(Point(row), _here);
            foreach (GraphInteraction item in _graph.Interactions)
                if (_here[item.Multiplicity] != TField.Zero) return row + 1;
        }
        return 0;
    }

    /// <summary>A message as 64 bits.</summary>
    public static ulong Hash(ReadOnlySpan<TField> message)
    {
        ulong hash = (ulong)message.Length;
        foreach (TField element in message) hash = SeededRandom.Mix(hash ^ (uint)element.GetHashCode());
        return hash;
    }

    /// <summary>Adds what the table answers, or could without a constraint minding.</summary>
    public void AddAnswers(HashSet<(string Bus, ulong Message)> answers)
    {
        GraphInteraction[] receivers = [.. _graph.Interactions.Where(item => item.Bus.Kind == BusKind.Lookup && item.Direction == BusDirection.Receive)];
        if (receivers.Length == 0) return;
        SortedSet<int> needed = [];
        Stack<int> open = new(receivers.SelectMany(NodesOf));
        while (open.TryPop(out int node))
        {
            if (!needed.Add(node) || _nodes[node].Operation < GraphOperation.Add) continue;
            open.Push(_nodes[node].Left);
            open.Push(_nodes[node].Right);
        }
        int[] order = [.. needed];
        bool[] free = [.. receivers.Select(item => IsFree(item.Multiplicity))];
        for (int row = 0; row < _trace.Height; row++)
        {
            AirPoint<TField> point = Point(row);
            foreach (int node in order) _here[node] = Value(node, point, _here);
            foreach ((int number, GraphInteraction item) in receivers.Index())
            {
                if (_here[item.Multiplicity] != TField.Zero || free[number]) answers.Add((item.Bus.Name, Hash(Message(item, _here))));
            }
        }
    }

    private bool Holds(Rows rows, int row) => rows switch
    {
        Rows.First => row == 0,
        Rows.Last => row == _trace.Height - 1,
        Rows.Transition => row != _trace.Height - 1,
        _ => true,
    };

    /// <summary>A multiplicity that is a cell of no other use.</summary>
    private bool IsFree(int node) => _nodes[node].Operation == GraphOperation.Local && ConeOf(node) is { Constraints.Length: 0, Interactions.Length: 1 };

    /// <summary>Columns that an expression depends on.</summary>
    private IEnumerable<int> ColumnsOf(int node)
    {
        HashSet<int> seen = [node];
        Stack<int> open = new([node]);
        while (open.TryPop(out int at))
        {
            if (_nodes[at].Operation is GraphOperation.Local or GraphOperation.Next) yield return _nodes[at].Left;
            if (_nodes[at].Operation < GraphOperation.Add) continue;
            if (seen.Add(_nodes[at].Left)) open.Push(_nodes[at].Left);
            if (_nodes[at].Operation != GraphOperation.Negate && seen.Add(_nodes[at].Right)) open.Push(_nodes[at].Right);
        }
    }

    private Cone ConeOf(int leaf)
    {
        HashSet<int> seen = [leaf];
        Stack<int> open = new([leaf]);
        while (open.TryPop(out int node))
        {
            foreach (int user in _users[node] ?? [])
                if (seen.Add(user)) open.Push(user);
        }
        return new([.. seen.Where(node => node != leaf).Order()], [.. seen.SelectMany(node => _constraints[node] ?? [])],
            [.. seen.SelectMany(node => _interactions[node] ?? []).Distinct()]);
    }

    private AirPoint<TField> Point(int row)
    {
        int next = (row + 1) & (_trace.Height - 1);
        IReadOnlyList<ReadOnlyMemory<ulong>> periodic = _graph.Shape.Periodic;
        var repeated = new TField[periodic.Count];
        for (int i = 0; i < repeated.Length; i++) repeated[i] = TField.FromUInt64(periodic[i].Span[row & (periodic[i].Length - 1)]);
        return new()
        {
            Local = Row(_trace, row),
            Next = Row(_trace, next),
            Preprocessed = _preprocessed is null ? default : Row(_preprocessed, row),
            PreprocessedNext = _preprocessed is null ? default : Row(_preprocessed, next),
            Periodic = repeated,
            Public = _public,
        };

        static TField[] Row(Trace<TField> trace, int row)
        {
            var cells = new TField[trace.Width];
            trace.CopyRow(row, cells);
            return cells;
        }
    }

    private TField Value(int i, in AirPoint<TField> point, TField[] values)
    {
        GraphNode node = _nodes[i];
        return node.Operation switch
        {
            GraphOperation.Constant => TField.FromUInt64(node.Constant),
            GraphOperation.Local => point.Local[node.Left],
            GraphOperation.Next => point.Next[node.Left],
            GraphOperation.Preprocessed => point.Preprocessed[node.Left],
            GraphOperation.PreprocessedNext => point.PreprocessedNext[node.Left],
            GraphOperation.Periodic => point.Periodic[node.Left],
            GraphOperation.Public => point.Public[node.Left],
            GraphOperation.Add => values[node.Left] + values[node.Right],
            GraphOperation.Subtract => values[node.Left] - values[node.Right],
            GraphOperation.Multiply => values[node.Left] * values[node.Right],
            _ => -values[node.Left],
        };
    }

    private static IEnumerable<int> NodesOf(GraphInteraction item) => [item.Multiplicity, .. item.Message.Span];

    private static TField[] Message(GraphInteraction item, TField[] values)
    {
        var message = new TField[item.Message.Length];
        for (int i = 0; i < message.Length; i++) message[i] = values[item.Message.Span[i]];
        return message;
    }

    private static bool IsAtMost(TField value, uint bound)
    {
        for (uint i = 0; i <= bound; i++)
            if (value == TField.FromUInt64(i)) return true;
        return false;
    }

    /// <summary>What depends on a leaf: nodes in order, constraints, interactions.</summary>
    private sealed record Cone(int[] Nodes, int[] Constraints, int[] Interactions);
}
