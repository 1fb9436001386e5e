using System.Numerics;
using Prozchain.Zk.Air;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>What verifier and prover know of a table before they see a proof.</summary>
internal sealed class TableFacts
{
    public TableFacts(Plonky3Table table, Dictionary<string, (int Number, int Length)> buses)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(table.Air);
        Air = table.Air;
        Shape = table.Air.Shape;
        if (Shape.Periodic.Count > 0) throw new ArgumentException($"Expected no periodic columns, got {Shape.Periodic.Count} in {Shape.Name}.", nameof(table));
        LogRows = table.LogRows >= 0 ? table.LogRows : Shape.Height > 0 ? BitOperations.Log2((uint)Shape.Height) : -1;
        if (LogRows > 26) throw new ArgumentException($"Expected at most 2^26 rows, got 2^{LogRows} in {Shape.Name}.", nameof(table));
        if (Shape.PreprocessedWidth > 0 && LogRows < 0)
            throw new ArgumentException($"Expected the rows of {Shape.Name}, which has preprocessed columns, got none.", nameof(table));

        ConstraintGraph graph = ConstraintGraph.Of(Air);
        (OpensNext, OpensPreprocessedNext) = (table.OpensNext, table.OpensPreprocessedNext);
        if ((!OpensNext && graph.Count(GraphOperation.Next) > 0) || (!OpensPreprocessedNext && graph.Count(GraphOperation.PreprocessedNext) > 0))
            throw new ArgumentException($"Expected openings at the next point for {Shape.Name}, which reads the next row, got none.", nameof(table));
        foreach (GraphInteraction interaction in graph.Interactions) CountBound += interaction.Bound;
        int degree = graph.MaxDegree;
        int[] degrees = Degrees(graph);
        Buses = new int[graph.Interactions.Count];
        for (int i = 0; i < Buses.Length; i++)
        {
            GraphInteraction interaction = graph.Interactions[i];
            if (!buses.TryGetValue(interaction.Bus.Name, out (int Number, int Length) bus)) buses[interaction.Bus.Name] = bus = (buses.Count, interaction.Bus.Length);
            // The shorter message would be the longer one with zeros before it.
            if (bus.Length != interaction.Bus.Length)
                throw new ArgumentException($"Expected {bus.Length} elements on bus {interaction.Bus.Name}, got {interaction.Bus.Length} in {Shape.Name}.", nameof(table));
            Buses[i] = bus.Number;
            TupleWidth = Math.Max(TupleWidth, interaction.Message.Length);
            // message * fraction - count; and the last row's selector on the running sum.
            foreach (int node in interaction.Message.Span) degree = Math.Max(degree, degrees[node] + 1);
            degree = Math.Max(Math.Max(degree, degrees[interaction.Multiplicity]), 2);
        }
        Degree = degree;
    }

    public IAir Air { get; }

    public AirShape Shape { get; }

    /// <summary>log2 of the rows, or -1 if the proof says it.</summary>
    public int LogRows { get; }

    public bool OpensNext { get; }

    public bool OpensPreprocessedNext { get; }

    /// <summary>The most that a row adds to the multiplicities that are bounded.</summary>
    public ulong CountBound { get; }

    /// <summary>The number of the bus of each lookup, in the order of the AIR.</summary>
    public int[] Buses { get; }

    public bool HasLookups => Buses.Length > 0;

    /// <summary>Extension columns of the lookup matrix: the running sum and a fraction for each lookup.</summary>
    public int LookupColumns => HasLookups ? 1 + Buses.Length : 0;

    /// <summary>Elements of the longest message.</summary>
    public int TupleWidth { get; }

    /// <summary>The largest degree of a constraint, lookups included.</summary>
    public int Degree { get; }

    /// <summary>Chunks that the quotient is committed in.</summary>
    public int Chunks(bool hiding)
    {
        int degree = Math.Max(Degree + (hiding ? 1 : 0), 2);
        return (int)BitOperations.RoundUpToPowerOf2((uint)(degree - 1)) << (hiding ? 1 : 0);
    }

    private static int[] Degrees(ConstraintGraph graph)
    {
        ReadOnlySpan<GraphNode> nodes = graph.Nodes.Span;
        var degrees = new int[nodes.Length];
        for (int i = 0; i < degrees.Length; i++)
        {
            GraphNode node = nodes[i];
            degrees[i] = node.Operation switch
            {
                GraphOperation.Constant or GraphOperation.Public => 0,
                GraphOperation.Add or GraphOperation.Subtract => Math.Max(degrees[node.Left], degrees[node.Right]),
                GraphOperation.Multiply => degrees[node.Left] + degrees[node.Right],
                GraphOperation.Negate => degrees[node.Left],
                _ => 1,
            };
        }
        return degrees;
    }
}
