using System.Buffers;
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
        var plan = new ClaimPlan<TField, Extension<TField, TParameters>>(settings, folds, [.. batches.Select(batch => batch.Shape)], claims);
        if (plan.HasPointInDomain()) throw new ArgumentException("Expected points outside the evaluation domain.", nameof(claims));
        int done = 0;
        Grind("fri batching work"u8, settings.Grinding.Batching);
        Extension<TField, TParameters>[] coefficients = BatchingCoefficients.Draw<Extension<TField, TParameters>>(transcript, settings.Batching, plan.Total);
        ClaimPlan<TField, Extension<TField, TParameters>>.Tie(claims, coefficients);
        TField[][] coordinates = BatchingCoefficients.Coordinates<TField, Extension<TField, TParameters>>(coefficients);
        Extension<TField, TParameters>[][] values = plan.Values(claims, coefficients);

        Codeword<TField> codeword = Combine(0);
        int next = 1;
        var trees = new List<BatchCommitment<TField, TTree>>();
        foreach (int fold in plan.Folds)
        {
            var rows = new FoldRows<TField>(codeword, fold);
            // No salts: what these trees hold is masked, where there is something to hide, by a random polynomial in the batch.
            trees.Add(BatchCommitment<TField, TTree>.Commit([rows.Columns()], 0, threads, null, cancellation));
            transcript.Send("fri fold"u8, trees[^1].Cap);
            Grind("fri fold work"u8, settings.Grinding.Fold);
            Extension<TField, TParameters> beta = FriSteps.Challenge<Extension<TField, TParameters>>(transcript);
            codeword = CodewordFold<TField, TParameters>.Fold(rows, beta, threads, cancellation);
            if (next < plan.Heights.Count && plan.Heights[next].LogSize == codeword.LogSize)
                CodewordSum<TField, TParameters>.AddScaled(codeword, Combine(next++), FieldMath.Power(beta, 1UL << fold));
            progress?.Report(++done);
        }
        transcript.Send<Extension<TField, TParameters>>("fri final"u8, FinalPolynomial<TField, TParameters>.Interpolate(codeword, settings.LogBlowup));
        Grind("fri query work"u8, settings.Grinding.Query);
        int[] positions = FriSteps.Positions(transcript, plan.LogDomain, settings.Queries);

        foreach (CommittedBatch<TField, TTree> batch in batches)
        {
            var encoding = new ArrayBufferWriter<byte>();
            batch.Open(FriSteps.Above(positions, plan.LogDomain, batch.Shape)).Write(encoding);
            transcript.SendUnbound(encoding.WrittenSpan);
        }
        for (int i = 0; i < trees.Count; i++)
        {
            int[] rows = FoldOpening<TField, TParameters>.Rows(positions, plan.Folds[i]);
            transcript.SendUnbound(FoldOpening<TField, TParameters>.Encode(trees[i].Open(rows), positions, plan.Folds[i]));
            positions = rows;
        }
        progress?.Report(++done);

        Codeword<TField> Combine(int height)
        {
            var combined = new Codeword<TField>(plan.Heights[height].LogSize, TParameters.Degree, TField.MultiplicativeGenerator);
            DeepPoint<TField, TParameters>[] points = [.. plan.Heights[height].Points.Select((point, i) => new DeepPoint<TField, TParameters>(
                point.Point, values[height][i], [.. point.Terms.Select(term => new DeepTerm<TField>(batches[term.Batch].Matrices[term.Matrix], coordinates, term.FirstCoefficient))]))];
            DeepQuotient<TField, TParameters>.Combine(points, combined, threads, cancellation);
            progress?.Report(++done);
            return combined;
        }

        void Grind(ReadOnlySpan<byte> label, int bits)
        {
            if (bits > 0) transcript.Grind(label, bits, threads, cancellation);
        }
    }
}
