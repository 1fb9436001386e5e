using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Air;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>All tables of a batch's proofs together, against the native rules.</summary>
public sealed class BatchTracerTests
{
    private static readonly Lazy<TracedBatch> s_all = new(TracedBatch.OfEveryKind), s_neighbour = new(TracedBatch.OfANewNeighbour), s_forced = new(TracedBatch.OfForcedItems);

    [Fact]
    public void Batch_OfEveryKind_IsOneSegmentAndItsTree()
    {
        Tracer tracer = Open(s_all.Value.Input());
        Assert.Equal(1, tracer.Segments);
        ProofTables segment = tracer.Segment(1), tree = tracer.Tree();
        TraceChecker<F> checker = new(64);
        Add(checker, BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), segment);
        Add(checker, BatchCircuit<Cells>.TreeAirs(), tree);
        AssertNone(checker.Faults());
        AssertRoots(tree);
        Assert.Equal(s_all.Value.Effects.Count, segment.Messages.Count(message => message.Bus == RollupBuses.Exit));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(4)]
    public void Batch_InSegments_IsAList(int steps)
    {
        Tracer tracer = Open(s_all.Value.Input(steps));
        Assert.True(tracer.Segments > 1);
        ProofTables tree = tracer.Tree();
        ProofTables[] segments = [.. Enumerable.Range(1, tracer.Segments).Select(segment => tracer.Segment(segment))];
        List<TraceChecker<F>> checkers = [.. segments.Select(segment => Add(new(64), BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), segment)), Add(new(64), BatchCircuit<Cells>.TreeAirs(), tree)];
        foreach (TraceChecker<F> checker in checkers) AssertNone(checker.Faults(BatchCircuit<Cells>.Between));
        AssertNone(TraceChecker<F>.Faults(checkers, BatchCircuit<Cells>.Between));
        AssertRoots(tree);
        for (int i = 1; i < segments.Length; i++) AssertMeet(segments[i - 1], segments[i]);
        Assert.Single(segments, segment => segment.Messages.Any(message => message.Bus == RollupBuses.Chunk));
    }

    [Fact]
    public void Account_ThatIsOnlyPushedDeeper_IsShownByASegment()
    {
        Tracer tracer = Open(s_neighbour.Value.Input(), s_neighbour.Value);
        TraceChecker<F> checker = Add(new(64), BatchCircuit<Cells>.TreeAirs(), tracer.Tree());
        ProofTables segment = tracer.Segment(1);
        AssertNone(Add(checker, BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), segment).Faults());
        Trace<F> accounts = segment.Traces[(int)SegmentTable.Accounts];
        Assert.Contains(Enumerable.Range(0, 4), row => accounts[AccountColumns.Used, row] == F.One && accounts[AccountColumns.Number, row] == F.FromUInt32(4) && accounts[AccountColumns.LastTime, row] == F.Zero);
    }

    [Theory]
    [InlineData(ProverInput.MaxSegmentSteps)]
    [InlineData(10)]
    public void ForcedItems_ComeBeforePayments(int steps)
    {
        Tracer tracer = Open(s_forced.Value.Input(steps), s_forced.Value);
        Assert.Equal((8, 2), (tracer.Claims.Count, tracer.Claims.Count(claim => claim.IsDone)));
        Assert.Equal(steps == 10 ? 2 : 1, tracer.Segments);
        List<TraceChecker<F>> checkers = [Add(new(64), BatchCircuit<Cells>.TreeAirs(), tracer.Tree())];
        int exits = 0;
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            ProofTables tables = tracer.Segment(segment);
            exits += tables.Messages.Count(message => message.Bus == RollupBuses.Exit);
            checkers.Add(Add(new(64), BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), tables));
        }
        Assert.Equal(s_forced.Value.Effects.Count, exits);
        AssertNone(TraceChecker<F>.Faults(checkers, BatchCircuit<Cells>.Between));
        foreach (TraceChecker<F> checker in checkers) AssertNone(checker.Faults(BatchCircuit<Cells>.Between));
    }

    /// <summary>Each message is of something that the tables say, and everything they say is taken.</summary>
    [Fact]
    public void MessageLeftOut_OrChanged_IsAFault()
    {
        Tracer tracer = Open(s_all.Value.Input());
        ProofTables segment = tracer.Segment(1), tree = tracer.Tree();
        Bus[] buses = [.. segment.Messages.Select(message => message.Bus).Distinct()];
        Assert.Equal([RollupBuses.Byte, RollupBuses.Chunk, RollupBuses.Exit, RollupBuses.Field, RollupBuses.PayloadHash], buses);
        foreach (Bus bus in buses)
        {
            PublicMessage<F> message = segment.Messages.First(message => message.Bus == bus);
            List<PublicMessage<F>> others = [.. segment.Messages];
            others.Remove(message);
            Assert.Contains(Faults(others), fault => fault.Constraint == bus.Name);
            F[] changed = message.Elements.ToArray();
            changed[^1] += F.One;
            Assert.Contains(Faults([.. others, message with { Elements = changed }]), fault => fault.Constraint == bus.Name);
        }

        IReadOnlyList<TraceFault> Faults(IReadOnlyList<PublicMessage<F>> messages) =>
            Add(Add(new(64), BatchCircuit<Cells>.TreeAirs(), tree), BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), segment with { Messages = messages }).Faults();
    }

    /// <summary>
    /// Section 4 of docs/adr/0044-rollup-circuit.md, by log2 of rows: a segment of 2^13 plain transfers of 5.5 bytes, and the tree of a batch of 2^16, among 2^20 accounts.
    /// Columns of traces, lookups and quotients, and all their cells a payment.
    /// </summary>
    [Fact]
    public void Cost_OfABatch_IsThatOfThePage()
    {
        Assert.Equal((4902, 952, 192, 24_774), Cost(BatchCircuit<Cells>.SegmentAirs(TracedBatch.Exponent), 13, [14, 5, 9, 13, 13, 16, 11, 5, 13, 12, 5, 5, 13, 5, 13, 19, 18, 15, 14, 5, 5, 15, 15]));
        Assert.Equal((830, 196, 88, 3_003), Cost(BatchCircuit<Cells>.TreeAirs(), 16, [17, 5, 5, 19, 5, 17, 5, 7, 5, 15]));

        static (int Traces, int Lookups, int Quotients, int CellsAPayment) Cost(IAir[] airs, int logPayments, int[] logRows)
        {
            const int Degree = 4;
            (int traces, int lookups, int quotients, long cells) = (0, 0, 0, 0);
            foreach ((IAir air, int log) in airs.Zip(logRows))
            {
                bool isEarly = air is TokenAir;
                StarkShape shape = StarkKey.ShapeOf<F>([air], BatchCircuit<Cells>.LeastLogRows, BatchCircuit<Cells>.MostLogRows, shared: isEarly ? BatchCircuit<Cells>.Between : null);
                // An early table is read twice.
                int lookup = Degree * shape.LookupColumns, quotient = Degree * (shape.ConstraintDegree - 1) * (isEarly ? 2 : 1);
                (traces, lookups, quotients, cells) = (traces + shape.Columns, lookups + lookup, quotients + quotient, cells + ((long)(shape.Columns + lookup + quotient) << log));
            }
            return (traces, lookups, quotients, (int)(cells >> logPayments));
        }
    }

    [Fact]
    public void Input_ThatIsNotOfTheBatch_IsRefused()
    {
        ProverInput input = s_all.Value.Input();
        byte[] bytes = input.Source.ToArray();
        bytes[^1] |= 0x80;
        Assert.Equal(TracerResult.OtherSource, Try(input with { Source = bytes }));
        Assert.Equal(TracerResult.OtherSource, Try(input with { Posting = input.Posting with { IsWithheld = true } }));
        Assert.Equal(TracerResult.OtherSource, Try(input with { Posting = input.Posting with { Unfit = (1, default) } }));
        // Of bytes with a fault no payment counts, so that none is signed.
        Assert.Equal(TracerResult.WrongSignature, Try(input with { Source = bytes, Posting = TracedBatch.PostingOf(bytes) }));
        Assert.Equal(TracerResult.WrongSignature, Try(input with { RootBefore = default }));
        Assert.Equal(TracerResult.WrongState, Try(input with { State = new TracedBatch(2).Input().State }));
        Assert.Equal(TracerResult.MissingState, Try(input with { State = s_neighbour.Value.Input().State }));
        Assert.Equal(TracerResult.WrongSignature, Try(input with { Signatures = [.. input.Signatures.Skip(1)] }));
        Assert.Equal(TracerResult.WrongSignature, Try(input with { Signatures = [input.Signatures[1], .. input.Signatures.Skip(1)] }));
        for (int at = 1; at < 24; at++)
        {
            byte[] signature = input.Signatures[0].Sender.ToArray();
            signature[at] ^= 0x40;
            Assert.Equal(TracerResult.WrongSignature, Try(input with { Signatures = [new(signature, default), .. input.Signatures.Skip(1)] }));
        }
        Assert.Equal(TracerResult.OtherRollup, Try(input with { FeeRecipient = 1 }));
        Assert.Equal(TracerResult.OtherRollup, Try(input with { ChainId = 1 }));

        static TracerResult Try(ProverInput input) => Tracer.TryOpen(input, TracedBatch.BatchRules, out _);
    }

    private static Tracer Open(ProverInput input, TracedBatch? batch = null)
    {
        Assert.Equal(TracerResult.Ok, Tracer.TryOpen(input, TracedBatch.BatchRules, out Tracer? tracer));
        Assert.Equal((batch ?? s_all.Value).RootAfter, tracer!.Statement.RootAfter);
        Assert.Equal((batch ?? s_all.Value).Statuses.Select(status => status <= TransitionStatus.Applied), tracer.Results.Select(result => result == PaymentResult.Applied));
        return tracer;
    }

    private static void AssertRoots(ProofTables tree)
    {
        Assert.True(TreeKey.TryReadDigest(s_all.Value.RootAfter, out Eight root));
        Assert.Equal(root.ToArray(), tree.PublicValues[(int)TreeTable.Close][Eight.Length..]);
    }

    /// <summary>What a segment ends with is what the next starts with, and tables of one segment say the same.</summary>
    private static void AssertMeet(ProofTables segment, ProofTables next)
    {
        Meet(SegmentTable.Sponge, SpongeColumns.Last, SpongeColumns.First, SpongeColumns.Boundary);
        Meet(SegmentTable.Parser, ParserColumns.Last, ParserColumns.First, ParserColumns.Last - ParserColumns.First);
        Meet(SegmentTable.FullRows, FullRowColumns.After, FullRowColumns.Before, FullRowColumns.Carried);
        Meet(SegmentTable.Payments, PaymentAir.After, PaymentAir.Before, 1);
        Meet(SegmentTable.Payments, PaymentAir.Out, PaymentAir.In, PaymentColumns.CarriedCount);
        Meet(SegmentTable.Transactions, TransactionAir.End, TransactionAir.Start, TransactionAir.End - TransactionAir.Start);
        Meet(SegmentTable.Cells, 1, 0, 1);
        Assert.Equal(segment.PublicValues[(int)SegmentTable.Payments][PaymentAir.After], segment.PublicValues[(int)SegmentTable.Transactions][TransactionAir.End]);
        Assert.Equal(segment.PublicValues[(int)SegmentTable.Payments][PaymentAir.After], segment.PublicValues[(int)SegmentTable.Parser][ParserColumns.Last + 1]);
        Assert.Equal(segment.PublicValues[(int)SegmentTable.Cells][1], segment.PublicValues[(int)SegmentTable.Transactions][TransactionAir.End + 1]);

        void Meet(SegmentTable table, int end, int start, int count) =>
            Assert.Equal(segment.PublicValues[(int)table].AsSpan(end, count), next.PublicValues[(int)table].AsSpan(start, count));
    }

    private static TraceChecker<F> Add(TraceChecker<F> checker, IAir[] airs, ProofTables tables)
    {
        for (int i = 0; i < airs.Length; i++) checker.Add(airs[i], tables.Traces[i], tables.PublicValues[i]);
        foreach (PublicMessage<F> message in tables.Messages) checker.Post(message.Bus, message.Direction, F.One, message.Elements.Span);
        return checker;
    }

    private static void AssertNone(IReadOnlyList<TraceFault> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults.Take(30)));
}
