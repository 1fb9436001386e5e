namespace Prozchain.Zk.Air;

/// <summary>Records what an AIR states as a graph, and refuses what its shape does not hold.</summary>
internal readonly struct SymbolicBuilder(AirShape shape, GraphNodes nodes, List<GraphConstraint> constraints, List<GraphInteraction> interactions, AirPart part = default)
    : IAirBuilder<SymbolicValue>
{
    public SymbolicValue Local(int column) => Cell(GraphOperation.Local, column, shape.Width);

    public SymbolicValue Next(int column) => Cell(GraphOperation.Next, column, shape.Width);

    public SymbolicValue Preprocessed(int column) => Cell(GraphOperation.Preprocessed, column, shape.PreprocessedWidth);

    public SymbolicValue PreprocessedNext(int column) => Cell(GraphOperation.PreprocessedNext, column, shape.PreprocessedWidth);

    public SymbolicValue Periodic(int column) => Cell(GraphOperation.Periodic, column, shape.Periodic.Count);

    public SymbolicValue Public(int index) => Cell(GraphOperation.Public, index, shape.PublicValues);

    public SymbolicValue Constant(ulong value) => new(nodes, nodes.Constant(value));

    public void AssertZero(Rows rows, SymbolicValue value, string label, int index = -1)
    {
        if (!part.HasConstraints) return;
        int degree = nodes.Degree(value.Index) + (rows is Rows.First or Rows.Last ? 1 : 0);
        constraints.Add(new(rows, value.Index, degree, label, index));
    }

    public void Interact(Bus bus, BusDirection direction, SymbolicValue multiplicity, scoped ReadOnlySpan<SymbolicValue> message, uint bound)
    {
        bus.Require(direction, message.Length, bound);
        if (bound > 0 && nodes.IsBeyond(multiplicity.Index, bound))
            throw new ArgumentException($"Expected a multiplicity of 0 to {bound} on bus {bus.Name}, got a constant that is not.", nameof(multiplicity));
        if (!part.Has(bus)) return;
        int degree = nodes.Degree(multiplicity.Index);
        var places = new int[message.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = message[i].Index;
            degree = Math.Max(degree, nodes.Degree(places[i]));
        }
        interactions.Add(new(bus, direction, multiplicity.Index, places, bound, degree));
    }

    private SymbolicValue Cell(GraphOperation kind, int column, int count)
    {
        if ((uint)column >= (uint)count) throw new ArgumentOutOfRangeException(nameof(column), column, $"Expected one of {count} of kind {kind} in {shape.Name}.");
        return new(nodes, nodes.Cell(kind, column));
    }
}
