using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>Verifies that commitments hold polynomials of low degree with the values claimed: FRI over two-adic cosets.</summary>
internal static class FriVerifier<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public static Plonky3Result Verify(
        TreeHash<TField> hash, Plonky3Config config, Challenger<TField, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, FriProof<TField, TExt> proof)
    {
        HashSet<int> logHeights = [.. claims.SelectMany(claim => claim.Matrices).Select(matrix => matrix.LogRows + config.LogBlowup)];
        if (!FriPlan.Fits(logHeights, proof, config)) return Plonky3Result.WrongShape;
        int logMax = logHeights.Max();

        foreach (Claim<TExt> claim in claims)
            foreach (MatrixClaim<TExt> matrix in claim.Matrices)
                foreach (TExt[] columns in matrix.Values) challenger.AbsorbExtensions(columns);
        TExt alpha = challenger.SampleExtension();
        var betas = new TExt[proof.Steps.Length];
        for (int round = 0; round < betas.Length; round++)
        {
            challenger.Absorb(proof.Caps[round]);
            if (!challenger.CheckWork(config.RoundWorkBits, proof.Witnesses[round])) return Plonky3Result.InsufficientWork;
            betas[round] = challenger.SampleExtension();
        }
        challenger.AbsorbExtensions(proof.Final);
        foreach (FoldStep<TField, TExt> step in proof.Steps) challenger.AbsorbInteger(step.LogArity);
        if (!challenger.CheckWork(config.QueryWorkBits, proof.QueryWitness)) return Plonky3Result.InsufficientWork;
        var indices = new int[config.Queries];
        foreach (ref int index in indices.AsSpan()) index = challenger.SampleBits(logMax);

        if (!InputsLeadToCaps(hash, config, claims, proof, indices, logMax)) return Plonky3Result.WrongOpening;
        var reducer = new InputReducer<TField, TExt>(claims, alpha, config.LogBlowup);
        var values = new TExt[indices.Length];
        var reduced = new TExt[indices.Length][];
        for (int query = 0; query < indices.Length; query++)
        {
            reduced[query] = new TExt[logMax + 1];
            if (!reducer.TryReduce(proof.Inputs, query, indices[query], reduced[query])) return Plonky3Result.NotLowDegree;
            if (logHeights.Contains(config.LogBlowup) && reduced[query][config.LogBlowup] != TExt.Zero) return Plonky3Result.NotLowDegree;
            values[query] = reduced[query][logMax];
        }
        return Fold(hash, proof, betas, indices, values, reduced, logMax);
    }

    private static Plonky3Result Fold(
        TreeHash<TField> hash, FriProof<TField, TExt> proof, TExt[] betas, int[] indices, TExt[] values, TExt[][] reduced, int logHeight)
    {
        for (int round = 0; round < betas.Length; round++)
        {
            FoldStep<TField, TExt> step = proof.Steps[round];
            int arity = 1 << step.LogArity;
            logHeight -= step.LogArity;
            TExt factor = FieldMath.Power(betas[round], (ulong)arity);
            var rows = new TField[indices.Length][][];
            var row = new TExt[arity];
            for (int query = 0; query < indices.Length; query++)
            {
                int place = indices[query] & (arity - 1);
                step.Others[query].AsSpan(0, place).CopyTo(row);
                row[place] = values[query];
                step.Others[query].AsSpan(place).CopyTo(row.AsSpan(place + 1));
                indices[query] >>= step.LogArity;
                TField[] leaf = MemoryMarshal.Cast<TExt, TField>(row.AsSpan()).ToArray();
                rows[query] = step.Salts.Length == 0 ? [leaf] : [[.. leaf, .. step.Salts[query][0]]];
                values[query] = Folding<TField, TExt>.FoldRow(row, indices[query], logHeight, betas[round]) + factor * reduced[query][logHeight];
            }
            if (!Multiproof.Verify(hash, proof.Caps[round], [logHeight], indices, rows, step.Siblings)) return Plonky3Result.WrongOpening;
        }
        TField root = TField.TwoAdicGenerator(logHeight);
        for (int query = 0; query < indices.Length; query++)
        {
            TExt x = TExt.FromBase(FieldMath.Power(root, (ulong)Bits.Reverse(indices[query], logHeight)));
            if (FieldMath.Evaluate<TExt>(proof.Final, x) != values[query]) return Plonky3Result.NotLowDegree;
        }
        return Plonky3Result.Valid;
    }

    private static bool InputsLeadToCaps(
        TreeHash<TField> hash, Plonky3Config config, IReadOnlyList<Claim<TExt>> claims, FriProof<TField, TExt> proof, int[] indices, int logMax)
    {
        for (int i = 0; i < claims.Count; i++)
        {
            int[] heights = [.. claims[i].Matrices.Select(matrix => matrix.LogRows + config.LogBlowup)];
            int tallest = heights.Max();
            int[] leaves = [.. indices.Select(index => index >> (logMax - tallest))];
            if (!Multiproof.Verify(hash, claims[i].Cap, heights, leaves, proof.Inputs[i].Leaves(), proof.Inputs[i].Siblings)) return false;
        }
        return true;
    }
}
