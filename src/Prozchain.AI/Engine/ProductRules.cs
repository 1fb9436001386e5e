using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>Sums of products: every partial sum is one number in int32 and in the field.</summary>
internal static class ProductRules
{
    // -128 has no negative in eight bits; weights keep to what has, so that every kernel may negate.
    private static readonly Interval s_weights = new(-127, 127);

    public static Inferred MatMul(ReadOnlySpan<IntegerValue> inputs)
    {
        IntegerValue x = inputs[0], w = inputs[1];
        if (x.Rank < 1) return "Expected x of at least one axis, got a scalar.";
        if (CheckWeights(w, 2) is { } error) return error;
        int inner = w.Shape[0], columns = w.Shape[1];
        if (x.Last != inner) return $"Expected x of {inner} columns as w has rows, got {x.Last}.";
        int[] shape = [.. x.Shape[..^1], columns];
        return Sum(x, w, inputs[2..], inner, columns, x.Range, shape);
    }

    public static Inferred BatchMatMul(IntegerValue x, IntegerValue y, long transposed)
    {
        if (transposed is not (0 or 1)) return $"Expected 0 or 1 for the transposition, got {transposed}.";
        if (x.Rank < 2 || y.Rank < 2) return $"Expected at least two axes, got {x.Rank} and {y.Rank}.";
        if (x.Type == ElementType.I32 || y.Type != ElementType.I8) return $"Expected I8 or I16 times I8, got {x.Type} and {y.Type}.";
        if (y.Rank != 2 && !x.Shape[..^2].SequenceEqual(y.Shape[..^2])) return "Expected the same leading axes, or y of two axes.";
        int inner = transposed == 1 ? y.Shape[^1] : y.Shape[^2], columns = transposed == 1 ? y.Shape[^2] : y.Shape[^1];
        if (x.Last != inner) return $"Expected x of {inner} columns, got {x.Last}.";
        int[] shape = [.. x.Shape[..^1], columns];
        if (GraphLimits.CheckOutput(shape) is { } error) return error;
        return GraphLimits.CheckSum(inner, x.Range, y.Range, default, out Interval sum) is { } large ? large : Inferred.Of(ElementType.I32, shape, sum);
    }

    public static Inferred Conv(ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> a)
    {
        IntegerValue x = inputs[0], w = inputs[1];
        if (x.Rank != 3) return $"Expected x[C, H, W], got {x.Rank} axes.";
        if (CheckWeights(w, 4) is { } error) return error;
        int channels = x.Shape[0], outputs = w.Shape[0];
        long groups = a[8], padValue = a[9];
        if (groups < 1 || groups > channels || channels % groups != 0 || outputs % groups != 0)
            return $"Expected groups that divide {channels} and {outputs} channels, got {groups}.";
        if (w.Shape[1] != channels / groups) return $"Expected weights over {channels / groups} channels of a group, got {w.Shape[1]}.";
        if (WindowRules.Check(x, w.Shape[2], w.Shape[3], a) is { } misfit) return misfit;
        if (!x.Type.Range().Contains(padValue)) return $"Expected a pad value that {x.Type} holds, got {padValue}.";
        WindowShape window = WindowRules.Read(x, w.Shape[2], w.Shape[3], a);
        int[] shape = [outputs, window.OutHeight, window.OutWidth];
        long inner = (long)w.Shape[1] * w.Shape[2] * w.Shape[3];
        Interval padded = window.HasPadding() ? x.Range.Union(new Interval(padValue, padValue)) : x.Range;
        return Sum(x, w, inputs[2..], inner, outputs, padded, shape);
    }

    private static Inferred Sum(IntegerValue x, IntegerValue w, ReadOnlySpan<IntegerValue> bias, long inner, int outputs, in Interval range, int[] shape)
    {
        if (x.Type == ElementType.I32) return $"Expected x of I8 or I16, got {x.Type}.";
        Interval added = default;
        if (bias.Length == 1)
        {
            IntegerValue b = bias[0];
            if (b.Constant is null || b.Type != ElementType.I32 || b.Rank != 1 || b.Elements != outputs) return $"Expected a constant bias I32[{outputs}], got {b}.";
            added = b.Range;
        }
        if (GraphLimits.CheckOutput(shape) is { } error) return error;
        return GraphLimits.CheckSum(inner, range, w.Range, added, out Interval sum) is { } large ? large : Inferred.Of(ElementType.I32, shape, sum);
    }

    private static string? CheckWeights(IntegerValue w, int rank)
    {
        if (w.Constant is null || w.Type != ElementType.I8 || w.Rank != rank) return $"Expected constant weights I8 of {rank} axes, got {w}.";
        return s_weights.Contains(w.Range) ? null : $"Expected weights in {s_weights}, got {w.Range}.";
    }
}
