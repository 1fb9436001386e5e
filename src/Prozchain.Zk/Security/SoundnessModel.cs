namespace Prozchain.Zk.Security;

/// <summary>
/// The error of each round of a DEEP-ALI STARK with batched FRI, as a base-2 logarithm and before grinding. The argument, with
/// its sources, is docs/security.md. Notation: q field of challenges, k and n dimension and length of the code of the tallest
/// table, L list size, E(n) exceptional challenges of a line.
/// </summary>
internal sealed class SoundnessModel(ProtocolNumbers numbers, ProximityBound bound)
{
    private readonly double _list = bound.Log2ListSize(numbers.LogBlowup);

    /// <summary>log2 of the factor by which a batch of codewords multiplies the exceptional challenges of a line.</summary>
    public double Log2BatchFactor => numbers.Batching switch
    {
        BatchingKind.Powers => Math.Log2(numbers.BatchSize - 1),
        BatchingKind.Tensor => Math.Log2(StarkShape.LogCeiling(numbers.BatchSize)),
        _ => 0,
    };

    /// <summary>
    /// Fingerprint and accumulation: the cleared sum of M fractions, of rows and public messages, has degree at most (M - 1)(W + 1) in the two challenges, and
    /// one of M denominators may vanish, after which its fraction is free: L·M(W + 2)/q.
    /// </summary>
    public double Lookup() => numbers.Lookups == 0 ? double.NegativeInfinity
        : _list + LogMath.Add(Math.Log2(numbers.Lookups) + numbers.LogRows, Math.Log2(numbers.PublicMessages)) + Math.Log2(numbers.MessageWidth + 2) - numbers.Log2Field;

    /// <summary>
    /// The same over the shared buses of a list: M(W + 2)/q, M over all proofs. There is no factor L: each early commitment must stand for one
    /// trace, since a choice of L in each of P proofs would count L^P; hence unique decoding.
    /// </summary>
    public double Shared() => numbers.SharedMessageWidth == 0 ? double.NegativeInfinity
        : numbers.LogSharedMessages + Math.Log2(numbers.SharedMessageWidth + 2) - numbers.Log2Field;

    /// <summary>L·C/q: constraints are combined by powers of one challenge.</summary>
    public double Composition() => _list + Math.Log2(numbers.Constraints) - numbers.Log2Field;

    /// <summary>
    /// L·deg/(q - k - n), where deg bounds the degree of the identity checked at the point, on the side of the constraints and on
    /// that of the quotient chunks.
    /// </summary>
    public double OutOfDomain()
    {
        double k = Math.ScaleB(1, numbers.LogDimension), rows = Math.ScaleB(1, numbers.LogRows);
        double constraints = numbers.ConstraintDegree * (k + numbers.Points - 1) + k - 1;
        double quotient = numbers.QuotientChunks * rows + k + numbers.Points - 1;
        double left = 1 - Math.Pow(2, LogMath.Add(numbers.LogDimension, numbers.LogDimension + numbers.LogBlowup) - numbers.Log2Field);
        return left <= 0 ? 0 : _list + Math.Log2(Math.Max(1, Math.Max(constraints, quotient))) - numbers.Log2Field - Math.Log2(left);
    }

    /// <summary>
    /// factor·E(n)/q, E summed over the heights: the columns of each height are a batch of their own with the same challenges, so any
    /// of these may fail. With powers too, since a height's columns may lie anywhere in the order, from the first power to the last.
    /// </summary>
    public double Batching()
    {
        if (numbers.BatchSize < 2) return double.NegativeInfinity;
        double exceptional = bound.Log2Exceptional(numbers.LogDimension, numbers.LogBlowup);
        for (int i = 1; i < numbers.Heights; i++)
            exceptional = LogMath.Add(exceptional, bound.Log2Exceptional(numbers.LogDimension - i, numbers.LogBlowup));
        return Log2BatchFactor + exceptional - numbers.Log2Field;
    }

