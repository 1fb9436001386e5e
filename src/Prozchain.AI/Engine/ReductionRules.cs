using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>Pools over windows, and sums, maxima and indices over axes.</summary>
internal static class ReductionRules
{
    public static Inferred MaxPool(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (WindowRules.Check(x, a[0], a[1], a[2..]) is { } error) return error;
        WindowShape window = WindowRules.Read(x, (int)a[0], (int)a[1], a[2..]);
        // A window of padding alone would have no element to be the largest.
        if (Lonely(window.KernelHeight, window.StrideHeight, window.PadTop, window.DilationHeight, window.Height, window.OutHeight)
            || Lonely(window.KernelWidth, window.StrideWidth, window.PadLeft, window.DilationWidth, window.Width, window.OutWidth))
            return "Expected windows with at least one element that is not padding.";
        int[] shape = [x.Shape[0], window.OutHeight, window.OutWidth];
        return GraphLimits.CheckOutput(shape) is { } large ? large : Inferred.Of(x.Type, shape, x.Range);
    }

    public static Inferred SumPool(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (WindowRules.Check(x, a[0], a[1], a[2..]) is { } error) return error;
        WindowShape window = WindowRules.Read(x, (int)a[0], (int)a[1], a[2..]);
        Interval padded = window.HasPadding() ? x.Range.Union(default) : x.Range;
        int[] shape = [x.Shape[0], window.OutHeight, window.OutWidth];
        if (GraphLimits.CheckOutput(shape) is { } misshapen) return misshapen;
        return GraphLimits.CheckSum(window.Taps, padded, new Interval(1, 1), default, out Interval sum) is { } large
            ? large
            : Inferred.Of(ElementType.I32, shape, sum);
    }

    public static Inferred ReduceSum(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (CheckAxes(x, a) is { } error) return error;
        int[] shape = Reduced(x, a[0], a[1] == 1);
        long count = x.Elements / GraphLimits.Product(shape);
        return GraphLimits.CheckSum(count, x.Range, new Interval(1, 1), default, out Interval sum) is { } large ? large : Inferred.Of(ElementType.I32, shape, sum);
    }

    public static Inferred ReduceMax(IntegerValue x, ReadOnlySpan<long> a) =>
        CheckAxes(x, a) is { } error ? error : Inferred.Of(x.Type, Reduced(x, a[0], a[1] == 1), x.Range);

    public static Inferred ArgMax(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (a[0] < 0 || a[0] >= x.Rank) return $"Expected an axis below {x.Rank}, got {a[0]}.";
        return a[1] is not (0 or 1)
            ? $"Expected 0 or 1 for a kept axis, got {a[1]}."
            : Inferred.Of(ElementType.I32, Reduced(x, 1L << (int)a[0], a[1] == 1), new Interval(0, x.Shape[(int)a[0]] - 1));
    }

    /// <summary>Whether a window may hold padding alone: refused a little too early where a dilation is longer than the axis.</summary>
    private static bool Lonely(int kernel, int stride, int pad, int dilation, int length, int outputs) =>
        (pad > 0 && (pad > (kernel - 1L) * dilation || dilation > length)) || (outputs - 1L) * stride - pad >= length;

    private static string? CheckAxes(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (a[0] <= 0 || a[0] >= 1L << x.Rank) return $"Expected a mask of axes below {x.Rank}, got {a[0]}.";
        return a[1] is not (0 or 1) ? $"Expected 0 or 1 for kept axes, got {a[1]}." : null;
    }

    private static int[] Reduced(IntegerValue x, long mask, bool keep)
    {
        var shape = new List<int>(x.Rank);
        for (int i = 0; i < x.Rank; i++)
        {
            if ((mask >> i & 1) == 0) shape.Add(x.Shape[i]);
            else if (keep) shape.Add(1);
        }
        return [.. shape];
    }
}
