using Prozchain.Zk.Air;

namespace Prozchain.Zk.Lookups;

/// <summary>
/// The lookups of one table: its interactions in groups, each with a column f that holds the sum of its fractions, after
/// one column S of the running sum. Columns are over the extension. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Constraints, after those of the AIR: for each group f Π v_i - Σ ±m_i Π_(j≠i) v_j, all rows (a message sent counts
/// positively); S on the first; S' - S - Σ f on all but the last; terminal - S - Σ f on the last. The terminals of all
/// tables add up to zero.
/// </remarks>
internal sealed class TableLookups
{
    private readonly int[] _buses;

    /// <param name="graph">The table.</param>
    /// <param name="buses">The number of each interaction's bus.</param>
    /// <param name="messageLength">The longest message of the statement.</param>
    public TableLookups(ConstraintGraph graph, int[] buses, int messageLength)
    {
        Graph = graph;
        _buses = buses;
        MessageLength = messageLength;
        Groups = Group(graph);
        foreach (LookupGroup group in Groups) Degree = Math.Max(Degree, group.Degree);
        if (HasAny) Degree = Math.Max(Degree, 2);
    }

    /// <summary>The table's constraints and interactions.</summary>
    public ConstraintGraph Graph { get; }

    /// <summary>The interactions, in the AIR's order.</summary>
    public IReadOnlyList<GraphInteraction> Interactions => Graph.Interactions;

    /// <summary>Whether there are interactions.</summary>
    public bool HasAny => Groups.Count > 0;

    /// <summary>W, the longest message of the statement.</summary>
    public int MessageLength { get; }

    /// <summary>Runs of interactions that share a column.</summary>
    public IReadOnlyList<LookupGroup> Groups { get; }

    /// <summary>Columns over the extension: S, then f of each group; 0 without interactions.</summary>
    public int Columns => HasAny ? Groups.Count + 1 : 0;

    /// <summary>Constraints after those of the AIR; 0 without interactions.</summary>
    public int Constraints => HasAny ? Groups.Count + 3 : 0;

    /// <summary>Constraints in all.</summary>
    public int AllConstraints => Graph.Constraints.Count + Constraints;

    /// <summary>The largest degree of these constraints, counted like those of the AIR; 0 without interactions.</summary>
    public int Degree { get; }

    /// <summary>The largest degree of all constraints of the table.</summary>
    public int MaxDegree => Math.Max(Graph.MaxDegree, Degree);

    /// <summary>The number of an interaction's bus.</summary>
    public int Bus(int interaction) => _buses[interaction];

    private static LookupGroup[] Group(ConstraintGraph graph)
    {
        int[] degrees = graph.Degrees();
        int limit = Math.Max(3, graph.MaxDegree);
        List<LookupGroup> groups = [];
        LookupGroup open = default;
        int values = 0, numerators = 0;
        for (int i = 0; i < graph.Interactions.Count; i++)
        {
            GraphInteraction interaction = graph.Interactions[i];
            int multiplicity = degrees[interaction.Multiplicity], value = 0;
            foreach (int node in interaction.Message.Span) value = Math.Max(value, degrees[node]);
            // The sum of the fractions so far is of degree numerators over values; a fraction more crosses them.
            int nextNumerators = open.Count == 0 ? multiplicity : Math.Max(numerators + value, multiplicity + values), nextValues = values + value;
            int degree = Math.Max(1 + nextValues, nextNumerators);
            if (open.Count > 0 && degree > limit)
            {
                groups.Add(open);
                (open, nextNumerators, nextValues, degree) = (default, multiplicity, value, Math.Max(1 + value, multiplicity));
            }
            open = new(open.Count == 0 ? i : open.First, open.Count + 1, degree);
            (values, numerators) = (nextValues, nextNumerators);
        }
        if (open.Count > 0) groups.Add(open);
        return [.. groups];
    }
}

/// <summary>Interactions that share a column.</summary>
/// <param name="First">The first one.</param>
/// <param name="Count">How many.</param>
/// <param name="Degree">The degree of their constraint.</param>
internal readonly record struct LookupGroup(int First, int Count, int Degree);
