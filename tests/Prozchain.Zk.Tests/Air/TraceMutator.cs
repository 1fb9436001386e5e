using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Air;

/// <summary>
/// Takes tables that check, changes single cells and says which changes nothing finds: each column of each table in some real
/// rows and some padding rows, by one, minus one and a random element. Only what depends on the cell is evaluated again, so that
/// tables of thousands of columns take moments.
/// </summary>
/// <remarks>
/// Stricter than checking the changed tables with <see cref="TraceChecker{TField}"/>, since a prover counts anew what he asks: on a
/// bus of kind <see cref="BusKind.Lookup"/> a changed ask is found only if no row could answer it, whether anybody asked that row
/// before or not. A row could answer whose multiplicity is not zero, or is a cell that no constraint refers to.
/// </remarks>
/// <typeparam name="TField">The field of the traces.</typeparam>
/// <param name="seed">Of the rows and elements drawn.</param>
/// <param name="rows">Rows of each sort, real and padding, in which cells are changed; the first and the last are among them.</param>
internal sealed class TraceMutator<TField>(ulong seed, int rows = 3) where TField : struct, IField<TField>
{
    private readonly TraceChecker<TField> _checker = new();
    private readonly List<(MutatedTable<TField> Table, SortedSet<int> Rows)> _tables = [];
    private readonly HashSet<(string Bus, ulong Message)> _answers = [];
    private readonly SeededRandom _random = new(seed);

    /// <summary>A table whose cells are changed.</summary>
    /// <param name="air">The AIR.</param>
    /// <param name="trace">Its trace, of at least 2 rows, which is only read.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="real">How many rows, the first ones, are real; all others are padding.</param>
    /// <param name="also">Further rows to change cells in, such as those of a rare kind.</param>
    public TraceMutator<TField> Add<TAir>(TAir air, Trace<TField> trace, ReadOnlySpan<TField> publicValues, int real, params ReadOnlySpan<int> also) where TAir : IAir
    {
        SortedSet<int> chosen = [.. also];
        Choose(chosen, 0, Math.Min(real, trace.Height));
        Choose(chosen, real, trace.Height);
        _tables.Add((Enter(air, trace, publicValues), chosen));
        return this;
    }

    /// <summary>A table that others ask, and that stays as it is.</summary>
    public TraceMutator<TField> Answer<TAir>(TAir air, Trace<TField> trace, params ReadOnlySpan<TField> publicValues) where TAir : IAir
    {
        Enter(air, trace, publicValues);
        return this;
    }

    /// <summary>A message from outside the tables.</summary>
    public TraceMutator<TField> Post(Bus bus, BusDirection direction, TField multiplicity, ReadOnlySpan<TField> message)
    {
        _checker.Post(bus, direction, multiplicity, message);
        if (direction == BusDirection.Receive) _answers.Add((bus.Name, MutatedTable<TField>.Hash(message)));
        return this;
    }

    /// <summary>Checks the tables as they are, and then each change.</summary>
    public MutationReport Run()
    {
        Assert.Empty(_checker.Faults());
        List<string> missed = [], labels = [];
        int tried = 0;
        TField[] deltas = [TField.One, -TField.One, TField.FromUInt64(2 + _random.NextUInt64(1 << 30))];
        foreach ((MutatedTable<TField> table, SortedSet<int> chosen) in _tables)
        {
            foreach (int row in chosen) tried += table.Change(row, deltas, _answers, missed);
            labels.AddRange(table.Unviolated);
        }
        return new(tried, missed, labels);
    }

    private MutatedTable<TField> Enter<TAir>(TAir air, Trace<TField> trace, ReadOnlySpan<TField> publicValues) where TAir : IAir
    {
        _checker.Add(air, trace, publicValues);
        MutatedTable<TField> table = MutatedTable<TField>.Of(air, trace, publicValues);
        table.AddAnswers(_answers);
        return table;
    }

    private void Choose(SortedSet<int> chosen, int first, int end)
    {
        if (first >= end) return;
        chosen.Add(first);
        chosen.Add(end - 1);
        for (int i = 2; i < rows; i++) chosen.Add(_random.Next(first, end));
    }
}
