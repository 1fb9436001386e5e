using System.Buffers;
using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// The constraints and interactions of an AIR as a graph of expressions in which equal ones are shared: for degrees and
/// counts, and what kernels are generated from. No node is without use. Deterministic: the same AIR gives the same nodes in the same order.
/// Immutable and thread-safe.
/// </summary>
public sealed class ConstraintGraph
{
    private readonly GraphNode[] _nodes;

    private ConstraintGraph(AirShape shape, AirPart part, GraphNode[] nodes, GraphConstraint[] constraints, GraphInteraction[] interactions)
    {
        (Shape, Part) = (shape, part);
        _nodes = nodes;
        Constraints = constraints;
        Interactions = interactions;
        foreach (GraphConstraint constraint in constraints) MaxDegree = Math.Max(MaxDegree, constraint.Degree);
        foreach (GraphInteraction interaction in interactions) MaxInteractionDegree = Math.Max(MaxInteractionDegree, interaction.Degree);
    }

    /// <summary>The shape of the AIR.</summary>
    public AirShape Shape { get; }

    /// <summary>The half of the AIR that it records, or the whole.</summary>
    internal AirPart Part { get; }

    /// <summary>The expressions; operands come before what uses them.</summary>
    public ReadOnlyMemory<GraphNode> Nodes => _nodes;

    /// <summary>The constraints, in the order in which the AIR states them.</summary>
    public IReadOnlyList<GraphConstraint> Constraints { get; }

    /// <summary>The interactions, in the order in which the AIR states them.</summary>
    public IReadOnlyList<GraphInteraction> Interactions { get; }

    /// <summary>The largest degree of a constraint, its selector of rows included; lookups are not counted.</summary>
    public int MaxDegree { get; }

    /// <summary>The largest degree of a multiplicity or an element of a message; 0 without interactions.</summary>
    public int MaxInteractionDegree { get; }

    /// <summary>Records an AIR.</summary>
    /// <exception cref="ArgumentException">The AIR contradicts its shape, or an interaction its bus.</exception>
    public static ConstraintGraph Of<TAir>(TAir air) where TAir : IAir => Of(air, default);

    /// <summary>Records a part of an AIR.</summary>
    internal static ConstraintGraph Of<TAir>(TAir air, AirPart part) where TAir : IAir
    {
        AirShape shape = air.Shape;
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Width, 1, nameof(air));
        foreach (ReadOnlyMemory<ulong> column in shape.Periodic)
        {
            if (!BitOperations.IsPow2(column.Length)) throw new ArgumentException($"Expected a period of a power of two, got {column.Length} in {shape.Name}.", nameof(air));
        }
        GraphNodes nodes = new();
        List<GraphConstraint> constraints = [];
        List<GraphInteraction> interactions = [];
        SymbolicBuilder builder = new(shape, nodes, constraints, interactions, part);
        air.Eval<SymbolicBuilder, SymbolicValue>(ref builder);
        (GraphNode[] kept, int[] places) = nodes.Compact([.. constraints.Select(constraint => constraint.Node),
            .. interactions.SelectMany(interaction => (int[])[interaction.Multiplicity, .. interaction.Message.Span])]);
        return new(shape, part, kept, [.. constraints.Select(constraint => constraint with { Node = places[constraint.Node] })],
            [.. interactions.Select(interaction => Move(interaction, places))]);
    }

    /// <summary>
    /// Writes bytes that two graphs share exactly if they state the same: for a transcript to bind a proof to its AIR.
    /// Names of AIRs and labels do not count. Version 0: a byte 0, then shape, nodes, constraints and interactions.
    /// </summary>
    /// <exception cref="ArgumentException">The name of a bus is not valid UTF-16.</exception>
    public void Describe(IBufferWriter<byte> output) => GraphDescription.Write(this, output);

    private static GraphInteraction Move(GraphInteraction interaction, int[] places) => interaction with
    {
        Multiplicity = places[interaction.Multiplicity],
        Message = interaction.Message.ToArray().Select(node => places[node]).ToArray(),
    };

    /// <summary>How often an operation occurs: the cost of a row.</summary>
    public int Count(GraphOperation operation) => _nodes.Count(node => node.Operation == operation);

    /// <summary>The degree of every node in columns: of cells and periodic values 1, of constants and public values 0.</summary>
    internal int[] Degrees()
    {
        var degrees = new int[_nodes.Length];
        for (int i = 0; i < degrees.Length; i++)
        {
            GraphNode node = _nodes[i];
            degrees[i] = node.Operation switch
            {
                GraphOperation.Constant or GraphOperation.Public => 0,
                < GraphOperation.Add => 1,
                GraphOperation.Multiply => degrees[node.Left] + degrees[node.Right],
                GraphOperation.Negate => degrees[node.Left],
                _ => Math.Max(degrees[node.Left], degrees[node.Right]),
            };
        }
        return degrees;
    }

    /// <summary>The value of every node at a point: the oracle of generated kernels.</summary>
    /// <param name="point">The point.</param>
    /// <param name="values">As many elements as <see cref="Nodes"/>.</param>
    public void Evaluate<TField>(AirPoint<TField> point, Span<TField> values) where TField : struct, IField<TField>
    {
        if (values.Length != _nodes.Length) throw new ArgumentException($"Expected {_nodes.Length} elements, got {values.Length}.", nameof(values));
        for (int i = 0; i < _nodes.Length; i++)
        {
            GraphNode node = _nodes[i];
            values[i] = node.Operation switch
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
    }
}
