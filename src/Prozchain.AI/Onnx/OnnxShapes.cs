namespace Prozchain.AI.Onnx;

/// <summary>Index arithmetic that operators share: broadcasting, lines along axes, strides.</summary>
internal static class OnnxShapes
{
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        int stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }
        return strides;
    }

    public static int Product(ReadOnlySpan<int> shape)
    {
        long product = 1;
        foreach (int dim in shape)
        {
            if (dim < 0) throw new OnnxRefusal($"shape [{string.Join(',', shape.ToArray())}] has a negative dimension");
            product *= dim;
            if (product > int.MaxValue) throw new OnnxRefusal("a shape is above 2^31 elements");
        }
        return (int)product;
    }

    /// <summary>The shape that both extend to, dimensions aligned at the end.</summary>
    public static int[] Broadcast(int[] a, int[] b)
    {
        var shape = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            int x = i <= a.Length ? a[^i] : 1, y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1) throw new OnnxRefusal($"shapes [{string.Join(',', a)}] and [{string.Join(',', b)}] do not broadcast");
            shape[^i] = x == 1 ? y : x;
        }
        return shape;
    }

    /// <summary>For every element of <paramref name="to"/>, the index of the element of <paramref name="from"/> it takes; null when each takes its own.</summary>
    public static int[]? Map(int[] from, int[] to)
    {
        if (from.AsSpan().SequenceEqual(to)) return null;
        int[] own = Strides(from), strides = new int[to.Length];
        if (from.Length > to.Length) throw new OnnxRefusal($"shape [{string.Join(',', from)}] does not extend to [{string.Join(',', to)}]");
        for (int i = 1; i <= from.Length; i++)
        {
            if (from[^i] != to[^i] && from[^i] != 1) throw new OnnxRefusal($"shape [{string.Join(',', from)}] does not extend to [{string.Join(',', to)}]");
            strides[^i] = from[^i] == 1 ? 0 : own[^i];
        }
        return Offsets(to, strides);
    }

    /// <summary>The offset of every element of a shape whose dimensions have these strides, in row-major order.</summary>
    public static int[] Offsets(ReadOnlySpan<int> shape, ReadOnlySpan<int> strides, int start = 0)
    {
        if (shape.Length > Formats.OnnxLimits.MaxRank + 1) throw new OnnxRefusal($"a shape of {shape.Length} dimensions is above {Formats.OnnxLimits.MaxRank}");
        int count = Product(shape);
        // A shape from a file may be larger than anything that backs it, as strides of 0 allow.
        if (count > Formats.OnnxLimits.MaxElements) throw new OnnxRefusal($"a shape is above {Formats.OnnxLimits.MaxElements} elements");
        var offsets = new int[count];
        if (count == 0) return offsets;
        Span<int> at = stackalloc int[shape.Length];
        int offset = start;
        for (int i = 0; ; )
        {
            offsets[i] = offset;
            if (++i == count) return offsets;
            for (int d = shape.Length - 1; ; d--)
            {
                offset += strides[d];
                if (++at[d] < shape[d]) break;
                offset -= at[d] * strides[d];
                at[d] = 0;
            }
        }
    }

    /// <summary>
    /// The elements as lines along some axes: where each line starts, and how far from there its elements lie. Lines stand in
    /// the order of the other dimensions.
    /// </summary>
    public static (int[] Starts, int[] Along) Lines(int[] shape, ReadOnlySpan<bool> reduced)
    {
        int[] strides = Strides(shape);
        List<int> kept = [], keptStrides = [], along = [], alongStrides = [];
        for (int i = 0; i < shape.Length; i++)
        {
            (reduced[i] ? along : kept).Add(shape[i]);
            (reduced[i] ? alongStrides : keptStrides).Add(strides[i]);
        }
        return (Offsets([.. kept], [.. keptStrides]), Offsets([.. along], [.. alongStrides]));
    }

    public static (int[] Starts, int[] Along) Lines(int[] shape, int axis)
    {
        var reduced = new bool[shape.Length];
        if (axis < reduced.Length) reduced[axis] = true;
        return Lines(shape, reduced);
    }

    public static int[] ToInts(ReadOnlySpan<long> values)
    {
        var ints = new int[values.Length];
        for (int i = 0; i < ints.Length; i++)
            ints[i] = values[i] is >= int.MinValue and <= int.MaxValue ? (int)values[i] : throw new OnnxRefusal($"expected a number of 32 bits, got {values[i]}");
        return ints;
    }
}
