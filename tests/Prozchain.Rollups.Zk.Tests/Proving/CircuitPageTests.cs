using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Air;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>docs/rollup-circuit.md has the tables, columns, constraints and interactions that the keys have.</summary>
public sealed partial class CircuitPageTests
{
    private const string ConstraintHead = "| constraint | n | degree | what it says |", BusHead = "| bus | side | n | times a row |";

    private static readonly GeneratedPage s_page = new("rollup-circuit.md");
    private static readonly IAir[] s_segment = BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), s_tree = BatchCircuit<Cells>.TreeAirs();

    /// <summary>One of each type, as the page describes it.</summary>
    public static TheoryData<string> Airs => [.. s_segment.Concat(s_tree).Select(NameOf).Distinct()];

    [Fact]
    public void Tables_AreThoseOfTheKeys()
    {
        s_page.Check("tables of a segment", Summary<SegmentTable>(s_segment));
        s_page.Check("tables of the tree", Summary<TreeTable>(s_tree));
        string[] sections = [.. s_page.Lines.Where(line => line.StartsWith("### ", StringComparison.Ordinal) && line.EndsWith("Air", StringComparison.Ordinal)).Select(line => line[4..])];
        Assert.Equal(s_segment.Concat(s_tree).Select(NameOf).Distinct().Order(), sections.Order());
    }

    /// <summary>Each bus with both its sides, tables by their places in the keys, and what only a verifier says.</summary>
    [Fact]
    public void Buses_AreThoseOfTheKeys()
    {
        Dictionary<string, (Bus Bus, SortedSet<string> Senders, SortedSet<string> Receivers)> buses = [];
        foreach (IAir air in s_segment.Concat(s_tree))
        {
            foreach (GraphInteraction interaction in ConstraintGraph.Of(air).Interactions)
            {
                if (!buses.TryGetValue(interaction.Bus.Name, out var sides)) buses.Add(interaction.Bus.Name, sides = (interaction.Bus, [], []));
                (interaction.Direction == BusDirection.Send ? sides.Senders : sides.Receivers).Add(NameOf(air)[..^3]);
            }
        }
        s_page.Check("buses", said => ["| bus | kind | elements | senders | receivers | verifier |", "|---|---|---|---|---|---|", .. buses.Values.Select(sides =>
            $"| {sides.Bus.Name} | {(BatchCircuit<Cells>.Between.Buses.Contains(sides.Bus) ? "shared, " : "")}{sides.Bus.Kind.ToString().ToLowerInvariant()} | {sides.Bus.Length} | {string.Join(", ", sides.Senders)} | {string.Join(", ", sides.Receivers)} | {Verifier(sides.Bus)} |")]);

        static string Verifier(Bus bus) => bus == RollupBuses.Payment ? "sends" : s_known.Contains(bus) ? "receives" : "";
    }

    [Theory]
    [MemberData(nameof(Airs))]
    public void Columns_AreThoseOfTheTable(string name)
    {
        IAir air = Of(name);
        Type? named = typeof(BatchCircuit<>).Assembly.GetType($"Prozchain.Rollups.Zk.Circuit.{name[..^3]}Columns");
        int at = 0;
        string[][] rows = GeneratedPage.Table(s_page.Section(name), "| columns |");
        Assert.NotEmpty(rows);
        foreach (string[] row in rows)
        {
            int count = int.Parse(row[1], CultureInfo.InvariantCulture);
            foreach (Match match in Constants().Matches(row[0]))
            {
                string constant = match.Groups[1].Value;
                FieldInfo? field = new[] { named, air.GetType() }.Select(type => type?.GetField(constant, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).FirstOrDefault(found => found is not null);
                Assert.True(field is not null, $"Expected a constant {constant} of {name}.");
                int value = Convert.ToInt32(field!.GetValue(null), CultureInfo.InvariantCulture);
                Assert.True(value >= at && value < at + count, $"Expected {constant} of {name} from {at} to {at + count - 1}, got {value}.");
            }
            at += count;
        }
        Assert.Equal(air.Shape.Width, at);
    }

    [Theory]
    [MemberData(nameof(Airs))]
    public void Constraints_AreThoseOfTheTable(string name)
    {
        ConstraintGraph graph = ConstraintGraph.Of(Of(name));
        s_page.Check($"constraints of {name}", said =>
        {
            Dictionary<string, string> says = GeneratedPage.Table(said, "| constraint |").ToDictionary(row => row[0], row => row[3]);
            return [ConstraintHead, "|---|---|---|---|", .. graph.Constraints.GroupBy(constraint => constraint.Label).Select(group =>
                $"| {group.Key} | {group.Count()} | {group.Max(constraint => constraint.Degree)} | {says.GetValueOrDefault(group.Key, "")} |")];
        });
        Assert.All(GeneratedPage.Table(s_page.Section(name), "| constraint |"), row => Assert.True(row[3].Length > 0, $"Expected words for {row[0]} of {name}."));
        s_page.Check($"interactions of {name}", [BusHead, "|---|---|---|---|", .. graph.Interactions.GroupBy(interaction => (interaction.Bus, interaction.Direction, interaction.Bound)).Select(group =>
            $"| {group.Key.Bus.Name} | {(group.Key.Direction == BusDirection.Send ? "sends" : "receives")} | {group.Count()} | {(group.Key.Bound == 0 ? "any" : $"{group.Key.Bound}")} |")]);
    }

    private static readonly Bus[] s_known =
    [
        RollupBuses.Byte, RollupBuses.Chunk, RollupBuses.Exit, RollupBuses.Field, RollupBuses.PayloadHash, RollupBuses.Judged, RollupBuses.Signed,
    ];

    private static IAir Of(string name) => s_segment.Concat(s_tree).First(air => NameOf(air) == name);

    private static string NameOf(IAir air) => air.GetType().Name.Split('`')[0];

    private static IEnumerable<string> Summary<TTable>(IAir[] airs) where TTable : struct, Enum
    {
        Assert.Equal(Enum.GetValues<TTable>().Length, airs.Length);
        yield return "| table | AIR | columns | fixed | public values | constraints | interactions | degree | lookup columns | rows |";
        yield return "|---|---|---|---|---|---|---|---|---|---|";
        (int columns, int constraints, int interactions, int lookups) = (0, 0, 0, 0);
        foreach ((IAir air, TTable table) in airs.Zip(Enum.GetValues<TTable>()))
        {
            ConstraintGraph graph = ConstraintGraph.Of(air);
            StarkShape shape = StarkKey.ShapeOf<F>([air], BatchCircuit<Cells>.LeastLogRows, BatchCircuit<Cells>.MostLogRows, shared: air is TokenAir ? BatchCircuit<Cells>.Between : null);
            (columns, constraints, interactions, lookups) = (columns + shape.Columns, constraints + graph.Constraints.Count, interactions + graph.Interactions.Count, lookups + shape.LookupColumns);
            yield return $"| {table} | {NameOf(air)} | {air.Shape.Width} | {air.Shape.PreprocessedWidth} | {air.Shape.PublicValues} | {graph.Constraints.Count} | {graph.Interactions.Count} | {graph.MaxDegree} | {shape.LookupColumns} | {(air.Shape.Height == 0 ? "any" : air.Shape.Height)} |";
        }
        yield return $"| all | | {columns} | | | {constraints} | {interactions} | | {lookups} | |";
    }

    [GeneratedRegex("`([A-Za-z0-9]+)`")]
    private static partial Regex Constants();
}
