namespace Prozchain.Zk.Air;

/// <summary>A node of a <see cref="ConstraintGraph"/> under construction, as an expression. Its default value is not usable.</summary>
public readonly struct SymbolicValue : IAirExpression<SymbolicValue>
{
    private readonly GraphNodes _nodes;

    internal SymbolicValue(GraphNodes nodes, int index) => (_nodes, Index) = (nodes, index);

    /// <summary>The place of the node in <see cref="ConstraintGraph.Nodes"/>.</summary>
    public int Index { get; }

    /// <inheritdoc/>
    public static SymbolicValue operator +(SymbolicValue left, SymbolicValue right) => new(left._nodes, left._nodes.Add(left.Index, right.Index));

    /// <inheritdoc/>
    public static SymbolicValue operator -(SymbolicValue left, SymbolicValue right) => new(left._nodes, left._nodes.Subtract(left.Index, right.Index));

    /// <inheritdoc/>
    public static SymbolicValue operator *(SymbolicValue left, SymbolicValue right) => new(left._nodes, left._nodes.Multiply(left.Index, right.Index));

    /// <inheritdoc/>
    public static SymbolicValue operator -(SymbolicValue value) => new(value._nodes, value._nodes.Negate(value.Index));
}
