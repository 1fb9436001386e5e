using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The state's tables of a segment, and what all others say to them.</summary>
internal sealed class SegmentTables
{
    public const int Lanes = 2;

    public required uint Segment { get; init; }

    public required uint CountBefore { get; init; }

    public required uint CountAfter { get; init; }

    public required LedgerWriter Book { get; init; }

    public required Trace<F> Accounts { get; init; }

    public required Trace<F> Cells { get; init; }

    public required Trace<F> Directory { get; init; }

    public required Token[] AccountTokens { get; init; }

    public required Token[] CellTokens { get; init; }

    /// <summary>What the segment's other tables say, without the range's.</summary>
    public required List<OutsideMessage> Outside { get; init; }

    /// <summary>What a verifier says and is told.</summary>
    public List<PublicMessage<F>> Public { get; init; } = [];

    /// <summary>Counters of the range's table, without those of the tables of tokens.</summary>
    public required uint[] Asked { get; init; }

    public required CompressionAsks<Poseidon2Cells<KoalaBear>> Asks { get; init; }

    /// <summary>Rows in use: changes, accounts a lane, cells, entries.</summary>
    public required (int Ledger, int Accounts, int Cells, int Directory) Used { get; init; }

    /// <summary>The transactions' table with its public values and rows in use, where it is not a stub.</summary>
    public (Trace<F> Trace, F[] Public, int Rows)? Transactions { get; init; }

    /// <summary>The table of messages with its rows in use, where it is not a stub.</summary>
    public (Trace<F> Trace, int Rows)? Messages { get; init; }

    public int LeastLogRows { get; init; }

    public Trace<F> Ledger => Book.Trace;

    /// <summary>All tables with their public values, the last one the range's; made anew each time.</summary>
    public List<(IAir Air, Trace<F> Trace, F[] Public)> All()
    {
        uint[] asked = [.. Asked];
        F[] segment = [F.FromUInt32(Segment)];
        List<(IAir, Trace<F>, F[])> tables =
        [
            (new LedgerAir(), Ledger, []),
            (new AccountAir<Poseidon2Cells<KoalaBear>>(Lanes), Accounts, []),
            (new CellAir(), Cells, [F.FromUInt32(CountBefore), F.FromUInt32(CountAfter)]),
            (new DirectoryAir(), Directory, []),
            (TokenAir.Accounts, TokenAir.Accounts.Generate(AccountTokens, Segment, asked, LeastLogRows), segment),
            (TokenAir.Cells, TokenAir.Cells.Generate(CellTokens, Segment, asked, LeastLogRows), segment),
        ];
        if (Transactions is { } transactions) tables.Add((new TransactionAir(), transactions.Trace, transactions.Public));
        if (Messages is { } messages) tables.Add((new MessageAir<Poseidon2Cells<KoalaBear>>(), messages.Trace, []));
        tables.Add((new CompressionAir<Poseidon2Cells<KoalaBear>>(), Asks.Generate(LeastLogRows), []));
        tables.Add((new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked), []));
        return tables;
    }

    /// <summary>What is wrong with the segment alone.</summary>
    public IReadOnlyList<TraceFault> Faults()
    {
        TraceChecker<F> checker = new(64);
        foreach ((IAir air, Trace<F> trace, F[] publicValues) in All()) checker.Add(air, trace, publicValues);
        foreach (OutsideMessage item in Others()) checker.Post(item.Bus, item.Direction, F.FromUInt32(item.Count), item.Message);
        return checker.AddMessages(Public).Faults();
    }

    public MutationReport Mutate(ulong seed)
    {
        TraceMutator<F> mutator = new(seed, rows: 4);
        int[] real = [Used.Ledger, Used.Accounts, Used.Cells, Used.Directory, AccountTokens.Length, CellTokens.Length, .. Transactions is { } rows ? [rows.Rows, Messages!.Value.Rows] : Array.Empty<int>()];
        foreach ((int i, (IAir air, Trace<F> trace, F[] publicValues)) in All().Index())
        {
            // Accounts are wide and alike; of the others each row is tried, so that every kind is.
            if (i < real.Length) mutator.Add(air, trace, publicValues, real[i], [.. Enumerable.Range(0, i == 1 ? 1 : real[i])]);
            else mutator.Answer(air, trace, publicValues);
        }
        foreach (OutsideMessage item in Others()) mutator.Post(item.Bus, item.Direction, F.FromUInt32(item.Count), item.Message);
        foreach (PublicMessage<F> item in Public) mutator.Post(item.Bus, item.Direction, F.One, item.Elements.Span);
        return mutator.Run();
    }

    /// <summary>Proves the segment with stubs of all that is not at hand, and verifies it.</summary>
    public async Task AssertProven(int minLogRows)
    {
        List<(IAir Air, Trace<F> Trace, F[] Public)> all = [.. All(), .. StubAir.All(Others(), minLogRows)];
        IAir[] airs = [.. all.Select(table => table.Air)];
        F[][] publicValues = [.. all.Select(table => table.Public)];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, minLogRows, maxLogRows: 15) with { MaxPublicMessages = Public.Count }));
        StarkProof proof = await StarkProver.ProveAsync(key, [.. all.Select(table => table.Trace)], publicValues, messages: Public);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof, Public));
        foreach (F[] values in publicValues.Where(values => values.Length > 0))
        {
            values[^1] += F.One;
            Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof, Public));
            values[^1] -= F.One;
        }
    }

    /// <summary>What the other proofs of the batch say of this one's tokens.</summary>
    public IEnumerable<OutsideMessage> Proofs() =>
        AccountTokens.SelectMany(token => Shared(RollupBuses.Account, 1, token)).Concat(CellTokens.SelectMany(token => Shared(RollupBuses.Cell, 8, token)));

    private IEnumerable<OutsideMessage> Others() => Outside.Concat(Proofs());

    private IEnumerable<OutsideMessage> Shared(Bus bus, int key, Token token) =>
    [
        new(bus, BusDirection.Send, 1, [.. token.Key.ToArray()[..key], F.FromUInt32(token.Segment), .. token.Before.ToArray()]),
        new(bus, BusDirection.Receive, 1, [.. token.Key.ToArray()[..key], F.FromUInt32(Segment), .. token.After.ToArray()]),
    ];
}
