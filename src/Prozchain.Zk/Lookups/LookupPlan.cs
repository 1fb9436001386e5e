using Prozchain.Zk.Air;

namespace Prozchain.Zk.Lookups;

/// <summary>
/// How the tables of one statement exchange messages: the numbers of the buses, the groups of each table's interactions
/// and the bounds that keep multiplicities from wrapping around the field. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// LogUp (Haböck, "Multivariate lookups based on logarithmic derivatives", 2022/1530): with a random alpha, the messages sent
/// are those received exactly if the sums of multiplicity / value over all rows are equal. A message's value is
/// alpha + Σ beta^j m_j + beta^W (bus + 1), W being the length of the longest message of the statement.
/// </remarks>
internal sealed class LookupPlan
{
    private readonly BusBound[] _bounds;
    private readonly Dictionary<Bus, int> _numbers;

    private LookupPlan(Bus[] buses, Dictionary<Bus, int> numbers, int messageLength, TableLookups[] tables, BusBound[] bounds, LookupPlan? shared)
    {
        Shared = shared;
        Buses = buses;
        _numbers = numbers;
        MessageLength = messageLength;
        Tables = tables;
        _bounds = bounds;
    }

    /// <summary>The buses, by number: in the order in which the tables first use them, unless they were declared.</summary>
    public IReadOnlyList<Bus> Buses { get; }

    /// <summary>W, the elements of the longest message without the number of its bus; 0 without interactions.</summary>
    public int MessageLength { get; }

    /// <summary>Each table's part.</summary>
    public IReadOnlyList<TableLookups> Tables { get; }

    /// <summary>Whether any table has interactions.</summary>
    public bool HasLookups => Buses.Count > 0;

    /// <summary>Sums of bound * height that must each stay below the characteristic: one for each bus and bounded side.</summary>
    public IReadOnlyList<BusBound> Bounds => _bounds;

    /// <summary>The same for the buses that the statement shares with others of its list, over the tables that use them; or null.</summary>
    public LookupPlan? Shared { get; }

    /// <param name="tables">The graphs of all tables of the statement, in its order.</param>
    /// <param name="declared">The buses, if their numbers do not follow from the tables.</param>
    /// <param name="shared">The plan of the shared buses, if there are some.</param>
    public static LookupPlan Of(IReadOnlyList<ConstraintGraph> tables, SharedBuses? declared = null, LookupPlan? shared = null)
    {
        List<Bus> buses = [.. declared?.Buses ?? []];
        Dictionary<Bus, int> numbers = buses.Index().ToDictionary(bus => bus.Item, bus => bus.Index);
        Dictionary<(int Bus, BusDirection Direction), List<BoundTerm>> terms = [];
        int longest = declared?.MessageLength ?? 0;
        foreach ((int table, ConstraintGraph graph) in tables.Index())
        {
            foreach (GraphInteraction interaction in graph.Interactions)
            {
                longest = Math.Max(longest, interaction.Message.Length);
                if (!numbers.TryGetValue(interaction.Bus, out int bus))
                {
                    numbers.Add(interaction.Bus, bus = buses.Count);
                    buses.Add(interaction.Bus);
                }
                if (interaction.Direction == BusDirection.Receive && interaction.Bus.Kind == BusKind.Lookup) continue;
                if (!terms.TryGetValue((bus, interaction.Direction), out List<BoundTerm>? side)) terms.Add((bus, interaction.Direction), side = []);
                side.Add(new(table, interaction.Bound));
            }
        }
        TableLookups[] plans = [.. tables.Select(graph => new TableLookups(graph, [.. graph.Interactions.Select(interaction => numbers[interaction.Bus])], longest))];
        return new([.. buses], numbers, longest, plans, [.. terms.Select(side => new BusBound(side.Key.Bus, side.Key.Direction, side.Value))], shared);
    }

    /// <summary>The number of a bus, if a table uses it.</summary>
    public bool TryNumber(Bus bus, out int number) => _numbers.TryGetValue(bus, out number);

    /// <summary>Whether no sum of bounded multiplicities can reach the characteristic at these heights.</summary>
    /// <param name="logHeights">log2 of the rows of each table, 0 to 62.</param>
    /// <param name="characteristic">Of the base field.</param>
    /// <param name="publicMessages">The most public messages, all of which may be one on one side.</param>
    public bool IsBounded(ReadOnlySpan<int> logHeights, ulong characteristic, int publicMessages = 0)
    {
        foreach (BusBound bound in _bounds)
        {
            if (bound.Sum(logHeights) + (uint)publicMessages >= characteristic) return false;
        }
        return true;
    }

    /// <summary>M, the fractions that the argument adds up: interactions times rows, over all tables.</summary>
    /// <param name="logHeights">log2 of the rows of each table, 0 to 62.</param>
    public UInt128 Fractions(ReadOnlySpan<int> logHeights)
    {
        UInt128 sum = 0;
        for (int table = 0; table < Tables.Count; table++) sum += (UInt128)(uint)Tables[table].Interactions.Count << logHeights[table];
        return sum;
    }
}

/// <summary>The largest multiplicity of one interaction in a row.</summary>
/// <param name="Table">The table.</param>
/// <param name="Bound">The bound.</param>
internal readonly record struct BoundTerm(int Table, uint Bound);

/// <summary>The interactions of one side of a bus whose multiplicities add up without wrapping.</summary>
/// <param name="Bus">The bus' number.</param>
/// <param name="Direction">The side.</param>
/// <param name="Terms">One for each interaction.</param>
internal sealed record BusBound(int Bus, BusDirection Direction, IReadOnlyList<BoundTerm> Terms)
{
    /// <summary>The most that the multiplicities of one message can add up to.</summary>
    public UInt128 Sum(ReadOnlySpan<int> logHeights)
    {
        UInt128 sum = 0;
        foreach (BoundTerm term in Terms) sum += (UInt128)term.Bound << logHeights[term.Table];
        return sum;
    }
}
