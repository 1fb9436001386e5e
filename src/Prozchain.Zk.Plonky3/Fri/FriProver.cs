using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>Proves what <see cref="FriVerifier{TField, TExt}"/> verifies, without hiding.</summary>
internal static class FriProver<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>Absorbs the values, and shows that the commitments hold them.</summary>
    public static FriProof<TField, TExt> Prove(
        TreeHash<TField> hash, Plonky3Config config, Challenger<TField, TExt> challenger,
        IReadOnlyList<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs, CancellationToken cancellation)
    {
        foreach ((_, MatrixClaim<TExt>[] claims) in inputs)
            foreach (MatrixClaim<TExt> matrix in claims)
                foreach (TExt[] values in matrix.Values) challenger.AbsorbExtensions(values);
        SortedDictionary<int, TExt[]> codewords = InputCombiner<TField, TExt>.Combine(inputs, challenger.SampleExtension());
        int logMax = codewords.Keys.Max();
        List<int> arities = FriPlan.Schedule(codewords.Keys.ToHashSet(), config);

        TExt[] codeword = codewords[logMax];
        List<(MixedTree<TField> Tree, TExt[] Codeword)> rounds = [];
        List<TField> witnesses = [];
        int logHeight = logMax;
        foreach (int logArity in arities)
        {
            cancellation.ThrowIfCancellationRequested();
            MixedTree<TField> tree = MixedTree<TField>.Commit(
                hash, config.CapHeight, MemoryMarshal.Cast<TExt, TField>(codeword.AsSpan()), TExt.Degree << logArity);
            rounds.Add((tree, codeword));
            challenger.Absorb(tree.Cap);
            witnesses.Add(challenger.Grind(config.RoundWorkBits, cancellation));
            logHeight -= logArity;
            codeword = Fold(codeword, logArity, challenger.SampleExtension(), codewords.GetValueOrDefault(logHeight));
        }
        TExt[] final = Interpolate(codeword, config.LogFinalLength);
        challenger.AbsorbExtensions(final);
        foreach (int logArity in arities) challenger.AbsorbInteger(logArity);
        TField queryWitness = challenger.Grind(config.QueryWorkBits, cancellation);
        var indices = new int[config.Queries];
        foreach (ref int index in indices.AsSpan()) index = challenger.SampleBits(logMax);
        return new()
        {
            Caps = [.. rounds.Select(round => round.Tree.Cap)],
            Witnesses = [.. witnesses],
            Inputs = [.. inputs.Select(input => Open(input.Tree, indices, logMax))],
            Steps = Answer(rounds, arities, indices),
            Final = final,
            QueryWitness = queryWitness,
        };
    }

    private static TExt[] Fold(TExt[] codeword, int logArity, TExt beta, TExt[]? input)
    {
        int logRows = System.Numerics.BitOperations.Log2((uint)codeword.Length);
        TExt factor = FieldMath.Power(beta, 1UL << logArity);
        for (int bit = 0; bit < logArity; bit++, beta *= beta)
        {
            logRows--;
            var folded = new TExt[1 << logRows];
            TField root = TField.TwoAdicGenerator(logRows + 1).Inverse(), inverse = TField.One;
            for (int i = 0; i < folded.Length; i++, inverse *= root)
            {
                int row = Bits.Reverse(i, logRows);
                folded[row] = Folding<TField, TExt>.FoldPair(codeword[2 * row], codeword[2 * row + 1], inverse, beta);
            }
            codeword = folded;
        }
        if (input is null) return codeword;
        for (int i = 0; i < codeword.Length; i++) codeword[i] += factor * input[i];
        return codeword;
    }

    // The first values of a bit-reversed codeword lie on the subgroup that is as large as the polynomial is long.
    private static TExt[] Interpolate(TExt[] codeword, int logLength)
    {
        var coefficients = new TExt[1 << logLength];
        var inverse = TransformPlan<TField>.Inverse(logLength, TransformOrder.Natural);
        Span<TField> parts = new TField[TExt.Degree << logLength], part = new TField[1 << logLength];
        for (int k = 0; k < TExt.Degree; k++)
        {
            for (int i = 0; i < part.Length; i++) part[Bits.Reverse(i, logLength)] = codeword[i][k];
            inverse.Run(part, part);
            for (int i = 0; i < part.Length; i++) parts[i * TExt.Degree + k] = part[i];
        }
        for (int i = 0; i < coefficients.Length; i++) coefficients[i] = TExt.FromCoefficients(parts.Slice(i * TExt.Degree, TExt.Degree));
        return coefficients;
    }

    private static RowOpening<TField> Open(MixedTree<TField> tree, int[] indices, int logMax)
    {
        int tallest = tree.Matrices.Max(matrix => matrix.LogHeight);
        return tree.Open([.. indices.Select(index => index >> (logMax - tallest))]);
    }

    private static FoldStep<TField, TExt>[] Answer(List<(MixedTree<TField> Tree, TExt[] Codeword)> rounds, List<int> arities, int[] indices)
    {
        var steps = new FoldStep<TField, TExt>[rounds.Count];
        int[] at = [.. indices];
        for (int round = 0; round < steps.Length; round++)
        {
            int logArity = arities[round], arity = 1 << logArity;
            var others = new TExt[at.Length][];
            for (int query = 0; query < at.Length; query++)
            {
                ReadOnlySpan<TExt> row = rounds[round].Codeword.AsSpan(at[query] >> logArity << logArity, arity);
                int place = at[query] & (arity - 1);
                others[query] = [.. row[..place], .. row[(place + 1)..]];
                at[query] >>= logArity;
            }
            steps[round] = new() { LogArity = logArity, Others = others, Salts = [], Siblings = rounds[round].Tree.Siblings(at) };
        }
        return steps;
    }
}
