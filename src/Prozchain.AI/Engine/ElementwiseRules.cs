namespace Prozchain.AI.Engine;

/// <summary>Operators that make an element of one element, or of two.</summary>
internal static class ElementwiseRules
{
    public static Inferred Requantise(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (Rescale.Check(a) is { } error) return error;
        var rescale = Rescale.Read(a);
        return Inferred.Of(rescale.Type, x.ShapeArray, rescale.Apply(x.Range));
    }

    public static Inferred RequantiseChannels(ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> a)
    {
        IntegerValue x = inputs[0], multipliers = inputs[1], shifts = inputs[2];
        if (a[1] < 0 || a[1] >= x.Rank) return $"Expected an axis below {x.Rank}, got {a[1]}.";
        int channels = x.Shape[(int)a[1]];
        if (multipliers.Constant is null || multipliers.Type != ElementType.I32 || multipliers.Rank != 1 || multipliers.Elements != channels)
            return $"Expected constant multipliers I32[{channels}], got {multipliers}.";
        if (shifts.Constant is null || shifts.Type != ElementType.I8 || shifts.Rank != 1 || shifts.Elements != channels)
            return $"Expected constant shifts I8[{channels}], got {shifts}.";
        string? error = Rescale.CheckMultiplier(multipliers.Min, shifts.Min) ?? Rescale.CheckMultiplier(multipliers.Max, shifts.Max) ?? Rescale.CheckClamp(a[0], a[2], a[3], a[4]);
        if (error is not null) return error;
        // The rounding is monotone in the accumulator, the multiplier and the shift: its extremes are at the corners.
        Interval? range = null;
        foreach (int multiplier in new[] { multipliers.Min, multipliers.Max })
        {
            foreach (int shift in new[] { shifts.Min, shifts.Max })
            {
                Interval corner = new Rescale((ElementType)a[0], multiplier, shift, (int)a[2], (int)a[3], (int)a[4]).Apply(x.Range);
                range = range?.Union(corner) ?? corner;
            }
        }
        return Inferred.Of((ElementType)a[0], x.ShapeArray, range!.Value);
    }

    public static Inferred AddScaled(IntegerValue x, IntegerValue y, ReadOnlySpan<long> a)
    {
        if (GraphLimits.Broadcast(x.Shape, y.Shape) is not { } shape) return "Expected shapes that broadcast.";
        if (a[1] is 0 or < -int.MaxValue or > int.MaxValue || a[2] is 0 or < -int.MaxValue or > int.MaxValue)
            return $"Expected multipliers in ±[1, 2^31 - 1], got {a[1]} and {a[2]}.";
        string? error = Rescale.CheckMultiplier(1, a[3]) ?? Rescale.CheckClamp(a[0], a[4], a[5], a[6]) ?? GraphLimits.CheckOutput(shape);
        if (error is not null) return error;
        Int128 half = Int128.One << ((int)a[3] - 1);
        Int128 most = x.Range.Magnitude * Math.Abs(a[1]) + y.Range.Magnitude * Math.Abs(a[2]) + half;
        if (most >= Int128.One << 62) return $"Expected sums below 2^62, got up to {most}.";
        Interval sum = x.Range * a[1] + y.Range * a[2];
        Int128 low = ((sum.Min + half) >> (int)a[3]) + a[4], high = ((sum.Max + half) >> (int)a[3]) + a[4];
        return Inferred.Of((ElementType)a[0], shape, new Interval(low, high).Clamp(a[5], a[6]));
    }

    public static Inferred Multiply(IntegerValue x, IntegerValue y)
    {
        if (GraphLimits.Broadcast(x.Shape, y.Shape) is not { } shape) return "Expected shapes that broadcast.";
        if (GraphLimits.CheckOutput(shape) is { } error) return error;
        Interval product = x.Range * y.Range;
        return GraphLimits.Accumulator.Contains(product)
            ? Inferred.Of(ElementType.I32, shape, product)
            : $"Expected products within ±{GraphLimits.MaxAccumulator}, got {product}.";
    }

    public static Inferred Lookup(IntegerValue x, IntegerValue table)
    {
        if (x.Type == ElementType.I32) return "Expected x of I8 or I16, got I32.";
        int entries = 1 << (8 * x.Type.Size());
        return table.Constant is null || table.Rank != 1 || table.Elements != entries
            ? $"Expected a constant table of {entries} entries, got {table}."
            : Inferred.Of(table.Type, x.ShapeArray, table.Range);
    }

    public static Inferred Clip(IntegerValue x, ReadOnlySpan<long> a) => Rescale.CheckClamp(a[0], 0, a[1], a[2]) is { } error
        ? error
        : Inferred.Of((ElementType)a[0], x.ShapeArray, x.Range.Clamp(a[1], a[2]));
}
