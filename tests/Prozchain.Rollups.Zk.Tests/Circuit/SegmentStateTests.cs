using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The state's tables of segments together: ledger, accounts, cells, directory and tokens.</summary>
public sealed class SegmentStateTests
{
    [Theory]
    [InlineData(1, 3, 700)]
    [InlineData(2, 1500, 700)]
    public void RandomSegments_Hold_AndTheirTokensMeet(ulong seed, int accounts, int transactions)
    {
        SegmentWorld world = new(seed, accounts);
        TraceChecker<F> batch = new();
        uint[] asked = new uint[1 << 15];
        for (uint segment = 1; segment <= 3; segment++)
        {
            SegmentTables tables = world.Run(segment, transactions / (int)segment, accounts);
            Assert.Empty(tables.Faults());
            EnterTokens(batch, tables.AccountTokens, tables.CellTokens, segment, asked);
        }
        EnterTree(batch, world, asked);
        batch.Add(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked));
        Assert.Empty(batch.Faults());
    }

    [Fact]
    public void EveryCell_IsDetermined()
    {
        SegmentTables tables = new SegmentWorld(3, 6).Run(2, 40, 6, leastLogRows: 4);
        for (int i = LedgerColumns.Debit; i <= LedgerColumns.Rotate; i++) Assert.Contains(F.One, tables.Ledger.Column(i).ToArray());
        Assert.Contains(F.One, tables.Accounts.Column(AccountColumns.IsNew).ToArray());
        Assert.Contains(F.One, tables.Directory.Column(DirectoryColumns.Created).ToArray());
        for (int i = 0; i < CellColumns.Kinds; i++) Assert.Contains(F.One, tables.Cells.Column(i).ToArray());
        tables.Mutate(4).AssertAllFound();
    }

    /// <summary>Two accounts' rows of a segment: each way to give the second one a beginning is refused.</summary>
    [Fact]
    public void AccountTwiceInASegment_IsRefused()
    {
        Eight number = Eight.Of(F.One), first = Eight.Of(F.FromUInt32(10)), middle = Eight.Of(F.FromUInt32(11)), last = Eight.Of(F.FromUInt32(12));
        Token honest = new(number, 0, first, last);
        Assert.Empty(TokenFaults([honest], new(number, 1, first, last)));
        // Both take what the tree gives.
        Refused(TokenFaults([honest, honest with { After = middle }], new(number, 1, first, last)), OnAccountBus);
        // The second takes what the first gives: the bus balances, and the segment before is not before.
        Refused(TokenFaults([honest with { After = middle }, new(number, 1, middle, last)], new(number, 1, first, last)), OnRangeBus);
        // The second takes what it gives itself.
        Refused(TokenFaults([honest, new(number, 1, middle, middle)], new(number, 1, first, last)), OnRangeBus);
        // A circle of two.
        Refused(TokenFaults([honest, new(number, 1, middle, first), new(number, 1, first, middle)], new(number, 1, first, last)), OnRangeBus);
        // From a segment of the future, or one far below zero.
        Refused(TokenFaults([honest with { Segment = 5 }], new(number, 1, first, last)), fault => Assert.Equal(TraceFaultKind.Bus, fault.Kind));

        static void Refused(IReadOnlyList<TraceFault> faults, Action<TraceFault> check)
        {
            Assert.NotEmpty(faults);
            Assert.All(faults, check);
        }

        static void OnAccountBus(TraceFault fault) => Assert.Equal(RollupBuses.Account.Name, fault.Constraint);

        static void OnRangeBus(TraceFault fault) => Assert.Equal(Buses.Range(15).Name, fault.Constraint);
    }

    [Fact]
    public Task Segment_IsProven() => new SegmentWorld(5, 8).Run(1, 30, 8, leastLogRows: 4).AssertProven(4);

    [Fact]
    public void Shapes_AreThoseOfThePage()
    {
        Assert.Equal((58, 14), Count(new LedgerAir()));
        Assert.Equal((332, 14), Count(new AccountAir<Poseidon2Cells<KoalaBear>>(1)));
        Assert.Equal((664, 28), Count(new AccountAir<Poseidon2Cells<KoalaBear>>(2)));
        Assert.Equal((85, 46), Count(new CellAir()));
        Assert.Equal((94, 77), Count(new DirectoryAir()));
        Assert.Equal((19, 5), Count(TokenAir.Accounts));
        Assert.Equal((26, 5), Count(TokenAir.Cells));
        Assert.Equal((19, 5), Count(TokenAir.TreeAccounts));

        static (int, int) Count<TAir>(TAir air) where TAir : IAir
        {
            ConstraintGraph graph = ConstraintGraph.Of(air);
            Assert.True(graph.MaxDegree <= 3 && graph.MaxInteractionDegree <= 1, $"Expected degrees 3 and 1, got {graph.MaxDegree} and {graph.MaxInteractionDegree} in {air.Shape.Name}.");
            return (air.Shape.Width, graph.Interactions.Count);
        }
    }

    private static IReadOnlyList<TraceFault> TokenFaults(Token[] segment, Token tree)
    {
        TraceChecker<F> checker = new();
        uint[] asked = new uint[1 << 15];
        Trace<F> trace = TokenAir.Accounts.Generate([.. segment.Select(token => token with { Segment = 0 })], 1, asked);
        for (int row = 0; row < segment.Length; row++)
        {
            trace[1, row] = F.FromUInt32(segment[row].Segment);
            if (segment[row].Segment == 0) continue;
            asked[0]--;
            asked[0]--;
        }
        checker.Add(TokenAir.Accounts, trace, [F.One]).Add(TokenAir.TreeAccounts, TokenAir.TreeAccounts.Generate([tree], 0, asked))
            .Add(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked));
        foreach (Token token in segment.Append(tree)) Post(checker, SegmentWorld.Said(RollupBuses.AccountToken, token, 1));
        return checker.Faults();
    }

    private static void EnterTokens(TraceChecker<F> checker, Token[] accounts, Token[] cells, uint segment, Span<uint> asked)
    {
        checker.Add(TokenAir.Accounts, TokenAir.Accounts.Generate(accounts, segment, asked), [F.FromUInt32(segment)]);
        checker.Add(TokenAir.Cells, TokenAir.Cells.Generate(cells, segment, asked), [F.FromUInt32(segment)]);
        foreach (Token token in accounts) Post(checker, SegmentWorld.Said(RollupBuses.AccountToken, token, 1));
        foreach (Token token in cells) Post(checker, SegmentWorld.Said(RollupBuses.CellToken, token, 8));
    }

    private static void EnterTree(TraceChecker<F> checker, SegmentWorld world, Span<uint> asked)
    {
        (Token[] accounts, Token[] cells, List<OutsideMessage> outside) = world.Tree();
        checker.Add(TokenAir.TreeAccounts, TokenAir.TreeAccounts.Generate(accounts, 0, asked));
        checker.Add(TokenAir.TreeCells, TokenAir.TreeCells.Generate(cells, 0, asked));
        foreach (OutsideMessage item in outside) Post(checker, item);
    }

    private static void Post(TraceChecker<F> checker, OutsideMessage item) => checker.Post(item.Bus, item.Direction, F.FromUInt32(item.Count), item.Message);
}
