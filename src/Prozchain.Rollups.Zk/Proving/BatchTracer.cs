using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.State;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// From what a prover is told of a batch to its statement and the tables of its proofs (docs/adr/0044-rollup-circuit.md): one proof a segment, and one of the
/// state's tree. The batch is executed at once; each segment's widest tables are made when they are asked for.
/// </summary>
/// <typeparam name="TPermutation">The permutation of the state's hash.</typeparam>
/// <typeparam name="TCells">The same permutation in tables.</typeparam>
internal sealed class BatchTracer<TPermutation, TCells>
    where TPermutation : struct, IPermutation<F>
    where TCells : struct, IPermutationCells<F>
{
    private const int Least = BatchCircuit<TCells>.LeastLogRows;

    private readonly PostedSource _batch;
    private readonly List<SegmentRun<TCells>> _runs;
    private readonly TokenWays _ways = new();
    private readonly StateUpdate _update;
    private readonly List<PublicMessage<F>> _forced;

    private BatchTracer(PostedSource batch, List<SegmentRun<TCells>> runs, StateUpdate update, BatchStatement statement, List<PublicMessage<F>> forced)
    {
        (_batch, _runs, _update, Statement, _forced) = (batch, runs, update, statement, forced);
        foreach (SegmentRun<TCells> run in runs) run.Finish(_ways);
    }

    /// <summary>Segments, numbered from 1 on.</summary>
    public int Segments => _runs.Count;

    /// <summary>What is proven.</summary>
    public BatchStatement Statement { get; }

    /// <summary>What became of its transactions: forced items that may do something, then payments, if they count.</summary>
    public IEnumerable<PaymentResult> Results => _runs.SelectMany(run => run.Results);

    /// <summary>What becomes of the forced items among them.</summary>
    public IReadOnlyList<ForcedClaim> Claims => _runs[0].Claims;

    /// <summary>Executes a batch.</summary>
    /// <param name="input">What the prover is told; not trusted.</param>
    /// <param name="rules">The rules of the numbered rollup.</param>
    /// <param name="tracer">The batch, if it can be traced.</param>
    public static TracerResult TryOpen(ProverInput input, BatchRules rules, out BatchTracer<TPermutation, TCells>? tracer)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(rules);
        tracer = null;
        if (input.FeeRecipient != 0 || input.ChainId != rules.Payments.ChainId || !input.Forced.All(item => item.IsDeposit == (item.Sender == rules.Bridge))) return TracerResult.OtherRollup;
        if (!SourceFacts.TryOf(input, rules, out BatchStatement? statement)) return TracerResult.OtherSource;
        var reader = new ForcedMessages<TPermutation>(rules);
        List<ForcedTransaction> forced = reader.Read(statement!, out uint[] before);
        ReadOnlyMemory<byte> bytes = BatchChecks.LengthRead(statement!, rules) == 0 ? default : input.Source;
        PostedSource batch = PostedSource.Read(bytes, input.RootBefore, rules.Limits.MaxTransfers, rules.Payments.AmountExponent, (uint)forced.Count);
        if (input.Signatures.Count != batch.Payments || !input.Signatures.All(static pair => pair.IsWellFormed)) return TracerResult.WrongSignature;
        ulong last = (ulong)(input.Forced.Count + batch.Payments);
        BatchPart? steps = input.Steps.To == 0 || (input.Steps.From == 0 && input.Steps.To > last) ? null : new BatchPart(input.Steps.From, input.Steps.To, input.RootBefore, 0, input.Steps.To > last);
        if (steps is { } asked ? asked.From >= asked.To || asked.From > last : input.Steps.From != 0) return TracerResult.WrongSteps;
        if (!StatelessState<PoseidonTree<TPermutation>>.TryOpen(input.RootBefore, input.State, out StatelessState<PoseidonTree<TPermutation>> known)) return TracerResult.WrongState;
        ExecutedPart executed = ExecutedPart.Of(steps, before, batch.Payments);
        (int Rows, int Changes) most = (forced.Sum(static item => item.Payment.MostRows), forced.Sum(static item => item.Payment.MostChanges));
        SegmentCut[] cuts = SegmentCut.Of<TCells>(batch, input.Signatures, most, input.SegmentSteps, (int)executed.First - forced.Count, (int)executed.End - forced.Count);
        // What comes before the steps is executed, and not proven.
        var state = new WitnessState<TPermutation>(known);
        (Digest32 root, StateWitness? witness, RecordingState<PoseidonTree<TPermutation>>? recording) = (input.RootBefore, input.State, null);
        List<SegmentRun<TCells>> earlier = [];
        TracerResult result;
        if (executed.First > 0)
        {
            result = TryRun(cuts.TakeWhile(cut => cut.First == 0 || cut.First + forced.Count < executed.First), executed with { First = 0, End = executed.First }, state, (state.Accounts, 0), out earlier);
            if (result != TracerResult.Ok) return result;
            (root, recording) = (known.Root(), new(known));
            state = new WitnessState<TPermutation>(recording);
        }
        uint exits = (uint)earlier.Sum(static run => run.Exits.Count);
        result = TryRun(cuts, executed, state, (state.Accounts, exits), out List<SegmentRun<TCells>> runs);
        if (result != TracerResult.Ok) return result;
        if (recording is not null)
        {
            witness = recording.Witness();
            state.CopyTo(known);
        }
        if (witness is null || !StateUpdate.TryBuild<TPermutation>(root, witness, state.Touches(), out StateUpdate update)) return TracerResult.MissingState;
        // Accounts that stand in the way of others have to be shown by a segment: they are as they were all along.
        foreach (uint idle in update.Idle) runs[^1].Writer.Touch(idle);
        if (state.Result != TracerResult.Ok) return state.Result;
        statement = statement! with
        {
            Part = steps is null ? null : steps.Value with { RootBefore = root, Exits = exits }, RootAfter = known.Root(), IsLive = batch.IsLive, Head = bytes[..batch.Shown],
            Exits = [.. earlier.Concat(runs).SelectMany(static run => run.Exits)],
            Payloads = [.. earlier.SelectMany(static run => run.Payloads).Where(payload => payload.Transaction < forced.Count), .. runs.SelectMany(static run => run.Payloads)],
        };
        if (!reader.TryTell(statement, runs[0].Claims, batch.Payments, out _, out List<PublicMessage<F>> messages)) throw new InvalidOperationException("Expected claims that a verifier takes, got others.");
        tracer = new(batch, runs, update, statement, messages);
        return TracerResult.Ok;

        TracerResult TryRun(IEnumerable<SegmentCut> segments, ExecutedPart part, WitnessState<TPermutation> from, (uint Accounts, uint Exits) now, out List<SegmentRun<TCells>> done)
        {
            done = [];
            foreach (SegmentCut cut in segments)
            {
                var run = new SegmentRun<TCells>(done.Count + 1, cut, part, batch, (uint)input.ChainId, now, from, most);
                if (done.Count == 0) run.Apply(forced);
                bool isSigned = run.TryApply(input.Signatures);
                if (isSigned) from.Write(run.Writer);
                if (from.Result != TracerResult.Ok) return from.Result;
                if (!isSigned) return TracerResult.WrongSignature;
                now = (run.Writer.Now.Accounts, run.Writer.Now.Exits);
                done.Add(run);
            }
            return TracerResult.Ok;
        }
    }

    /// <summary>The early tables of a segment, which all proofs wait for.</summary>
    public (Trace<F> Accounts, Trace<F> Cells) Early(int segment) => SegmentWriter<TCells>.Early(_runs[segment - 1], new uint[Limbs.Radix]);

    /// <summary>The early tables of the tree's proof.</summary>
    public (Trace<F> Accounts, Trace<F> Cells) EarlyTree() => EarlyTree(new uint[Limbs.Radix]);

    /// <summary>The tables of a segment's proof, in the order of <see cref="SegmentTable"/>; once, since a prover may overwrite them.</summary>
    /// <param name="segment">From 1 on.</param>
    /// <param name="start">Where the segment starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="threads">How many may work.</param>
    /// <exception cref="ArgumentException">The values that a signature shows do not lead to the key.</exception>
    public ProofTables Segment(int segment, out SegmentBoundary start, out SegmentBoundary end, int threads = 1)
    {
        SegmentRun<TCells> run = _runs[segment - 1];
        (Trace<F>[] traces, F[][] values) = SegmentWriter<TCells>.Write(run, _batch, threads);
        (start, end) = SegmentBoundary.Of(values);
        return new(traces, values, SegmentMessages.Of(Statement, _forced, _batch.First, start, end, segment));
    }

    /// <inheritdoc cref="Segment(int, out SegmentBoundary, out SegmentBoundary, int)"/>
    public ProofTables Segment(int segment, int threads = 1) => Segment(segment, out _, out _, threads);

    /// <summary>The tables of the tree's proof, in the order of <see cref="TreeTable"/>.</summary>
    /// <param name="threads">How many may work.</param>
    public ProofTables Tree(int threads = 1)
    {
        var asks = new TrieAsks();
        var compressions = new CompressionAsks<TCells>();
        (Trace<F> accounts, Trace<F> cells) = EarlyTree(asks.Values);
        Trace<F> nodes = new TrieAir<TCells>(1).Generate(_update.Nodes.ToArray(), asks, Least, threads), growths = GrowthAir<TCells>.Generate(_update.Growths.ToArray(), asks, Least, threads);
        Trace<F> leaves = LeavesAir.Generate(_update.Accounts.ToArray(), asks, Least), cellLeaves = CellLeavesAir.Generate(_update.Cells.ToArray(), asks, Least);
        foreach ((Eight key, Eight value) in asks.Leaves) HashWords.Ask(compressions, CompressionWindow.M, key, value);
        Trace<F>[] traces =
        [
            accounts, cells, CloseAir.Generate(_update.Root, Least), nodes, growths, leaves, cellLeaves, TriePlacesAir.Generate(asks), compressions.Generate(Least, threads),
            new RangeTableAir(Limbs.Bits).Generate<F>(asks.Values),
        ];
        F[][] publicValues = new F[traces.Length][];
        Array.Fill(publicValues, []);
        publicValues[(int)TreeTable.Close] = CloseAir.PublicValues(_update.Root.Before, _update.Root.After);
        return new(traces, publicValues, []);
    }

    private (Trace<F> Accounts, Trace<F> Cells) EarlyTree(Span<uint> asked) =>
        (TokenAir.TreeAccounts.Generate(_ways.Accounts, 0, asked, Least), TokenAir.TreeCells.Generate(_ways.Cells, 0, asked, Least));
}
