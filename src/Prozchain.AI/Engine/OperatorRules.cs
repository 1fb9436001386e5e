namespace Prozchain.AI.Engine;

/// <summary>
/// What each operator accepts and what it makes of it: type, shape and interval. The builder and the reader of hostile
/// bytes both come through here, so that a graph that exists is one whose every sum fits.
/// </summary>
internal static class OperatorRules
{
    public const int Count = 27;

    public static Inferred Infer(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> attributes, int context)
    {
        if ((uint)kind >= Count) return $"Expected an operator in [0, {Count - 1}], got {(int)kind}.";
        (int least, int most) = Inputs(kind);
        if (inputs.Length < least || inputs.Length > most) return $"Expected {least} to {most} inputs, got {inputs.Length}.";
        int expected = Attributes(kind, inputs);
        if (attributes.Length != expected && expected >= 0) return $"Expected {expected} attributes, got {attributes.Length}.";
        return kind switch
        {
            OperatorKind.MatMul => ProductRules.MatMul(inputs),
            OperatorKind.BatchMatMul => ProductRules.BatchMatMul(inputs[0], inputs[1], attributes[0]),
            OperatorKind.Conv => ProductRules.Conv(inputs, attributes),
            OperatorKind.Requantise => ElementwiseRules.Requantise(inputs[0], attributes),
            OperatorKind.RequantiseChannels => ElementwiseRules.RequantiseChannels(inputs, attributes),
            OperatorKind.AddScaled => ElementwiseRules.AddScaled(inputs[0], inputs[1], attributes),
            OperatorKind.Multiply => ElementwiseRules.Multiply(inputs[0], inputs[1]),
            OperatorKind.Lookup => ElementwiseRules.Lookup(inputs[0], inputs[1]),
            OperatorKind.Clip => ElementwiseRules.Clip(inputs[0], attributes),
            OperatorKind.MaxPool => ReductionRules.MaxPool(inputs[0], attributes),
            OperatorKind.SumPool => ReductionRules.SumPool(inputs[0], attributes),
            OperatorKind.ReduceSum => ReductionRules.ReduceSum(inputs[0], attributes),
            OperatorKind.ReduceMax => ReductionRules.ReduceMax(inputs[0], attributes),
            OperatorKind.ArgMax => ReductionRules.ArgMax(inputs[0], attributes),
            OperatorKind.Softmax => RowRules.Softmax(inputs[0], attributes),
            OperatorKind.LayerNorm or OperatorKind.RmsNorm => RowRules.Norm(inputs, attributes),
            OperatorKind.Rotary => RowRules.Rotary(inputs, attributes),
            OperatorKind.Positions => RowRules.Positions(attributes[0], context),
            OperatorKind.Attention => RowRules.Attention(inputs, attributes, context),
            OperatorKind.Gather => LayoutRules.Gather(inputs[0], inputs[1], attributes[0]),
            OperatorKind.Concat => LayoutRules.Concat(inputs, attributes[0]),
            OperatorKind.Slice => LayoutRules.Slice(inputs[0], attributes),
            OperatorKind.Reshape => LayoutRules.Reshape(inputs[0], attributes),
            OperatorKind.Transpose => LayoutRules.Transpose(inputs[0], attributes),
            OperatorKind.Pad => LayoutRules.Pad(inputs[0], attributes),
            _ => LayoutRules.Expand(inputs[0], attributes),
        };
    }

    /// <summary>Tokens that an operator adds to the request's context; 0 of one that knows no context.</summary>
    public static int ContextTokens(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> attributes) => kind switch
    {
        OperatorKind.Positions => (int)attributes[0],
        OperatorKind.Attention when attributes[AttentionAttributes.CachedAt] == 1 => inputs[0].Shape[0],
        _ => 0,
    };

    /// <summary>One run adds the same tokens everywhere: what is made of an operator in a graph whose operators before it add <paramref name="step"/>.</summary>
    public static Inferred Infer(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> attributes, int context, ref int step)
    {
        Inferred made = Infer(kind, inputs, attributes, context);
        if (made.Error is not null) return made;
        int tokens = ContextTokens(kind, inputs, attributes);
        if (tokens != 0 && step != 0 && tokens != step) return $"Expected {step} tokens of a run as elsewhere in the graph, got {tokens}.";
        step = Math.Max(step, tokens);
        return made;
    }

    private static (int Least, int Most) Inputs(OperatorKind kind) => kind switch
    {
        OperatorKind.Positions => (0, 0),
        OperatorKind.BatchMatMul or OperatorKind.AddScaled or OperatorKind.Multiply or OperatorKind.Lookup or OperatorKind.Gather => (2, 2),
        OperatorKind.MatMul or OperatorKind.Conv or OperatorKind.LayerNorm or OperatorKind.RmsNorm => (2, 3),
        OperatorKind.RequantiseChannels or OperatorKind.Attention => (3, 3),
        OperatorKind.Rotary => (4, 4),
        OperatorKind.Concat => (1, GraphLimits.MaxInputs),
        _ => (1, 1),
    };

    /// <summary>Attributes that the operator has; -1 where it is a shape of any rank.</summary>
    private static int Attributes(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs) => kind switch
    {
        OperatorKind.MatMul or OperatorKind.Multiply or OperatorKind.Lookup => 0,
        OperatorKind.BatchMatMul or OperatorKind.Positions or OperatorKind.Gather or OperatorKind.Concat => 1,
        OperatorKind.ReduceSum or OperatorKind.ReduceMax or OperatorKind.ArgMax => 2,
        OperatorKind.Clip => 3,
        OperatorKind.RequantiseChannels => 5,
        OperatorKind.Rotary => 5,
        OperatorKind.Requantise => Rescale.Length,
        OperatorKind.AddScaled or OperatorKind.Softmax or OperatorKind.LayerNorm or OperatorKind.RmsNorm => 7,
        OperatorKind.Conv => WindowRules.Length + 2,
        OperatorKind.MaxPool or OperatorKind.SumPool => WindowRules.Length + 2,
        OperatorKind.Attention => AttentionAttributes.Length,
        OperatorKind.Slice => 3 * inputs[0].Rank,
        OperatorKind.Transpose => inputs[0].Rank,
        OperatorKind.Pad => 2 * inputs[0].Rank + 1,
        _ => -1,
    };
}
