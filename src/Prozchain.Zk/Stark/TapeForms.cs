using Prozchain.Zk.Air;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Chooses an instruction for each node of a graph that roots need: where a result has one use only, it is computed
/// within the instruction that uses it, which saves a store and a load of a run.
/// </summary>
internal sealed class TapeForms
{
    private readonly GraphNode[] _nodes;
    private readonly bool[] _uniform;
    private readonly int[] _uses;
    private readonly TapeForm[] _forms;

    /// <param name="graph">The graph.</param>
    /// <param name="uniform">Which nodes do not depend on the row.</param>
    /// <param name="roots">The nodes that are asked for, each as often as it is.</param>
    public TapeForms(ConstraintGraph graph, bool[] uniform, IEnumerable<int> roots)
    {
        _nodes = graph.Nodes.ToArray();
        _uniform = uniform;
        _uses = new int[_nodes.Length];
        _forms = new TapeForm[_nodes.Length];
        int[] asked = [.. roots];
        Count(asked, node => node.Operation == GraphOperation.Negate ? [node.Left] : node.Operation < GraphOperation.Add ? [] : [node.Left, node.Right]);
        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            if (_uses[i] > 0 && _nodes[i].Operation >= GraphOperation.Add && !uniform[i]) _forms[i] = Choose(i);
        }
        // What was merged into its user is not needed itself.
        Array.Clear(_uses);
        foreach (int root in asked) _uses[root]++;
        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            if (_uses[i] == 0 || _uniform[i] || !IsComputed(i)) continue;
            foreach (int operand in _forms[i].Operands) _uses[operand]++;
        }
    }

    /// <summary>How often the results of a node are used.</summary>
    public int Uses(int node) => _uses[node];

    /// <summary>Whether a node is neither a cell nor uniform.</summary>
    public bool IsComputed(int node) => _nodes[node].Operation >= GraphOperation.Add && !_uniform[node];

    /// <summary>The instruction of a computed node.</summary>
    public TapeForm Of(int node) => _forms[node];

    private void Count(int[] roots, Func<GraphNode, int[]> operands)
    {
        foreach (int root in roots) _uses[root]++;
        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            if (_uses[i] == 0 || _uniform[i]) continue;
            foreach (int operand in operands(_nodes[i])) _uses[operand]++;
        }
    }

    private TapeForm Choose(int place)
    {
        GraphNode node = _nodes[place];
        (int left, int right) = (node.Left, node.Right);
        if (node.Operation == GraphOperation.Negate) return new(TapeOperation.SubtractFromUniform, left, -1);
        if (_uniform[left] || _uniform[right])
        {
            (int value, int uniform) = _uniform[right] ? (left, right) : (right, left);
            return node.Operation switch
            {
                GraphOperation.Add => new(TapeOperation.AddUniform, value, uniform),
                GraphOperation.Multiply when IsTwo(uniform) => new(TapeOperation.Add, value, value),
                GraphOperation.Multiply => new(TapeOperation.MultiplyUniform, value, uniform),
                _ => new(uniform == right ? TapeOperation.SubtractUniform : TapeOperation.SubtractFromUniform, value, uniform),
            };
        }
        if (TryXor(place, out TapeForm xor)) return xor;
        if (node.Operation == GraphOperation.Add && TryScaled(left, right, out TapeForm scaled)) return scaled;
        if (node.Operation == GraphOperation.Add && TryScaled(right, left, out scaled)) return scaled;
        if (IsMergeable(left)) return Merge(left, right, node.Operation, isLeft: true);
        if (IsMergeable(right)) return Merge(right, left, node.Operation, isLeft: false);
        return new(node.Operation switch
        {
            GraphOperation.Add => TapeOperation.Add,
            GraphOperation.Subtract => TapeOperation.Subtract,
            _ => TapeOperation.Multiply,
        }, left, right);
    }

    // x + y - x y - x y, of which nothing is used elsewhere.
    private bool TryXor(int place, out TapeForm form)
    {
        form = default;
        if (_nodes[place] is not { Operation: GraphOperation.Subtract } outer || _nodes[outer.Left] is not { Operation: GraphOperation.Subtract } inner
            || inner.Right != outer.Right || _nodes[inner.Left] is not { Operation: GraphOperation.Add } sum
            || _nodes[outer.Right] is not { Operation: GraphOperation.Multiply } product || (sum.Left, sum.Right) != (product.Left, product.Right)
            || _uses[outer.Left] != 1 || _uses[inner.Left] != 1 || _uses[outer.Right] != 2 || _uniform[sum.Left] || _uniform[sum.Right]) return false;
        form = new(TapeOperation.Xor, sum.Left, sum.Right);
        return true;
    }

    // u x + y, of which the product is not used elsewhere.
    private bool TryScaled(int product, int other, out TapeForm form)
    {
        form = default;
        if (_uses[product] != 1 || _nodes[product] is not { Operation: GraphOperation.Multiply } node || _uniform[node.Left] == _uniform[node.Right]) return false;
        (int value, int uniform) = _uniform[node.Right] ? (node.Left, node.Right) : (node.Right, node.Left);
        if (IsTwo(uniform)) return false;
        form = new(TapeOperation.MultiplyUniformAdd, value, uniform, other);
        return true;
    }

    private bool IsTwo(int node) => _nodes[node] is { Operation: GraphOperation.Constant, Constant: 2 };

    private bool IsMergeable(int node) => _uses[node] == 1 && !_uniform[node]
        && _nodes[node] is { Operation: GraphOperation.Add or GraphOperation.Subtract or GraphOperation.Multiply } inner
        && !_uniform[inner.Left] && !_uniform[inner.Right] && !TryXor(node, out _);

    private TapeForm Merge(int inner, int other, GraphOperation outer, bool isLeft)
    {
        GraphNode node = _nodes[inner];
        int first = node.Operation switch
        {
            GraphOperation.Add => 0,
            GraphOperation.Subtract => 4,
            _ => 8,
        };
        int second = outer switch
        {
            GraphOperation.Add => 0,
            GraphOperation.Subtract => isLeft ? 1 : 2,
            _ => 3,
        };
        return new(TapeOperation.AddAdd + first + second, node.Left, node.Right, other);
    }
}

/// <summary>An instruction on nodes. A uniform second operand of -1 is zero.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="A">The first operand.</param>
/// <param name="B">The second operand, which may be uniform.</param>
/// <param name="C">The third operand, or -1.</param>
internal readonly record struct TapeForm(TapeOperation Operation, int A, int B, int C = -1)
{
    /// <summary>Whether the second operand is the number of a uniform node.</summary>
    public bool IsUniform => Operation is >= TapeOperation.AddUniform and <= TapeOperation.MultiplyUniformAdd;

    /// <summary>The operands that are runs.</summary>
    public int[] Operands => (IsUniform, C < 0) switch
    {
        (true, true) => [A],
        (true, false) => [A, C],
        (false, true) => [A, B],
        _ => [A, B, C],
    };
}
