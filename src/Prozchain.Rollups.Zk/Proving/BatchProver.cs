using System.Buffers;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Makes proofs of batches out of the bytes of their <see cref="ProverInput"/>. One proof of the list is made after the other, so that memory is that of one.</summary>
/// <remarks>Thread-safe; proofs made at one time need the memory of each.</remarks>
/// <typeparam name="TPermutation">The permutation of signatures and state.</typeparam>
/// <typeparam name="TCells">The same in tables.</typeparam>
/// <param name="rules">The rules of the rollup.</param>
public sealed class BatchProver<TPermutation, TCells>(BatchRules rules) : IProofWork
    where TPermutation : struct, IPermutation<F>
    where TCells : struct, IPermutationCells<F>
{
    private readonly BatchKeys _keys = BatchKeys.Of<TCells>(rules.Payments.AmountExponent);

    /// <summary>How many threads work on a proof.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes that a proof may take, its tables among them: what the process may have, unless it is said.</summary>
    public long MemoryBudget { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Memory that is used again by the next proof; null if each takes its own.</summary>
    public StarkMemory? Memory { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input is none, or is of another rollup, or the batch cannot be proven from it; the message says why.</exception>
    /// <exception cref="InsufficientMemoryException">The budget is too small: the message has the figure that would do. No proof was begun.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ReadOnlyMemory<byte> input, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        if (!ProverInput.TryRead(input, out ProverInput? read)) throw new ArgumentException("Expected the bytes of a prover's input, got others.", nameof(input));
        BatchProof proof = await ProveAsync(read!, progress, cancellationToken).ConfigureAwait(false);
        var bytes = new ArrayBufferWriter<byte>();
        proof.Write(bytes);
        return bytes.WrittenMemory;
    }

    /// <summary>Makes a proof.</summary>
    /// <inheritdoc cref="ProveAsync(ReadOnlyMemory{byte}, IProgress{double}?, CancellationToken)"/>
    internal Task<BatchProof> ProveAsync(ProverInput input, IProgress<double>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Prove(input, progress, cancellationToken), cancellationToken);

    private BatchProof Prove(ProverInput input, IProgress<double>? progress, CancellationToken cancellation)
    {
        // Whether the bytes were withheld is for who verifies to know.
        var verifier = new BatchVerifier<TPermutation>(rules with { IsWithheld = _ => input.Posting.IsWithheld }, _keys);
        if (input.Setup != verifier.Setup) throw new ArgumentException($"Expected an input of setup {verifier.Setup}, got one of {input.Setup}.", nameof(input));
        TracerResult opened = BatchTracer<TPermutation, TCells>.TryOpen(input, rules, out BatchTracer<TPermutation, TCells>? tracer);
        if (opened != TracerResult.Ok) throw new ArgumentException($"Expected an input that a batch can be proven from, got {opened}.", nameof(input));
        StarkProverOptions options = new() { MaxDegreeOfParallelism = Threads, OverwriteTraces = true, Memory = Memory };
        var boundaries = new SegmentBoundary[tracer!.Segments + 1];
        // What does not fit is seen before anything is proven.
        ProofTables tables = tracer.Segment(1, out boundaries[0], out boundaries[1], Threads);
        _ = Within(options, _keys.Segment, tables);
        (int done, int all) = (1, 2 + 3 * tracer.Segments);
        List<EarlyCommitment<F>> commitments = [Commit(_keys.Tree, tracer.EarlyTree(), [])];
        for (int segment = 1; segment <= tracer.Segments; segment++) commitments.Add(Commit(_keys.Segment, tracer.Early(segment), [F.FromUInt32((uint)segment)]));
        IReadOnlyList<GroupPlace> places = StarkGroup.Challenges(tracer.Statement.Digest().Span, commitments, cancellation: cancellation);
        var proofs = new StarkProof[tracer.Segments + 1];
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            if (segment > 1) tables = tracer.Segment(segment, out _, out boundaries[segment], Threads);
            proofs[segment] = Make(_keys.Segment, segment, 3);
        }
        tables = tracer.Tree(Threads);
        proofs[0] = Make(_keys.Tree, 0, 1);
        var proof = new BatchProof(tracer.Statement, boundaries, tracer.Claims, proofs);
        BatchResult result = verifier.Verify(tracer.Statement.Asked(), proof);
        return result.IsValid ? proof : throw new InvalidOperationException($"Expected a proof that is accepted, got one that is not: {result}");

        EarlyCommitment<F> Commit(ProofKey key, (Trace<F> Accounts, Trace<F> Cells) early, F[] values) =>
            StarkGroup.Commit(key.Key, [early.Accounts, early.Cells], [values, values], Threads, cancellation);

        StarkProof Make(ProofKey key, int place, int weight)
        {
            StarkProof made = StarkProver.Prove(key.Key, tables.Traces, tables.PublicValues, Within(options, key, tables), null, places[place], tables.Messages, cancellation);
            progress?.Report((double)(done += weight) / all);
            return made;
        }
    }

    private StarkProverOptions Within(StarkProverOptions options, ProofKey key, ProofTables tables)
    {
        long traces = tables.Traces.Sum(static trace => (long)trace.Width * trace.Height * F.EncodedSize);
        long least = StarkProver.MemoryNeeded(key.Key, tables.Traces, options).Least + traces;
        if (least > MemoryBudget) throw new InsufficientMemoryException($"Expected memory of at least {least} bytes for a segment's proof, got {MemoryBudget}.");
        return options with { MemoryBudget = MemoryBudget - traces };
    }
}
