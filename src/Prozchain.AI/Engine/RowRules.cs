namespace Prozchain.AI.Engine;

/// <summary>Operators over a whole row or over a request's context.</summary>
internal static class RowRules
{
    /// <summary>Largest probability one of a softmax that is an operator of its own.</summary>
    public const int MaxOne = ushort.MaxValue;

    /// <summary>Largest within an attention, whose probabilities are 16 bits wide.</summary>
    public const int MaxAttentionOne = short.MaxValue;

    private const int MaxFraction = 30;

    public static Inferred Softmax(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (x.Rank < 1) return "Expected x of at least one axis, got a scalar.";
        if (x.Last > GraphLimits.MaxInner) return $"Expected rows of at most {GraphLimits.MaxInner}, got {x.Last}.";
        string? error = ScoreScale.Check(a[1], a[2], a[3], MaxOne, x.Range) ?? Rescale.CheckClamp(a[0], a[4], a[5], a[6]);
        return error is not null ? error : Inferred.Of((ElementType)a[0], x.ShapeArray, new Interval(a[4], a[3] + a[4]).Clamp(a[5], a[6]));
    }

    public static Inferred Norm(ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> a)
    {
        IntegerValue x = inputs[0];
        if (x.Rank < 1) return "Expected x of at least one axis, got a scalar.";
        if (x.Last > GraphLimits.MaxInner) return $"Expected rows of at most {GraphLimits.MaxInner}, got {x.Last}.";
        for (int i = 1; i < inputs.Length; i++)
            if (inputs[i].Constant is null || inputs[i].Rank != 1 || inputs[i].Elements != x.Last) return $"Expected a constant of {x.Last} elements, got {inputs[i]}.";
        if (a[1] is < 1 or >= 1L << 62) return $"Expected an epsilon in [1, 2^62 - 1], got {a[1]}.";
        if (a[2] is < 0 or > MaxFraction || a[3] is < 0 or > MaxFraction) return $"Expected fractions in [0, {MaxFraction}], got {a[2]} and {a[3]}.";
        if (Rescale.CheckClamp(a[0], a[4], a[5], a[6]) is { } error) return error;
        Interval shift = inputs.Length == 3 ? inputs[2].Range : default;
        return NormFits(x, inputs[1].Range, shift, a[1], (int)a[2], (int)a[3])
            ? Inferred.Of((ElementType)a[0], x.ShapeArray, new Interval(a[5], a[6]))
            : $"Expected sums below 2^62 for rows of {x.Last} elements in {x.Range}, epsilon {a[1]} and fractions {a[2]}, {a[3]}.";
    }

    /// <summary>Whether every number of a normalisation fits into 62 bits.</summary>
    public static bool NormFits(IntegerValue x, in Interval gamma, in Interval beta, long epsilon, int rootBits, int fraction)
    {
        Int128 limit = Int128.One << 62, spread = x.Last * x.Range.Magnitude;
        Int128 square = spread * spread + epsilon;
        if (square >= limit >> (2 * rootBits)) return false;
        Int128 root = IntegerRoot.Floor((long)(square << (2 * rootBits)));
        return 2 * ((2 * spread * gamma.Magnitude << rootBits) + beta.Magnitude * root) + (root << fraction) < limit && root << (fraction + 1) < limit;
    }

    public static Inferred Rotary(ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> a)
    {
        IntegerValue x = inputs[0], cosine = inputs[1], sine = inputs[2], positions = inputs[3];
        if (a[0] < 0 || a[0] >= x.Rank - 1) return $"Expected an axis of tokens before the last of {x.Rank}, got {a[0]}.";
        foreach (IntegerValue table in new[] { cosine, sine })
            if (table.Constant is null || table.Type != ElementType.I16 || table.Rank != 2) return $"Expected a constant table I16 of two axes, got {table}.";
        if (!cosine.Shape.SequenceEqual(sine.Shape)) return $"Expected tables of one shape, got {cosine} and {sine}.";
        if (2L * cosine.Shape[1] > x.Last) return $"Expected at most {x.Last / 2} angles, got {cosine.Shape[1]}.";
        int tokens = x.Shape[(int)a[0]];
        if (positions.Rank != 1 || positions.Elements != tokens || positions.Type != ElementType.I32) return $"Expected positions I32[{tokens}], got {positions}.";
        if (positions.Min < 0 || positions.Max >= cosine.Shape[0]) return $"Expected positions below {cosine.Shape[0]}, got {positions.Range}.";
        if (a[1] is not (0 or 1)) return $"Expected 0 or 1 for interleaved pairs, got {a[1]}.";
        if (a[2] is < 1 or > MaxFraction) return $"Expected a shift in [1, {MaxFraction}], got {a[2]}.";
        return Rescale.CheckClamp((long)x.Type, 0, a[3], a[4]) is { } error ? error : Inferred.Of(x.Type, x.ShapeArray, new Interval(a[3], a[4]));
    }

    public static Inferred Positions(long tokens, int context) => tokens < 1 || tokens > context
        ? $"Expected tokens within the context of {context}, got {tokens}."
        : Inferred.Of(ElementType.I32, [(int)tokens], new Interval(0, context - 1));

    public static Inferred Attention(ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> a, int context)
    {
        IntegerValue q = inputs[0], k = inputs[1], v = inputs[2];
        foreach (IntegerValue input in inputs)
            if (input.Rank != 3 || input.Type != ElementType.I8) return $"Expected I8 of tokens, heads and elements, got {input}.";
        if (q.Shape[2] != k.Shape[2] || k.Shape[0] != v.Shape[0] || k.Shape[1] != v.Shape[1]) return $"Expected q, k and v that fit, got {q}, {k} and {v}.";
        if (q.Shape[1] % k.Shape[1] != 0) return $"Expected query heads that are a multiple of {k.Shape[1]}, got {q.Shape[1]}.";
        if (a[0] is not (0 or 1) || a[1] is not (0 or 1)) return $"Expected 0 or 1 for causal and cached, got {a[0]} and {a[1]}.";
        if (a[0] == 1 && q.Shape[0] != k.Shape[0]) return $"Expected as many keys as queries, got {k.Shape[0]} and {q.Shape[0]}.";
        if (a[1] == 1 && (a[0] != 1 || k.Shape[0] > context)) return $"Expected a causal attention within the context of {context}.";
        int keys = a[1] == 1 ? context : k.Shape[0];
        if (keys > GraphLimits.MaxContext) return $"Expected at most {GraphLimits.MaxContext} keys, got {keys}.";
        if (GraphLimits.CheckSum(q.Shape[2], q.Range, k.Range, default, out Interval scores) is { } large) return large;
        if ((ScoreScale.Check(a[2], a[3], a[4], MaxAttentionOne, scores) ?? Rescale.Check(a[5..])) is { } error) return error;
        if (a[5] == (long)ElementType.I32) return "Expected an output of I8 or I16, got I32.";
        // Each probability is rounded up by at most a half: they add up to at most Q + keys / 2.
        Int128 most = (a[4] + keys / 2 + 1) * v.Range.Magnitude;
        if (most > GraphLimits.MaxAccumulator) return $"Expected weighted sums within ±{GraphLimits.MaxAccumulator}, got up to {most}.";
        var output = Rescale.Read(a[5..]);
        return Inferred.Of(output.Type, [q.Shape[0], q.Shape[1], v.Shape[2]], output.Apply(new Interval(-most, most)));
    }
}
