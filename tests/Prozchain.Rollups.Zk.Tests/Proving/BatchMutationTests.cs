using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Tests.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using RowsOf = Prozchain.Rollups.Zk.Tests.Circuit.PostedBatch;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Each cell of the joined tables is determined, and each constraint is there for some change: docs/circuit-coverage.md.</summary>
public sealed class BatchMutationTests(ITestOutputHelper output)
{
    private const string Good = "070829";

    // Faults of the first three fields; those behind the code are of FullRowAirTests.
    private static readonly string[] s_faults =
    [
        "8080808004", "8080808080", "8000", "80808000", "01FFFFFFFF7F", "018100", "0100290000", "0100A901", "0102A900", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF10", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF8F",
        "01028710", "01028F8F", "010250", "0102F9FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0F", "81", "01", "0102", "0102F9FFFFFFFFFF",
    ];

    private static readonly Lazy<(CircuitMutations All, HashSet<Bus> Told)> s_run = new(Run);

    private static IReadOnlyCollection<MutatedAir> Airs => s_run.Value.All.Airs;

    [Fact]
    public void EveryColumn_OfEveryTable_ChangedInARealAndAPaddingRow_IsFound()
    {
        CircuitMutations all = s_run.Value.All;
        Assert.True(all.Missed.Count == 0, $"Expected all {all.Tried} changes to be found, missed {all.Missed.Count}:\n{string.Join('\n', all.Missed.Take(40))}");
        Assert.All(Airs, air => Assert.Equal((true, true), (air.HasReal, air.HasPadding)));
        IAir[] tables = [.. BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), .. BatchCircuit<Cells>.TreeAirs()];
        Assert.Equal((33, 30), (tables.Length, Airs.Count));
        Assert.Equal(tables.Select(air => air.Shape.Name).ToHashSet(), Airs.Select(air => air.Coverage.Name).ToHashSet());
    }

    [Fact]
    public void EveryPublicValue_Changed_IsFound() => Assert.All(Airs, air => Assert.DoesNotContain(false, air.PublicValues));

    /// <summary>Each left out, and each with an element changed: <see cref="Run"/>.</summary>
    [Fact]
    public void EveryPublicMessage_IsFound()
    {
        Bus[] buses = [RollupBuses.Byte, RollupBuses.Chunk, RollupBuses.Exit, RollupBuses.Field, RollupBuses.Judged, RollupBuses.Payment, RollupBuses.PayloadHash, RollupBuses.Signed];
        Assert.Equal(buses.ToHashSet(), s_run.Value.Told);
    }

    [Fact]
    public void EveryConstraint_IsViolatedByAChange()
    {
        Assert.All(Airs, air => Assert.Empty(air.Coverage.Unviolated));
        Assert.All(Airs, air => Assert.Empty(air.Coverage.Unmoved));
    }

    [Fact]
    public void Page_HasTheCoverage()
    {
        string[] table = [.. Airs.Select(air => Row(air.Coverage.Name, [air.Coverage])), Row("all", [.. Airs.Select(air => air.Coverage)])];
        foreach (string row in table) output.WriteLine(row);
        foreach (MutatedAir air in Airs) output.WriteLine($"{air.Coverage.Name}, never alone: {string.Join(", ", air.Coverage.NeverAlone)}");
        // The long form finds more.
        Assert.SkipWhen(TestSettings.IsLong, "The page has the figures of the short form.");
        string path = Path.Combine(RepositoryRoot.Path, "docs", "circuit-coverage.md");
        string[] lines = File.ReadAllLines(path);
        int first = Array.FindIndex(lines, line => line.StartsWith("|---", StringComparison.Ordinal)) + 1, end = first;
        while (end < lines.Length && lines[end].StartsWith('|')) end++;
        if (TestSettings.IsApproving) File.WriteAllText(path, string.Join('\n', [.. lines[..first], .. table, .. lines[end..], ""]));
        else Assert.Equal(table, lines[first..end]);

        static string Row(string name, MutationCoverage[] airs)
        {
            (int All, int Violated, int Alone)[] constraints = [.. airs.Select(air => air.Constraints)], messages = [.. airs.Select(air => air.Interactions)];
            return $"| {name} | {airs.Sum(air => air.Columns)} | {constraints.Sum(air => air.All)} | {constraints.Sum(air => air.Violated)} | {constraints.Sum(air => air.Alone)} | {messages.Sum(air => air.All)} | {messages.Sum(air => air.Violated)} | {messages.Sum(air => air.Alone)} |";
        }
    }

    private static (CircuitMutations All, HashSet<Bus> Told) Run()
    {
        CircuitMutations all = new(1, TestSettings.Scale(3, 12), TestSettings.Scale(6_000, 200_000));
        HashSet<Bus> told = [];
        Add("every kind", TracedBatch.OfEveryKind().Input());
        Add("forced items", TracedBatch.OfForcedItems().Input(10));
        Add("plain rows", TracedBatch.OfPlainRows().Input(9));
        TracedBatch forced = TracedBatch.ForcedAlone();
        Add("fault of an amount", forced.Faulty([2, 3, .. forced.Input().RootBefore.Span, 2, 1, 2, 8, 1, 2, 80]));
        foreach (string row in FullRowAirTests.Faults.Select(fault => fault.Data.Item2).Concat(s_faults)) AddFaulty(row);
        AddSignature();
        return (all, told);

        void Add(string name, ProverInput input)
        {
            Assert.Equal(TracerResult.Ok, Tracer.TryOpen(input, TracedBatch.BatchRules, out Tracer? tracer));
            List<TraceChecker<F>> checkers = [];
            for (int i = 1; i <= tracer!.Segments; i++) Enter($"{name}, segment {i}", BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), tracer.Segment(i));
            Enter($"{name}, tree", BatchCircuit<Cells>.TreeAirs(), tracer.Tree());
            Assert.Empty(TraceChecker<F>.Faults(checkers, BatchCircuit<Cells>.Between));

            void Enter(string proof, IAir[] airs, ProofTables tables)
            {
                Assert.All(tables.Traces, trace => Assert.True(trace.Height >= 1 << BatchCircuit<Cells>.LeastLogRows));
                TraceChecker<F> checker = new TraceChecker<F>().AddMessages(tables.Messages);
                for (int i = 0; i < airs.Length; i++) checker.Add(airs[i], tables.Traces[i], tables.PublicValues[i]);
                Assert.Empty(checker.Faults(BatchCircuit<Cells>.Between));
                foreach ((int i, PublicMessage<F> message) in tables.Messages.Index())
                {
                    AssertFound(checker, message, i);
                    told.Add(message.Bus);
                }
                checkers.Add(checker);
                all.Add(proof, airs, tables);
            }
        }

        void AddFaulty(string row)
        {
            PostedTables tables = new(RowsOf.Of(5, Convert.FromHexString(Good + row)), isLive: false);
            IAir[] airs = [new ParserAir(), new FullRowAir(RowsOf.Exponent), new AmountFaultAir(RowsOf.Exponent), new RangeTableAir(Limbs.Bits)];
            all.Add($"row {row}", airs, new([tables.Parser.Trace, tables.FullRows.Trace, tables.Amounts, tables.Ranges()], [tables.Parser.PublicValues, tables.FullRows.PublicValues, [], []], []));
        }

        // Under a tree of ten levels: the batches' have four.
        void AddSignature()
        {
            SignatureWitness[] signed = [SampleSignature<Cells>.All[^1].Witness(6)];
            CompressionAsks<Cells> asks = new();
            Trace<F> signature = SignatureWriter.Generate(signed, asks, logRows: 3), keys = OneTimeKeyWriter<Cells>.Generate(signed);
            all.Add("ten levels", [new SignatureAir(), new OneTimeKeyAir<Cells>(), new CompressionAir<Cells>()], new([signature, keys, asks.Generate(logRows: 3)], [[], [], []], []));
        }
    }

    private static void AssertFound(TraceChecker<F> checker, in PublicMessage<F> message, int number)
    {
        BusDirection back = message.Direction == BusDirection.Send ? BusDirection.Receive : BusDirection.Send;
        F[] changed = message.Elements.ToArray();
        changed[number % changed.Length] += F.One;
        checker.Post(message.Bus, back, F.One, message.Elements.Span);
        Assert.NotEmpty(checker.Faults(BatchCircuit<Cells>.Between));
        checker.Post(message.Bus, message.Direction, F.One, changed);
        Assert.NotEmpty(checker.Faults(BatchCircuit<Cells>.Between));
        checker.Post(message.Bus, back, F.One, changed);
        checker.Post(message.Bus, message.Direction, F.One, message.Elements.Span);
    }
}
