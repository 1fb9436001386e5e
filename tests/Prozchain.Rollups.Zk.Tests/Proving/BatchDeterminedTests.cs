using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Tests.Circuit;
using Prozchain.Zk.Air;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>
/// Posted bytes, forced items and the state before determine everything else in a batch's tables, to first order: where a row of one table could vary together with rows of others, past all constraints and
/// buses, it is named here. So what follows, the root after, exits, the ends of segments, is no choice of the prover's.
/// </summary>
public sealed class BatchDeterminedTests(ITestOutputHelper output)
{
    [Fact]
    public void PaymentsOfEveryKind_AreDetermined() =>
        // The word of a new key that differs may be shown in any way: by the third state's columns of the row that rotates.
        Assert.Equal(Enumerable.Range(TransactionColumns.Third, Eight.Length).Select(column => $"transactions, column {column}, rows 11"), Free(TracedBatch.OfEveryKind().Input()));

    [Fact]
    public void ForcedItems_AreDetermined() => Assert.Empty(Free(TracedBatch.OfForcedItems().Input()));

    [Fact]
    public void Segments_AreDetermined() => Assert.Empty(Free(TracedBatch.OfPlainRows().Input(9)));

    [Fact]
    public void BytesWithAFault_AreDetermined()
    {
        TracedBatch batch = TracedBatch.ForcedAlone();
        Assert.Empty(Free(batch.Faulty([2, 3, .. batch.Input().RootBefore.Span, 2, 1, 2, 8, 1, 2, 80])));
    }

    /// <summary>Two tables that say a thing to each other, and nothing about it: what no change of a single cell shows.</summary>
    [Fact]
    public void CellsThatVaryTogether_AreFound()
    {
        F[] message = [.. Enumerable.Range(3, RollupBuses.Byte.Length).Select(i => F.FromUInt32((uint)i))];
        TraceVariation all = new(BatchCircuit<Cells>.Between, [], []);
        foreach (BusDirection direction in (BusDirection[])[BusDirection.Send, BusDirection.Receive])
        {
            StubAir air = new(RollupBuses.Byte, direction);
            all.Add(0, air, air.Generate([new OutsideMessage(RollupBuses.Byte, direction, 1, message)], 0), [], [], []);
        }
        List<string> free = all.Free();
        Assert.Equal(2 * message.Length, free.Count(column => column.EndsWith("rows 0", StringComparison.Ordinal)));
    }

    private List<string> Free(ProverInput input)
    {
        Assert.Equal(TracerResult.Ok, Tracer.TryOpen(input, TracedBatch.BatchRules, out Tracer? tracer));
        // Who is asked for payloads, hashes of rates and powers of ten answers what is so.
        TraceVariation all = new(BatchCircuit<Cells>.Between, [RollupBuses.Byte], [RollupBuses.Exit, RollupBuses.Judged, RollupBuses.Field, RollupBuses.Chunk, RollupBuses.KeyDigits, RollupBuses.KeyRoot]);
        IAir[] airs = BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent);
        for (int segment = 1; segment <= tracer!.Segments; segment++)
        {
            ProofTables tables = tracer.Segment(segment);
            foreach (SegmentTable table in Enum.GetValues<SegmentTable>().Except([SegmentTable.Keccak, SegmentTable.OneTimeKeys, SegmentTable.OneTimeKeysRest, SegmentTable.Ranges]))
                all.Add(segment, airs[(int)table], tables.Traces[(int)table], tables.PublicValues[(int)table], Given(table), Found(table));
        }
        ProofTables tree = tracer.Tree();
        airs = BatchCircuit<Cells>.TreeAirs();
        foreach (TreeTable table in Enum.GetValues<TreeTable>().Except([TreeTable.Ranges]))
        {
            all.Add(0, airs[(int)table], tree.Traces[(int)table], tree.PublicValues[(int)table], Given(table), table == TreeTable.Close ? Enumerable.Range(Eight.Length, Eight.Length) : []);
        }
        List<string> free = all.Free();
        output.WriteLine($"{free.Count} columns of {all.Unknowns} unknowns:");
        foreach (string column in free) output.WriteLine(column);
        return free;
    }

    /// <summary>The state before, which its digests name, and what a signer draws.</summary>
    private static IEnumerable<int> Given(SegmentTable table) => table switch
    {
        SegmentTable.Accounts => [.. Enumerable.Range(AccountColumns.KeyBefore, Eight.Length), .. Enumerable.Range(AccountColumns.NonceBefore, 2), AccountColumns.NextBefore, .. Enumerable.Range(AccountColumns.BalanceBefore, Limbs.Count)],
        SegmentTable.Cells => [CellColumns.PresentBefore, .. Enumerable.Range(CellColumns.ValueBefore, Limbs.Count)],
        SegmentTable.Transactions => Enumerable.Range(TransactionColumns.Randomness, 4),
        _ => [],
    };

    /// <summary>What the root before names: digests of children, and of leaves that stay the keys and values. And by which inverse a digest is shown not to be 0.</summary>
    private static IEnumerable<int> Given(TreeTable table) => table switch
    {
        TreeTable.Nodes => Enumerable.Range(1 + BranchCells.Before, 2 * Eight.Length),
        TreeTable.Growths => Enumerable.Range(GrowthAir<Cells>.Branch + BranchCells.Before, 2 * Eight.Length),
        TreeTable.Cells => [.. Enumerable.Range(CellLeavesAir.Key, Eight.Length), .. Enumerable.Range(CellLeavesAir.Value, Eight.Length), .. Enumerable.Range(CellLeavesAir.Inverse, CellLeavesAir.Inverses)],
        _ => [],
    };

    /// <summary>Where a segment ends.</summary>
    private static IEnumerable<int> Found(SegmentTable table) => table switch
    {
        SegmentTable.Sponge => Enumerable.Range(SpongeColumns.Last, SpongeColumns.Boundary),
        SegmentTable.Parser => Enumerable.Range(ParserColumns.Last, 3),
        SegmentTable.FullRows => Enumerable.Range(FullRowColumns.After, FullRowColumns.Carried),
        SegmentTable.Payments => [PaymentAir.After, .. Enumerable.Range(PaymentAir.Out, PaymentColumns.CarriedCount)],
        SegmentTable.Transactions => Enumerable.Range(TransactionAir.End, 3),
        SegmentTable.Cells => [1],
        _ => [],
    };
}
