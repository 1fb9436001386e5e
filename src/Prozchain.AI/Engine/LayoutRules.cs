namespace Prozchain.AI.Engine;

/// <summary>Operators that move elements and compute nothing.</summary>
internal static class LayoutRules
{
    public static Inferred Gather(IntegerValue data, IntegerValue indices, long axis)
    {
        if (axis < 0 || axis >= data.Rank) return $"Expected an axis below {data.Rank}, got {axis}.";
        int length = data.Shape[(int)axis];
        if (indices.Min < 0 || indices.Max >= length) return $"Expected indices in [0, {length - 1}], got {indices.Range}.";
        int[] shape = [.. data.Shape[..(int)axis], .. indices.Shape, .. data.Shape[((int)axis + 1)..]];
        return Checked(data.Type, shape, data.Range);
    }

    public static Inferred Concat(ReadOnlySpan<IntegerValue> inputs, long axis)
    {
        IntegerValue first = inputs[0];
        if (axis < 0 || axis >= first.Rank) return $"Expected an axis below {first.Rank}, got {axis}.";
        int at = (int)axis;
        long length = 0;
        Interval range = first.Range;
        foreach (IntegerValue input in inputs)
        {
            if (input.Type != first.Type || input.Rank != first.Rank) return $"Expected inputs of one type and rank, got {first} and {input}.";
            if (!input.Shape[..at].SequenceEqual(first.Shape[..at]) || !input.Shape[(at + 1)..].SequenceEqual(first.Shape[(at + 1)..]))
                return $"Expected inputs alike but for axis {axis}, got {first} and {input}.";
            length += input.Shape[at];
            range = range.Union(input.Range);
        }
        if (length > int.MaxValue) return "Expected fewer than 2^31 elements.";
        int[] shape = [.. first.Shape];
        shape[at] = (int)length;
        return Checked(first.Type, shape, range);
    }

    public static Inferred Slice(IntegerValue x, ReadOnlySpan<long> a)
    {
        var shape = new int[x.Rank];
        for (int i = 0; i < x.Rank; i++)
        {
            long start = a[3 * i], size = a[3 * i + 1], step = a[3 * i + 2], length = x.Shape[i];
            if (start < 0 || start >= length || size < 1 || size > length || step == 0 || Int128.Abs(step) > length)
                return $"Expected a start, a size and a step inside axis {i} of {length}, got {start}, {size}, {step}.";
            long last = start + (size - 1) * step;
            if (last < 0 || last >= length) return $"Expected a last element inside axis {i} of {length}, got {last}.";
            shape[i] = (int)size;
        }
        return Inferred.Of(x.Type, shape, x.Range);
    }

    public static Inferred Reshape(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (GraphLimits.CheckShape(a) is { } error) return error;
        int[] shape = ToShape(a);
        int elements = GraphLimits.Product(shape);
        return elements != x.Elements ? $"Expected a shape of {x.Elements} elements, got {elements}." : Inferred.Of(x.Type, shape, x.Range);
    }

    public static Inferred Transpose(IntegerValue x, ReadOnlySpan<long> a)
    {
        var shape = new int[x.Rank];
        int seen = 0;
        for (int i = 0; i < x.Rank; i++)
        {
            if (a[i] < 0 || a[i] >= x.Rank || (seen >> (int)a[i] & 1) != 0) return $"Expected a permutation of {x.Rank} axes, got {a[i]} at {i}.";
            seen |= 1 << (int)a[i];
            shape[i] = x.Shape[(int)a[i]];
        }
        return Inferred.Of(x.Type, shape, x.Range);
    }

    public static Inferred Pad(IntegerValue x, ReadOnlySpan<long> a)
    {
        var shape = new int[x.Rank];
        bool padded = false;
        for (int i = 0; i < x.Rank; i++)
        {
            long before = a[2 * i], after = a[2 * i + 1];
            if (before is < 0 or > int.MaxValue || after is < 0 or > int.MaxValue || x.Shape[i] + before + after > int.MaxValue)
                return $"Expected pads of at least 0 along axis {i}, got {before} and {after}.";
            shape[i] = (int)(x.Shape[i] + before + after);
            padded |= before + after > 0;
        }
        Interval range = padded ? x.Range.Union(new Interval(a[^1], a[^1])) : x.Range;
        return Checked(x.Type, shape, range);
    }

    public static Inferred Expand(IntegerValue x, ReadOnlySpan<long> a)
    {
        if (GraphLimits.CheckShape(a) is { } error) return error;
        int[] shape = ToShape(a);
        return GraphLimits.Broadcast(x.Shape, shape) is { } both && both.AsSpan().SequenceEqual(shape)
            ? Inferred.Of(x.Type, shape, x.Range)
            : "Expected a shape that x broadcasts to.";
    }

    private static Inferred Checked(ElementType type, int[] shape, in Interval range) =>
        GraphLimits.CheckOutput(shape) is { } error ? error : Inferred.Of(type, shape, range);

    private static int[] ToShape(ReadOnlySpan<long> a)
    {
        var shape = new int[a.Length];
        for (int i = 0; i < a.Length; i++) shape[i] = (int)a[i];
        return shape;
    }
}
