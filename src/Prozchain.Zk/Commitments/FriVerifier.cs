using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Checks what <see cref="FriProver"/> proves. Nothing that a proof holds makes it throw, and every length and allocation comes from
/// the statement.
/// </summary>
internal static class FriVerifier
{
    /// <param name="transcript">With the statement, the commitments, the points and the claimed values bound.</param>
    /// <param name="settings">The numbers of the proof, from the statement.</param>
    /// <param name="folds">log2 of the arity of each fold, from the statement.</param>
    /// <param name="batches">Shapes from the statement, and received caps.</param>
    /// <param name="claims">The claims, in the order of their coefficients; points from challenges, values received.</param>
    /// <returns>Valid, or why not. Whether bytes are left over the caller asks the transcript.</returns>
    /// <exception cref="ArgumentException">The statement's own numbers do not fit together.</exception>
    public static VerifyResult Verify<TField, TParameters, TTree, THash>(
        VerifierTranscript<THash> transcript, FriSettings settings, IReadOnlyList<int> folds, IReadOnlyList<(BatchShape Shape, byte[] Cap)> batches,
        IReadOnlyList<OpeningClaim<Extension<TField, TParameters>>> claims)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
        where THash : struct, IDigest<THash>
    {
        var plan = new ClaimPlan<TField, Extension<TField, TParameters>>(settings, folds, [.. batches.Select(batch => batch.Shape)], claims);
        if (plan.HasPointInDomain()) return VerifyResult.PointInDomain;
        if (!Work("fri batching work"u8, settings.Grinding.Batching)) return Failure();
        Extension<TField, TParameters>[] coefficients = BatchingCoefficients.Draw<Extension<TField, TParameters>>(transcript, settings.Batching, plan.Total);
        ClaimPlan<TField, Extension<TField, TParameters>>.Tie(claims, coefficients);

        var caps = new byte[plan.Folds.Count][];
        var betas = new Extension<TField, TParameters>[plan.Folds.Count];
        for (int i = 0; i < caps.Length; i++)
        {
            if (transcript.TryReceive("fri fold"u8, caps[i] = new byte[32]) != ReadResult.Ok) return Failure();
            if (!Work("fri fold work"u8, settings.Grinding.Fold)) return Failure();
            betas[i] = transcript.Draw<Extension<TField, TParameters>>("fri fold"u8);
        }
        var final = new Extension<TField, TParameters>[1 << (plan.LogFinalDomain - settings.LogBlowup)];
        if (transcript.TryReceive<Extension<TField, TParameters>>("fri final"u8, final) != ReadResult.Ok) return Failure();
        if (!Work("fri query work"u8, settings.Grinding.Query)) return Failure();
        int[] positions = FriSteps.Positions(transcript, plan.LogDomain, settings.Queries);

        var opened = new OpenedRows<TField>[batches.Count];
        for (int i = 0; i < opened.Length; i++)
        {
            int[] indices = FriSteps.Above(positions, plan.LogDomain, batches[i].Shape);
            VerifyResult result = Open<TField, TTree, THash>(transcript, batches[i].Shape, batches[i].Cap, indices, out opened[i]!);
            if (result != VerifyResult.Valid) return result;
        }
        var quotients = new QuotientValues<TField, TParameters>(plan, claims, coefficients, opened);
        var path = new FoldPath<TField, TParameters>(plan, quotients, positions);
        for (int i = 0; i < caps.Length; i++)
        {
            VerifyResult result = path.Fold<TTree, THash>(transcript, caps[i], betas[i]);
            if (result != VerifyResult.Valid) return result;
        }
        return path.EndsAt(final) ? VerifyResult.Valid : VerifyResult.WrongFinalPolynomial;

        bool Work(ReadOnlySpan<byte> label, int bits) => bits == 0 || transcript.TryReceiveWork(label, bits) == ReadResult.Ok;

        VerifyResult Failure() => VerifyResults.Of(transcript.Failure);
    }

    private static VerifyResult Open<TField, TTree, THash>(
        VerifierTranscript<THash> transcript, BatchShape shape, byte[] cap, int[] indices, out OpenedRows<TField>? rows)
        where TField : unmanaged, ITwoAdicField<TField>
        where TTree : struct, IMatrixHash<TField>
        where THash : struct, IDigest<THash>
    {
        rows = null;
        var plan = new OpeningPlan(shape, indices);
        long size = plan.EncodedSize(TField.EncodedSize);
        if (!transcript.TryReceiveUnbound(size, out ReadOnlySpan<byte> bytes)) return VerifyResults.Of(transcript.Failure);
        ReadResult read = BatchOpening<TField>.TryRead(bytes, plan, out BatchOpening<TField>? opening);
        if (read != ReadResult.Ok) return VerifyResults.Of(transcript.Refuse(read));
        return opening!.VerifyAsPlanned<TTree>(cap, out rows);
    }
}
