using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// The proofs of a rollup's batches as a node asks for them: inputs are handed to a store of jobs, whose workers make the proofs; what they make is
/// verified before it is given on.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <typeparam name="TPermutation">The permutation of signatures and state.</typeparam>
public sealed class RollupProver<TPermutation> : IProofSystem where TPermutation : struct, IPermutation<F>
{
    private readonly BatchVerifier<TPermutation> _verifier;
    private readonly ProofJobStore _store;
    private readonly Func<ProofStatement, ReadOnlyMemory<byte>> _inputs;
    private readonly TimeSpan _poll;

    /// <summary>A prover over a store.</summary>
    /// <param name="verifier">Knows rules and keys.</param>
    /// <param name="store">Where jobs are handed in; who works on them is not this prover's affair.</param>
    /// <param name="inputs">The bytes of the <see cref="ProverInput"/> of a batch; none of one that this node does not have.</param>
    /// <param name="poll">How often to look at a job.</param>
    public RollupProver(BatchVerifier<TPermutation> verifier, ProofJobStore store, Func<ProofStatement, ReadOnlyMemory<byte>> inputs, TimeSpan poll) =>
        (_verifier, _store, _inputs, _poll) = (verifier, store, inputs, poll);

    /// <inheritdoc/>
    public Digest32 SetupId => _verifier.Setup;

    /// <inheritdoc/>
    public string? OnChainVerifier => null;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The job failed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> input = _inputs(statement);
        if (input.IsEmpty) throw new ArgumentException("Expected a batch that this node has, got another.", nameof(statement));
        Digest32 id = _store.Submit(input.Span);
        while (true)
        {
            ProofJob job = _store.Find(id);
            if (job.State == ProofJobState.Failed) throw new InvalidOperationException($"Expected a proof of job {id}, got none: {job.Failure}");
            // What is damaged on the disk is made again.
            if (job.State == ProofJobState.Finished && _store.TryRead(id, out ReadOnlyMemory<byte> proof))
            {
                BatchResult result = Check(statement, proof);
                return result.IsValid ? proof : throw new ArgumentException($"Expected a statement that the batch leads to, got another: {result}", nameof(statement));
            }
            progress?.Report(job.Progress);
            await Task.Delay(_poll, _store.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => Check(statement, proof.ToArray()).IsValid;

    private BatchResult Check(in ProofStatement statement, ReadOnlyMemory<byte> proof)
    {
        lock (_verifier) return _verifier.Verify(statement, proof);
    }
}
