using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Cells and public values of the tables of proofs, each changed by itself, and what finds the changes.</summary>
/// <param name="seed">Of rows and of what is added.</param>
/// <param name="rows">Rows of each sort, real and padding, of each table, in which every cell is changed; the first and the last are among them.</param>
/// <param name="sought">Cells of each AIR, about, at which changes are sought that one constraint alone finds.</param>
internal sealed class CircuitMutations(ulong seed, int rows, int sought)
{
    // A table of more columns than that has few kinds of rows.
    private const int Wide = 1_000;

    private readonly SeededRandom _random = new(seed);
    private readonly Dictionary<string, MutatedAir> _airs = [];

    /// <summary>What became of each AIR, over all its tables.</summary>
    public IReadOnlyCollection<MutatedAir> Airs => _airs.Values;

    /// <summary>Changes of cells that nothing found.</summary>
    public List<string> Missed { get; } = [];

    /// <summary>Changes of cells.</summary>
    public int Tried { get; private set; }

    /// <summary>The tables of one proof: only these answer their lookups.</summary>
    /// <param name="name">Names the proof.</param>
    /// <param name="airs">Its AIRs.</param>
    /// <param name="tables">Its tables, which are only read, and messages.</param>
    public void Add(string name, IAir[] airs, ProofTables tables)
    {
        HashSet<(string Bus, ulong Message)> answers = [];
        var mutated = new (MutatedTable<F> Table, MutatedAir Air)[airs.Length];
        for (int i = 0; i < airs.Length; i++)
        {
            string key = airs[i].Shape.Name;
            if (!_airs.TryGetValue(key, out MutatedAir? air)) _airs.Add(key, air = new(new(ConstraintGraph.Of(airs[i])), new bool[airs[i].Shape.PublicValues]) { Unsought = sought });
            mutated[i] = (MutatedTable<F>.Of(airs[i], tables.Traces[i], tables.PublicValues[i], air.Coverage), air);
            mutated[i].Table.AddAnswers(answers);
        }
        foreach (PublicMessage<F> message in tables.Messages)
            if (message.Direction == BusDirection.Receive) answers.Add((message.Bus.Name, MutatedTable<F>.Hash(message.Elements.Span)));
        F[] deltas = [F.One, -F.One, F.FromUInt64(2 + _random.NextUInt64(1 << 30))];
        for (int i = 0; i < airs.Length; i++)
        {
            int from = Missed.Count;
            Change(mutated[i].Table, mutated[i].Air, tables.Traces[i], deltas, answers);
            for (int j = from; j < Missed.Count; j++) Missed[j] = $"{name}, table {i}: {Missed[j]}";
            bool[] found = mutated[i].Air.PublicValues;
            for (int value = 0; value < found.Length; value++) found[value] = found[value] || mutated[i].Table.IsPublicFound(value, deltas[^1], answers);
        }
    }

    private void Change(MutatedTable<F> table, MutatedAir air, Trace<F> trace, F[] deltas, HashSet<(string Bus, ulong Message)> answers)
    {
        int real = table.RealRows();
        SortedSet<int> chosen = [];
        Choose(chosen, trace.Width, 0, real);
        Choose(chosen, trace.Width, real, trace.Height);
        (air.HasReal, air.HasPadding) = (air.HasReal || real > 0, air.HasPadding || real < trace.Height);
        foreach (int row in chosen) Tried += table.Change(row, deltas, answers, Missed);
        if (air.Unsought <= 0 || real == 0) return;
        int[] order = [.. Enumerable.Range(0, Math.Min(real + 1, trace.Height))];
        int most = Math.Max(2, air.Unsought / trace.Width);
        if (order.Length > most) order = [.. Enumerable.Range(0, most).Select(_ => _random.Next(order.Length)).Distinct()];
        air.Unsought -= order.Length * trace.Width;
        table.Seek(order, [.. chosen.Take(3), _random.Next(real), _random.Next(real)], deltas, answers);
    }

    private void Choose(SortedSet<int> chosen, int width, int first, int end)
    {
        if (first >= end) return;
        chosen.Add(first);
        chosen.Add(end - 1);
        for (int i = width > Wide ? rows : 2; i < rows; i++) chosen.Add(_random.Next(first, end));
    }
}
