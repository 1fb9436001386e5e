using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>Verifies that commitments hold functions of low degree on the circle with the values claimed: circle FRI, eprint 2024/278.</summary>
internal static class CircleVerifier<TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    private static readonly Mersenne31 s_half = Mersenne31.One.Halve();

    public static Plonky3Result Verify(
        TreeHash<Mersenne31> hash, Plonky3Config config, Challenger<Mersenne31, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, CircleProof<TExt> proof)
    {
        int[] heights = [.. claims.SelectMany(claim => claim.Matrices).Select(matrix => matrix.LogRows + config.LogBlowup).Distinct().Order()];
        if (!Fits(heights, proof, config)) return Plonky3Result.WrongShape;
        int logMax = heights[^1];
        foreach (MatrixClaim<TExt> matrix in claims.SelectMany(claim => claim.Matrices))
            foreach (TExt[] columns in matrix.Values) challenger.AbsorbExtensions(columns);
        TExt alpha = challenger.SampleExtension();
        challenger.Absorb(proof.FirstCap);
        TExt firstBeta = challenger.SampleExtension();
        var betas = new TExt[proof.Steps.Length];
        for (int round = 0; round < betas.Length; round++)
        {
            challenger.Absorb(proof.Caps[round]);
            if (!challenger.CheckWork(config.RoundWorkBits, proof.Witnesses[round])) return Plonky3Result.InsufficientWork;
            betas[round] = challenger.SampleExtension();
        }
        challenger.AbsorbExtension(proof.Final);
        if (!challenger.CheckWork(config.QueryWorkBits, proof.QueryWitness)) return Plonky3Result.InsufficientWork;
        var indices = new int[config.Queries];
        foreach (ref int index in indices.AsSpan()) index = challenger.SampleBits(logMax);

        for (int i = 0; i < claims.Count; i++)
        {
            int[] logHeights = [.. claims[i].Matrices.Select(matrix => matrix.LogRows + config.LogBlowup)];
            int[] leaves = [.. indices.Select(index => index >> (logMax - logHeights.Max()))];
            if (!Multiproof.Verify(hash, claims[i].Cap, logHeights, leaves, proof.Inputs[i].Rows, proof.Inputs[i].Siblings)) return Plonky3Result.WrongOpening;
        }
        return FoldFirst(hash, config, claims, proof, alpha, firstBeta, indices, heights, out TExt[][] folded) is { } reason and not Plonky3Result.Valid
            ? reason
            : FoldRest(hash, proof, betas, [.. indices.Select(index => index >> 1)], folded, logMax - 1);
    }

    private static bool Fits(int[] heights, CircleProof<TExt> proof, Plonky3Config config)
    {
        int height = heights[^1] - 1;
        // The first fold halves each height; all are met before the last round.
        if (proof.Lambdas.Length != heights.Length || heights[0] - 1 <= config.LogBlowup) return false;
        if (proof.FirstCap.Length != FriPlan.CapSize(config.CapHeight, height) || 1 << (heights[0] - 1) < proof.FirstCap.Length) return false;
        if (proof.Steps.Length != height - config.LogBlowup) return false;
        for (int round = 0; round < proof.Steps.Length; round++)
            if (proof.Steps[round].LogArity != 1 || proof.Caps[round].Length != FriPlan.CapSize(config.CapHeight, --height)) return false;
        return true;
    }

    // Folds the inputs of all heights by the mirror image; folded[query][height - 1] is the result.
    private static Plonky3Result FoldFirst(
        TreeHash<Mersenne31> hash, Plonky3Config config, IReadOnlyList<Claim<TExt>> claims, CircleProof<TExt> proof, TExt alpha, TExt beta, int[] indices, int[] heights, out TExt[][] folded)
    {
        int logMax = heights[^1];
        var rows = new Mersenne31[indices.Length][][];
        folded = new TExt[indices.Length][];
        for (int query = 0; query < indices.Length; query++)
        {
            if (!CircleReducer<TExt>.TryReduce(claims, proof.Inputs, alpha, query, indices[query], logMax, config.LogBlowup, out TExt[] reduced)) return Plonky3Result.NotLowDegree;
            rows[query] = new Mersenne31[heights.Length][];
            folded[query] = new TExt[logMax];
            for (int i = 0; i < heights.Length; i++)
            {
                int row = indices[query] >> (logMax - heights[i]);
                CirclePoint<Mersenne31> point = CircleDomain.RowPoint(heights[i], row);
                TExt own = reduced[heights[i]] - proof.Lambdas[i] * CirclePoint<Mersenne31>.Vanishing(point.X, heights[i] - config.LogBlowup);
                (folded[query][heights[i] - 1], rows[query][i]) = FoldPair(own, proof.FirstOthers[query][i], (row & 1) != 0, (row & 1) != 0 ? -point.Y : point.Y, beta);
            }
        }
        int[] leaves = [.. indices.Select(index => index >> 1)];
        bool leads = Multiproof.Verify(hash, proof.FirstCap, [.. heights.Select(height => height - 1)], leaves, rows, proof.FirstSiblings);
        return leads ? Plonky3Result.Valid : Plonky3Result.WrongOpening;
    }

    private static Plonky3Result FoldRest(TreeHash<Mersenne31> hash, CircleProof<TExt> proof, TExt[] betas, int[] indices, TExt[][] folded, int logHeight)
    {
        var values = new TExt[indices.Length];
        var factors = new Mersenne31[indices.Length];
        for (int query = 0; query < indices.Length; query++)
        {
            int turn = Bits.Reverse(indices[query] >> 1, logHeight - 1);
            factors[query] = (CircleDomain.Generator(logHeight + 2) + CircleDomain.Generator(logHeight).Times(turn)).X;
        }
        for (int round = 0; round < betas.Length; round++, logHeight--)
        {
            FoldStep<Mersenne31, TExt> step = proof.Steps[round];
            var rows = new Mersenne31[indices.Length][][];
            for (int query = 0; query < indices.Length; query++)
            {
                (values[query], Mersenne31[] row) = FoldPair(values[query] + folded[query][logHeight], step.Others[query][0], (indices[query] & 1) != 0, factors[query], betas[round]);
                rows[query] = [row];
                indices[query] >>= 1;
                factors[query] = CirclePoint<Mersenne31>.Double(factors[query]);
                if ((indices[query] & 1) != 0) factors[query] = -factors[query];
            }
            if (!Multiproof.Verify(hash, proof.Caps[round], [logHeight - 1], indices, rows, step.Siblings)) return Plonky3Result.WrongOpening;
        }
        return values.All(value => value == proof.Final) ? Plonky3Result.Valid : Plonky3Result.NotLowDegree;
    }

    private static (TExt Value, Mersenne31[] Row) FoldPair(TExt own, TExt other, bool isSecond, Mersenne31 factor, TExt beta)
    {
        Span<TExt> pair = isSecond ? [other, own] : [own, other];
        TExt value = (pair[0] + pair[1] + beta * (pair[0] - pair[1]) * factor.Inverse()) * s_half;
        return (value, MemoryMarshal.Cast<TExt, Mersenne31>(pair).ToArray());
    }
}
