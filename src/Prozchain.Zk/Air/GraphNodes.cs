namespace Prozchain.Zk.Air;

/// <summary>
/// The nodes of a graph, each different: an expression met again is the same node (hash-consing). Zero and one are
/// simplified away; other constants are not folded, because the field is not known.
/// </summary>
internal sealed class GraphNodes
{
    private readonly Dictionary<GraphNode, int> _places = [];
    private readonly List<GraphNode> _nodes = [];
    private readonly List<int> _degrees = [];

    /// <summary>The degree of a node in columns: of cells and periodic values 1, of constants and public values 0.</summary>
    public int Degree(int node) => _degrees[node];

    /// <summary>The nodes that the roots need, in order, and the new place of each; a node that is not needed has none.</summary>
    public (GraphNode[] Nodes, int[] Places) Compact(IEnumerable<int> roots)
    {
        var needed = new bool[_nodes.Count];
        foreach (int root in roots) needed[root] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            if (!needed[i] || _nodes[i].Operation < GraphOperation.Add) continue;
            needed[_nodes[i].Left] = true;
            if (_nodes[i].Operation != GraphOperation.Negate) needed[_nodes[i].Right] = true;
        }
        List<GraphNode> kept = [];
        var places = new int[needed.Length];
        for (int i = 0; i < needed.Length; i++)
        {
            if (!needed[i]) continue;
            places[i] = kept.Count;
            GraphNode node = _nodes[i];
            kept.Add(node.Operation < GraphOperation.Add ? node
                : node with { Left = places[node.Left], Right = node.Operation == GraphOperation.Negate ? 0 : places[node.Right] });
        }
        return ([.. kept], places);
    }

    public int Constant(ulong value) => Place(new(GraphOperation.Constant, 0, 0, value), 0);

    public int Cell(GraphOperation kind, int column) => Place(new(kind, column, 0, 0), kind == GraphOperation.Public ? 0 : 1);

    public int Add(int left, int right)
    {
        if (IsConstant(left, 0)) return right;
        if (IsConstant(right, 0)) return left;
        return Place(new(GraphOperation.Add, Math.Min(left, right), Math.Max(left, right), 0), Math.Max(_degrees[left], _degrees[right]));
    }

    public int Subtract(int left, int right)
    {
        if (IsConstant(right, 0)) return left;
        if (IsConstant(left, 0)) return Negate(right);
        if (left == right) return Constant(0);
        return Place(new(GraphOperation.Subtract, left, right, 0), Math.Max(_degrees[left], _degrees[right]));
    }

    public int Multiply(int left, int right)
    {
        if (IsConstant(left, 1) || IsConstant(right, 0)) return right;
        if (IsConstant(right, 1) || IsConstant(left, 0)) return left;
        return Place(new(GraphOperation.Multiply, Math.Min(left, right), Math.Max(left, right), 0), _degrees[left] + _degrees[right]);
    }

    public int Negate(int value)
    {
        if (IsConstant(value, 0)) return value;
        GraphNode node = _nodes[value];
        return node.Operation == GraphOperation.Negate ? node.Left : Place(new(GraphOperation.Negate, value, 0, 0), _degrees[value]);
    }

    /// <summary>Whether a node is a constant above a bound, or the negative of one that is not zero.</summary>
    public bool IsBeyond(int node, uint bound) => _nodes[node] is { Operation: GraphOperation.Constant } constant ? constant.Constant > bound
        : _nodes[node] is { Operation: GraphOperation.Negate } negative && _nodes[negative.Left].Operation == GraphOperation.Constant;

    private bool IsConstant(int node, ulong value) => _nodes[node] is { Operation: GraphOperation.Constant } constant && constant.Constant == value;

    private int Place(GraphNode node, int degree)
    {
        if (_places.TryGetValue(node, out int place)) return place;
        place = _nodes.Count;
        _nodes.Add(node);
        _degrees.Add(degree);
        _places.Add(node, place);
        return place;
    }
}
