namespace Prozchain.Zk.Security;

/// <summary>
/// The stated cost model: expected bytes of a proof and hashing of its prover, for the tallest table. Trees are opened by pruned
/// multiproofs at uniform positions. Constant headers, a few bytes, are left out.
/// </summary>
internal static class ProofCost
{
    public const int NonceBytes = 8;

    private const double OperationsPerBlock = 256;

    /// <summary>
    /// Expected bytes: roots, out-of-domain values, opened rows with their digests and a salt for each table, folds, final
    /// polynomial, nonces.
    /// </summary>
    public static double Bytes(ParameterSet set)
    {
        StarkShape shape = set.Shape;
        int element = FieldFacts.Of(shape.Field).EncodedSize, degree = set.ExtensionDegree, digest = set.DigestBits / 8;
        double bytes = (double)ProtocolNumbers.Of(set).BatchSize * degree * element;
        long salt = shape.ZeroKnowledge ? (long)shape.Tables * SaltBytes(set) : 0;
        foreach (long columns in Trees(shape, degree)) bytes += Tree(set.LogDomain, set.Queries, columns * element + salt, digest);
        int[] folds = set.FoldLogArities();
        int left = set.LogDomain;
        foreach (int log in folds)
        {
            left -= log;
            bytes += Tree(left, set.Queries, ((1 << log) - 1) * degree * element, digest);
        }
        bytes += Math.ScaleB(degree * element, Math.Min(set.LogFinalLength, set.LogDimension));
        return bytes + NonceBytes * set.Grinding.Nonces(folds.Length);
    }

    /// <summary>
    /// Blocks of 64 bytes that the prover hashes, for leaves, inner nodes and grinding, and its arithmetic in the extension, for
    /// the batch and the constraints at each point of the domain, 256 multiplications of the base field counted as one block.
    /// </summary>
    public static double Work(ParameterSet set)
    {
        StarkShape shape = set.Shape;
        int element = FieldFacts.Of(shape.Field).EncodedSize, degree = set.ExtensionDegree;
        double n = Math.ScaleB(1, set.LogDomain);
        double blocks = n * degree * (ProtocolNumbers.Of(set).BatchSize + shape.Constraints) / OperationsPerBlock;
        foreach (long columns in Trees(shape, degree)) blocks += n * (columns * element / 64.0 + 1);
        int[] folds = set.FoldLogArities();
        foreach (int log in folds)
        {
            blocks += n * degree * element / 64.0;
            n = Math.ScaleB(n, -log);
            blocks += n;
        }
        return blocks + set.Grinding.ExpectedWork(folds.Length);
    }

    /// <summary>Bytes of salt in a leaf: a guess of one of all leaves must cost 2^target.</summary>
    public static int SaltBytes(ParameterSet set) => (set.TargetBits + set.LogDomain + 7) / 8;

    /// <summary>Distinct leaves expected among so many uniform queries.</summary>
    internal static double Distinct(int logLeaves, int queries)
    {
        double leaves = Math.ScaleB(1, logLeaves);
        return leaves * -Expm1(queries * Log1p(-1 / leaves));
    }

    /// <summary>Digests expected in a pruned multiproof: nodes that no query passes but a query passes their sibling.</summary>
    internal static double Digests(int logLeaves, int queries)
    {
        double digests = 0;
        for (int depth = 1; depth <= logLeaves; depth++)
        {
            double nodes = Math.ScaleB(1, depth);
            digests += nodes * (Math.Pow(1 - 1 / nodes, queries) - Math.Pow(1 - 2 / nodes, queries));
        }
        return digests;
    }

    private static double Tree(int logLeaves, int queries, double leaf, int digest) =>
        digest + Distinct(logLeaves, queries) * leaf + Digests(logLeaves, queries) * digest;

    /// <summary>Base columns of each tree: trace, lookups, quotient, and the masks of the batches when hiding.</summary>
    private static IEnumerable<long> Trees(StarkShape shape, int degree)
    {
        yield return shape.Columns;
        // Early tables have a tree of their own; their columns are counted with the others.
        if (shape.IsShared) yield return 0;
        if (shape.LookupColumns > 0) yield return (long)shape.LookupColumns * degree;
        yield return (long)shape.Tables * shape.QuotientChunks * degree;
        if (shape.ZeroKnowledge) yield return (long)shape.Tables * degree;
    }

    // The base library has neither; the arguments are small enough for short series where cancellation would bite.
    private static double Log1p(double x) => Math.Abs(x) < 1e-5 ? x - x * x / 2 : Math.Log(1 + x);

    private static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;
}
