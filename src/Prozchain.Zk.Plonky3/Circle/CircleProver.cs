using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>Proves what <see cref="CircleVerifier{TExt}"/> verifies.</summary>
internal static class CircleProver<TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    private static readonly Mersenne31 s_half = Mersenne31.One.Halve();

    /// <summary>Absorbs the values, and shows that the commitments hold them.</summary>
    public static CircleProof<TExt> Prove(
        Plonky3Key<Mersenne31, TExt> key, Challenger<Mersenne31, TExt> challenger,
        IReadOnlyList<(MixedTree<Mersenne31> Tree, MatrixClaim<TExt>[] Claims)> inputs, CancellationToken cancellation)
    {
        Plonky3Config config = key.Config;
        foreach (MatrixClaim<TExt> matrix in inputs.SelectMany(input => input.Claims))
            foreach (TExt[] columns in matrix.Values) challenger.AbsorbExtensions(columns);
        SortedDictionary<int, TExt[]> codewords = CircleCombiner<TExt>.Combine(inputs, challenger.SampleExtension());
        int logMax = codewords.Keys.Max();
        var lambdas = new TExt[codewords.Count];
        int at = 0;
        foreach ((int logHeight, TExt[] codeword) in codewords) lambdas[at++] = CircleCombiner<TExt>.TakeOffVanishing(codeword, logHeight, logHeight - config.LogBlowup);

        var first = MixedTree<Mersenne31>.Commit(key.Suite.Hash, config.CapHeight, [.. codewords.Select(entry => Pairs(entry.Value, entry.Key))]);
        challenger.Absorb(first.Cap);
        TExt beta = challenger.SampleExtension();
        Dictionary<int, TExt[]> folded = codewords.ToDictionary(entry => entry.Key - 1, entry => FoldByImage(entry.Value, entry.Key, beta));

        List<(MixedTree<Mersenne31> Tree, TExt[] Codeword)> rounds = [];
        List<Mersenne31> witnesses = [];
        var current = new TExt[1 << (logMax - 1)];
        Mersenne31[] factors = Factors(logMax - 1);
        for (int logHeight = logMax - 1; logHeight > config.LogBlowup; logHeight--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (folded.TryGetValue(logHeight, out TExt[]? input))
                for (int i = 0; i < current.Length; i++) current[i] += input[i];
            var tree = MixedTree<Mersenne31>.Commit(key.Suite.Hash, config.CapHeight, MemoryMarshal.Cast<TExt, Mersenne31>(current.AsSpan()), 2 * TExt.Degree);
            rounds.Add((tree, current));
            challenger.Absorb(tree.Cap);
            witnesses.Add(challenger.Grind(config.RoundWorkBits, cancellation));
            current = Fold(current, factors, challenger.SampleExtension());
            factors = [.. Enumerable.Range(0, factors.Length / 2).Select(k => CirclePoint<Mersenne31>.Double(factors[2 * k]))];
        }
        challenger.AbsorbExtension(current[0]);
        Mersenne31 queryWitness = challenger.Grind(config.QueryWorkBits, cancellation);
        var indices = new int[config.Queries];
        foreach (ref int index in indices.AsSpan()) index = challenger.SampleBits(logMax);
        return new(key.Suite.Hash)
        {
            FirstCap = first.Cap,
            Lambdas = lambdas,
            Caps = [.. rounds.Select(round => round.Tree.Cap)],
            Witnesses = [.. witnesses],
            Inputs = [.. inputs.Select(input => input.Tree.Open([.. indices.Select(index => index >> (logMax - input.Tree.Matrices.Max(matrix => matrix.LogHeight)))]))],
            FirstOthers = [.. indices.Select(index => codewords.Select(entry => entry.Value[(index >> (logMax - entry.Key)) ^ 1]).ToArray())],
            FirstSiblings = first.Siblings([.. indices.Select(index => index >> 1)]),
            Steps = [.. rounds.Select((round, r) => Answer(round.Tree, round.Codeword, indices, r + 1))],
            Final = current[0],
            QueryWitness = queryWitness,
        };
    }

    private static FoldStep<Mersenne31, TExt> Answer(MixedTree<Mersenne31> tree, TExt[] codeword, int[] indices, int shift) => new()
    {
        LogArity = 1,
        Others = [.. indices.Select(index => (TExt[])[codeword[(index >> shift) ^ 1]])],
        Salts = [],
        Siblings = tree.Siblings([.. indices.Select(index => index >> (shift + 1))]),
    };

    // A codeword as a matrix: each row a pair.
    private static CommittedMatrix<Mersenne31> Pairs(TExt[] codeword, int logHeight)
    {
        ReadOnlySpan<Mersenne31> cells = MemoryMarshal.Cast<TExt, Mersenne31>(codeword.AsSpan());
        int width = 2 * TExt.Degree, height = 1 << (logHeight - 1);
        var columns = new Mersenne31[cells.Length];
        for (int row = 0; row < height; row++)
            for (int column = 0; column < width; column++) columns[column * height + row] = cells[row * width + column];
        return new(logHeight - 1, width, columns);
    }

    private static TExt[] FoldByImage(TExt[] codeword, int logHeight, TExt beta)
    {
        var factors = new Mersenne31[codeword.Length / 2];
        for (int i = 0; i < factors.Length; i++) factors[i] = CircleDomain.RowPoint(logHeight, 2 * i).Y;
        return Fold(codeword, factors, beta);
    }

    private static TExt[] Fold(TExt[] codeword, Mersenne31[] factors, TExt beta)
    {
        var inverses = new Mersenne31[factors.Length];
        FieldSpans.Invert<Mersenne31>(factors, inverses);
        var folded = new TExt[factors.Length];
        for (int i = 0; i < folded.Length; i++)
            folded[i] = (codeword[2 * i] + codeword[2 * i + 1] + beta * (codeword[2 * i] - codeword[2 * i + 1]) * inverses[i]) * s_half;
        return folded;
    }

    // The x of the points that the first round's pairs stand for.
    private static Mersenne31[] Factors(int logHeight)
    {
        var factors = new Mersenne31[1 << (logHeight - 1)];
        CirclePoint<Mersenne31> point = CircleDomain.Generator(logHeight + 2), step = CircleDomain.Generator(logHeight);
        for (int i = 0; i < factors.Length; i++, point += step) factors[Bits.Reverse(i, logHeight - 1)] = point.X;
        return factors;
    }
}