    /// <summary>
    /// (arity - 1)·E(n/arity)/q; where a shorter codeword may join, arity·E(n/arity)/q, and the worst arity up to this one, since
    /// the heights in a proof may force a smaller.
    /// </summary>
    /// <param name="logDimension">log2 of the dimension before the fold.</param>
    /// <param name="logArity">log2 of the arity.</param>
    public double Fold(int logDimension, int logArity)
    {
        double worst = double.NegativeInfinity;
        for (int log = numbers.MixedHeights ? 1 : logArity; log <= logArity; log++)
        {
            int degree = (1 << log) - (numbers.MixedHeights ? 0 : 1);
            worst = Math.Max(worst, Math.Log2(degree) + bound.Log2Exceptional(logDimension - log, numbers.LogBlowup) - numbers.Log2Field);
        }
        return worst;
    }

    /// <summary>The errors of all folds, first to last.</summary>
    public double[] Folds()
    {
        var errors = new double[numbers.FoldLogArities.Count];
        for (int i = 0, left = numbers.LogDimension; i < errors.Length; left -= numbers.FoldLogArities[i], i++)
            errors[i] = Fold(left, numbers.FoldLogArities[i]);
        return errors;
    }

    /// <summary>
    /// log2 of the share of positions at which an accepted false claim agrees; 0 if the code is too short for the points opened
    /// (k + points must stay below αn, [Hab22] Section 4.1.3). The shortest table decides.
    /// </summary>
    public double Agreement()
    {
        int logDimension = numbers.MinLogRows + numbers.MaskingLog;
        double agreement = bound.Log2Agreement(logDimension, numbers.LogBlowup, numbers.Points);
        double needed = Math.Log2(Math.ScaleB(1, logDimension) + numbers.Points) - (logDimension + numbers.LogBlowup);
        return agreement < 0 && needed < agreement ? agreement : 0;
    }

    /// <summary>α^queries.</summary>
    public double Query() => Agreement() * numbers.Queries;

    /// <summary>What the least of the rounds proves.</summary>
    public double ProvenBits() => Rounds().Min(round => round.Bits);

    /// <summary>The rounds with their grinding, and the digests: what the least of them gives is what is proven.</summary>
    public SecurityRound[] Rounds()
    {
        GrindingBits ground = numbers.Grinding;
        string e = bound.ExceptionalFormula;
        var rounds = new List<SecurityRound>();
        if (numbers.SharedMessageWidth > 0) Add("shared challenges", Shared(), ground.Shared, "M·(W + 2)/q over the list", "Haböck (eprint 2022/1530)");
        if (numbers.Lookups > 0) Add("lookup challenges", Lookup(), ground.Lookup, "L·M·(W + 2)/q", "Haböck (eprint 2022/1530)");
        Add("constraint composition", Composition(), ground.Composition, "L·C/q", "Haböck (eprint 2022/1216) Theorem 8");
        Add("out-of-domain point", OutOfDomain(), ground.OutOfDomain, "L·deg/(q - k - n)", "Haböck (eprint 2022/1216) Theorem 8; eprint 2024/1553 Theorem 2");
        string factor = numbers.Batching switch { BatchingKind.Powers => "(B - 1)·E", BatchingKind.Tensor => "ceil(log2 B)·E", _ => "E" };
        if (numbers.Heights > 1) factor += " over all heights";
        if (numbers.BatchSize > 1) Add("batching of columns and points", Batching(), ground.Batching, $"{factor} / q, E = {e}", bound.Source);
        double[] folds = Folds();
        for (int i = 0; i < folds.Length; i++)
            Add($"fold {i + 1} by {1 << numbers.FoldLogArities[i]}", folds[i], ground.Fold, $"{(numbers.MixedHeights ? "arity" : "(arity - 1)")}·E(n/arity)/q", bound.Source);
        Add("queries", Query(), ground.Query, "α^s, " + bound.AgreementFormula, "BCIKS20 (eprint 2020/654) Theorem 8.3");
        Add("collision of digests", -numbers.DigestBits / 2.0 - LogMath.Margin, 0, "2^(-bits/2)", "birthday bound; BCS16 (eprint 2016/116)");
        return [.. rounds];

        void Add(string name, double log2Error, int grinding, string formula, string source) =>
            rounds.Add(new(name, LogMath.Bits(log2Error) + grinding, grinding, formula, source));
    }
}
