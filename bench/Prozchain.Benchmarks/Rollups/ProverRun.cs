using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Air;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Prover = Prozchain.Rollups.Zk.Proving.BatchProver<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>Proofs of batches of <see cref="ProverWorkload"/>, as a host makes them and step by step.</summary>
internal static class ProverRun
{
    /// <summary>What proofs leave for the next.</summary>
    public static StarkMemory Memory { get; } = new();

    public static BatchKeys Keys => BatchKeys.Of<Cells>(ProverWorkload.Exponent);

    /// <summary>Makes and verifies the proof of a batch.</summary>
    /// <param name="input">What the prover is told.</param>
    /// <param name="threads">How many may work.</param>
    /// <param name="memory">What earlier proofs left, or null.</param>
    public static BatchProof Prove(ProverInput input, int threads, StarkMemory? memory) =>
        new Prover(ProverWorkload.BatchRules) { Threads = threads, Memory = memory }.ProveAsync(input, null, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>A segment's proof, as one verifies it who collects proofs.</summary>
    public static GroupProof<F> Segment(BatchProof proof, int segment) => new(
        Keys.Segment.Key, TableValues.OfSegment(Keys.Segment.Airs, proof, (uint)proof.Statement.Length, segment, new ExecutedPart(0, proof.Boundaries[^1].Transaction, 0)), proof.Proofs[segment],
        SegmentMessages.Of(proof.Statement, [], 0, proof.Boundaries[segment - 1], proof.Boundaries[segment], segment));

    /// <summary>Makes the proofs one after the other, that of the tree first.</summary>
    /// <param name="input">What the prover is told.</param>
    /// <param name="threads">How many may work.</param>
    /// <param name="lap">Told what has been done since it was last told.</param>
    public static void Steps(ProverInput input, int threads, Action<string> lap)
    {
        TracerResult result = Tracer.TryOpen(input, ProverWorkload.BatchRules, out Tracer? tracer);
        if (result != TracerResult.Ok) throw new InvalidOperationException($"Expected a batch that can be traced, got {result}.");
        lap("execution");
        List<EarlyCommitment<F>> commitments = [];
        Commit(Keys.Tree, tracer!.EarlyTree(), []);
        for (int segment = 1; segment <= tracer.Segments; segment++) Commit(Keys.Segment, tracer.Early(segment), [F.FromUInt32((uint)segment)]);
        lap("early commitments");
        IReadOnlyList<GroupPlace> places = StarkGroup.Challenges(tracer.Statement.Digest().Span, commitments, threads);
        lap("shared challenges");
        for (int part = 0; part < places.Count; part++)
        {
            string name = part == 0 ? "tree" : $"segment {part}", stage = "";
            ProofTables tables = part == 0 ? tracer.Tree(threads) : tracer.Segment(part, threads);
            lap($"{name}: tables");
            StarkProver.Prove(
                (part == 0 ? Keys.Tree : Keys.Segment).Key, tables.Traces, tables.PublicValues, new() { MaxDegreeOfParallelism = threads, OverwriteTraces = true, Memory = Memory },
                new Stages(next =>
                {
                    if (stage.Length > 0) lap($"{name}: {stage}");
                    stage = next;
                }), places[part], tables.Messages);
        }

        void Commit(ProofKey key, (Trace<F> Accounts, Trace<F> Cells) early, F[] values) =>
            commitments.Add(StarkGroup.Commit(key.Key, [early.Accounts, early.Cells], [values, values], threads));
    }

    private sealed class Stages(Action<string> report) : IProgress<StarkProgress>
    {
        public void Report(StarkProgress value) => report($"{value.Stage}");
    }
}
