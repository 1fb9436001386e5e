using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Tests.Air;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The tables of the state's tree, made of an update that may be a lie, with what stands in for the tables that they ask and answer.</summary>
internal sealed class TrieTables
{
    private const int NodeTables = 3;

    private static readonly RangeTableAir s_range = new(Limbs.Bits);

    private readonly StateUpdate _update;
    private readonly (Digest32 Key, Eight Before, Eight After)[] _tokens;

    /// <param name="update">The rows.</param>
    /// <param name="before">The public root before.</param>
    /// <param name="after">The public root after.</param>
    /// <param name="tokens">What the segments make of leaves.</param>
    /// <param name="lanes">Nodes of a row.</param>
    /// <param name="leastLogRows">log2 of the fewest rows of a table.</param>
    public TrieTables(StateUpdate update, Eight before, Eight after, (Digest32 Key, Eight Before, Eight After)[] tokens, int lanes = 1, int leastLogRows = 0)
    {
        (_update, _tokens, Lanes) = (update, tokens, lanes);
        Roots = CloseAir.PublicValues(before, after);
        ReadOnlySpan<TrieRow> nodes = [.. update.Nodes];
        foreach (int share in new TrieAir<Cells>(lanes).Shares(nodes.Length, NodeTables))
        {
            Nodes.Add(new TrieAir<Cells>(lanes).Generate(nodes[..share], Asks, leastLogRows));
            nodes = nodes[share..];
        }
        Growths = GrowthAir<Cells>.Generate([.. update.Growths], Asks, leastLogRows);
        Accounts = LeavesAir.Generate([.. update.Accounts], Asks, leastLogRows);
        CellLeaves = CellLeavesAir.Generate([.. update.Cells], Asks, leastLogRows);
        Close = CloseAir.Generate(update.Root, leastLogRows);
    }

    public TrieTables(TrieCase batch, int lanes = 1, int leastLogRows = 0)
        : this(batch.Update, TrieCase.Digest(batch.Before), TrieCase.Digest(batch.After), batch.Tokens, lanes, leastLogRows)
    {
    }

    public int Lanes { get; }

    /// <summary>What the tables ask, counted.</summary>
    public TrieAsks Asks { get; } = new();

    public F[] Roots { get; }

    public List<Trace<F>> Nodes { get; } = [];

    public Trace<F> Growths { get; }

    public Trace<F> Accounts { get; }

    public Trace<F> CellLeaves { get; }

    public Trace<F> Close { get; }

    /// <summary>What is wrong with the tables.</summary>
    public IReadOnlyList<TraceFault> Faults()
    {
        var checker = new TraceChecker<F>();
        foreach (Trace<F> nodes in Nodes) checker.Add(new TrieAir<Cells>(Lanes), nodes);
        checker.Add(new GrowthAir<Cells>(), Growths).Add(new LeavesAir(), Accounts).Add(new CellLeavesAir(), CellLeaves).Add(new CloseAir(), Close, Roots);
        checker.Add(new TriePlacesAir(), TriePlacesAir.Generate(Asks)).Add(s_range, s_range.Generate<F>(Asks.Values));
        Others((bus, message) => checker.Post(bus, BusDirection.Receive, F.One, message));
        return checker.Faults();
    }

    /// <summary>Asks of a range one value less and another, if it is in range, instead.</summary>
    public void AskInstead(uint before, uint after)
    {
        Asks.Values[before]--;
        if (after < Limbs.Radix) Asks.Values[after]++;
    }

    /// <summary>Changes cells of all tables.</summary>
    public MutationReport Mutate()
    {
        var mutator = new TraceMutator<F>(1);
        foreach ((Trace<F> nodes, int share) in Nodes.Zip(new TrieAir<Cells>(Lanes).Shares(_update.Nodes.Count, NodeTables)))
            mutator.Add(new TrieAir<Cells>(Lanes), nodes, [], (share + Lanes - 1) / Lanes);
        int forks = _update.Growths.FindIndex(row => row.Forks), passes = _update.Growths.FindIndex(row => !row.Forks);
        mutator.Add(new GrowthAir<Cells>(), Growths, [], _update.Growths.Count, forks, passes);
        mutator.Add(new LeavesAir(), Accounts, [], _update.Accounts.Count);
        mutator.Add(new CellLeavesAir(), CellLeaves, [], _update.Cells.Count, [.. Enumerable.Range(0, _update.Cells.Count)]);
        mutator.Add(new CloseAir(), Close, Roots, 1);
        mutator.Answer(new TriePlacesAir(), TriePlacesAir.Generate(Asks)).Answer(s_range, s_range.Generate<F>(Asks.Values));
        Others((bus, message) => mutator.Post(bus, BusDirection.Receive, F.One, message));
        return mutator.Run();
    }

    /// <summary>What segments and the table of compressions say.</summary>
    public void Others(Action<Bus, F[]> receive)
    {
        foreach ((Digest32 key, Eight before, Eight after) in _tokens)
        {
            if (TreeKey.TryReadNumber(key, out uint number)) receive(RollupBuses.AccountToken, [F.FromUInt32(number), .. before.ToArray(), .. after.ToArray()]);
            else if (TreeKey.TryReadHashed(key, out Eight elements)) receive(RollupBuses.CellToken, [.. elements.ToArray(), .. before.ToArray(), .. after.ToArray()]);
        }
        foreach (uint number in _update.Idle)
        {
            AccountLeaf leaf = _update.Accounts.Single(account => account.Number == number);
            receive(RollupBuses.AccountToken, [F.FromUInt32(number), .. leaf.Before.ToArray(), .. leaf.Before.ToArray()]);
        }
        foreach ((Eight key, Eight value) in Asks.Leaves)
            receive(RollupBuses.CompressM, [.. key.ToArray(), .. value.ToArray(), .. TrieCase.Compress(key, value, 4).ToArray()]);
    }
}
