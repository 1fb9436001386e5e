using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Commitments;

/// <summary>Proves claims about committed matrices: their combination by heights, then FRI. The protocol: docs/formats/zk-fri.md.</summary>
internal static class FriProver
{
    /// <param name="transcript">With the statement, the commitments, the points and the claimed values bound.</param>
    /// <param name="settings">The numbers of the proof.</param>
    /// <param name="folds">log2 of the arity of each fold, 1 to 3; they stop at every height.</param>
    /// <param name="batches">The commitments; every matrix is in a claim.</param>
    /// <param name="claims">The claims, in the order of their coefficients.</param>
    /// <param name="threads">Threads, at least one; the proof does not depend on them.</param>
    /// <param name="progress">Told the number of steps done: one for each height, fold and the queries.</param>
    /// <param name="cancellation">Ends the work; the transcript is then of no more use.</param>
    /// <exception cref="ArgumentException">The arguments do not fit together, or a point lies in the evaluation domain.</exception>
    public static void Prove<TField, TParameters, TTree, THash>(
        ProverTranscript<THash> transcript, FriSettings settings, IReadOnlyList<int> folds, IReadOnlyList<CommittedBatch<TField, TTree>> batches,
        IReadOnlyList<OpeningClaim<Extension<TField, TParameters>>> claims, int threads = 1, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
        where THash : struct, IDigest<THash>
    {
        using IBackendRun<TField, TParameters> backend = CpuBackend.Instance.Start<TField, TParameters, TTree>(new(settings.LogBlowup, threads, Cancellation: cancellation));
        Prove(backend, transcript, settings, folds, batches, claims, progress);
    }

    /// <summary>The same, where a backend does the work; the batches are among those that it serves.</summary>
    public static void Prove<TField, TParameters, THash>(
        IBackendRun<TField, TParameters> backend, ProverTranscript<THash> transcript, FriSettings settings, IReadOnlyList<int> folds,
        IReadOnlyList<ICommittedBatch<TField>> batches, IReadOnlyList<OpeningClaim<Extension<TField, TParameters>>> claims, IProgress<int>? progress = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where THash : struct, IDigest<THash>
    {
        var plan = new ClaimPlan<TField, Extension<TField, TParameters>>(settings, folds, [.. batches.Select(batch => batch.Shape)], claims);
        if (plan.HasPointInDomain()) throw new ArgumentException("Expected points outside the evaluation domain.", nameof(claims));
        int done = 0;
        Grind("fri batching work"u8, settings.Grinding.Batching);
        Extension<TField, TParameters>[] coefficients = BatchingCoefficients.Draw<Extension<TField, TParameters>>(transcript, settings.Batching, plan.Total);
        ClaimPlan<TField, Extension<TField, TParameters>>.Tie(claims, coefficients);
        Extension<TField, TParameters>[][] values = plan.Values(claims, coefficients);

        ICodeword codeword = Combine(0);
        int next = 1;
        var trees = new List<ICommittedBatch<TField>>();
        foreach (int fold in plan.Folds)
        {
            // No salts: what these trees hold is masked, where there is something to hide, by a random polynomial in the batch.
            trees.Add(backend.CommitRows(codeword, fold));
            transcript.Send("fri fold"u8, trees[^1].Cap);
            Grind("fri fold work"u8, settings.Grinding.Fold);
            Extension<TField, TParameters> beta = transcript.Draw<Extension<TField, TParameters>>("fri fold"u8);
            codeword = backend.Fold(trees[^1], beta);
            if (next < plan.Heights.Count && plan.Heights[next].LogSize == codeword.LogSize)
                backend.Add(codeword, Combine(next++), FieldMath.Power(beta, 1UL << fold));
            progress?.Report(++done);
        }
        transcript.Send<Extension<TField, TParameters>>("fri final"u8, FinalPolynomial<TField, TParameters>.Interpolate(backend.Read(codeword), settings.LogBlowup));
        Grind("fri query work"u8, settings.Grinding.Query);
        int[] positions = FriSteps.Positions(transcript, plan.LogDomain, settings.Queries);

        foreach (ICommittedBatch<TField> batch in batches) transcript.SendUnbound(batch.Open(FriSteps.Above(positions, plan.LogDomain, batch.Shape)));
        for (int i = 0; i < trees.Count; i++)
        {
            int[] rows = FoldOpening<TField, TParameters>.Rows(positions, plan.Folds[i]);
            transcript.SendUnbound(FoldOpening<TField, TParameters>.Encode(trees[i].Open(rows), positions, plan.Folds[i]));
            positions = rows;
        }
        progress?.Report(++done);

        ICodeword Combine(int height)
        {
            ICodeword combined = backend.Combine(plan.Heights[height], values[height], coefficients, batches);
            progress?.Report(++done);
            return combined;
        }

        void Grind(ReadOnlySpan<byte> label, int bits)
        {
            if (bits > 0) transcript.Grind(label, bits, backend);
        }
    }
}
