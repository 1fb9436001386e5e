using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators that move elements and change none: every type that can be held.</summary>
internal static class OnnxMovement
{
    public static void Register(OnnxOperators table)
    {
        table.Add("Transpose", Transpose);
        table.Add("Expand", c => Take(c[0], Extended(c), OnnxShapes.Map(c[0].Dims, Extended(c))));
        table.Add("Tile", Tile);
        table.Add("Concat", c => Concat(c.All(), c[0].Axis(c.Int("axis", 1))));
        table.AddMany("Split", Split);
        table.Add("Slice", Slice);
        table.Add("Pad", Pad);
        table.Add("DepthToSpace", DepthToSpace);
        table.Add("SpaceToDepth", SpaceToDepth);
        table.Add("Trilu", Trilu);
    }

    public static OnnxTensor Permute(OnnxTensor x, params ReadOnlySpan<int> order)
    {
        int[] strides = OnnxShapes.Strides(x.Dims), shape = new int[x.Rank], taken = new int[x.Rank];
        var seen = new bool[x.Rank];
        if (order.Length != x.Rank) throw new OnnxRefusal($"expected an order of {x.Rank} axes, got {order.Length}");
        for (int i = 0; i < shape.Length; i++)
        {
            if (order[i] < 0 || order[i] >= x.Rank || seen[order[i]]) throw new OnnxRefusal($"the order of axes [{string.Join(',', order.ToArray())}] is none");
            seen[order[i]] = true;
            (shape[i], taken[i]) = (x.Dims[order[i]], strides[order[i]]);
        }
        return Take(x, shape, OnnxShapes.Offsets(shape, taken));
    }

    /// <summary>A tensor whose elements are those at the indices; -1 leaves zeros.</summary>
    public static OnnxTensor Take(OnnxTensor x, int[] shape, int[]? indices)
    {
        if (indices is null) return x;
        OnnxTensor made = OnnxTensor.Zeros(x.Type, shape);
        switch (OnnxTensor.ElementSize(x.Type))
        {
            case 1: Copy<byte>(); break;
            case 2: Copy<ushort>(); break;
            case 4: Copy<uint>(); break;
            default: Copy<ulong>(); break;
        }
        return made;

        void Copy<T>() where T : unmanaged
        {
            ReadOnlySpan<T> from = x.As<T>();
            Span<T> to = made.As<T>();
            for (int i = 0; i < to.Length; i++)
                if (indices[i] >= 0) to[i] = from[indices[i]];
        }
    }

    public static OnnxTensor Concat(OnnxTensor[] parts, int axis)
    {
        int[] shape = [.. parts[0].Dims];
        foreach (OnnxTensor part in parts.AsSpan(1))
        {
            for (int i = 0; i < shape.Length; i++)
                if (part.Rank != shape.Length || part.Type != parts[0].Type || (i != axis && part.Dims[i] != shape[i])) throw new OnnxRefusal($"{parts[0]} and {part} do not fit together at axis {axis}");
            shape[axis] += part.Dims[axis];
        }
        OnnxTensor made = OnnxTensor.Zeros(parts[0].Type, shape);
        int outer = OnnxShapes.Product(shape.AsSpan(0, axis)), row = outer == 0 ? 0 : made.Data.Length / outer, at = 0;
        foreach (OnnxTensor part in parts)
        {
            int length = outer == 0 ? 0 : part.Data.Length / outer;
            for (int i = 0; i < outer; i++) part.Data.AsSpan(i * length, length).CopyTo(made.Data.AsSpan((i * row) + at));
            at += length;
        }
        return made;
    }

    public static OnnxTensor Slice(OnnxTensor x, int axis, int start, int count, int step = 1)
    {
        int[] strides = OnnxShapes.Strides(x.Dims), shape = [.. x.Dims];
        int offset = start * strides[axis];
        (shape[axis], strides[axis]) = (count, strides[axis] * step);
        return Take(x, shape, OnnxShapes.Offsets(shape, strides, offset));
    }

    private static OnnxTensor Transpose(OnnxCall call) =>
        Permute(call[0], call.Ints("perm") is { } order ? OnnxShapes.ToInts(order) : [.. Enumerable.Range(0, call[0].Rank).Reverse()]);

    private static int[] Extended(OnnxCall call) => OnnxShapes.Broadcast(call[0].Dims, OnnxShapes.ToInts(call[1].Longs()));

    private static OnnxTensor Tile(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int[] repeats = OnnxShapes.ToInts(call[1].Longs());
        if (repeats.Length != x.Rank) throw new OnnxRefusal($"expected {x.Rank} repeats, got {repeats.Length}");
        int[] strides = OnnxShapes.Strides(x.Dims);
        for (int i = 0; i < x.Rank; i++)
        {
            // Repeats as an axis of stride 0 in front of the axis they repeat.
            if (repeats[i] == 1) continue;
            int[] shape = [.. x.Dims[..i], repeats[i], .. x.Dims[i..]], taken = [.. strides[..i], 0, .. strides[i..]];
            int[] joined = [.. x.Dims[..i], checked(x.Dims[i] * repeats[i]), .. x.Dims[(i + 1)..]];
            x = Take(x, joined, OnnxShapes.Offsets(shape, taken));
            strides = OnnxShapes.Strides(x.Dims);
        }
        return x;
    }

    private static OnnxTensor[] Split(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int axis = x.Axis(call.Int("axis", 0)), total = x.Dims[axis], parts = call.Node.Outputs.Length;
        long[]? sizes = call.IntsOrInput("split", 1, 13);
        if (sizes is null || sizes.Length == 0)
        {
            int even = (total + parts - 1) / parts;
            sizes = [.. Enumerable.Range(0, parts).Select(i => (long)Math.Clamp(total - (i * even), 0, even))];
        }
        if (sizes.Length != parts || sizes.Sum() != total || sizes.Any(size => size < 0)) throw new OnnxRefusal($"parts [{string.Join(',', sizes.Take(OnnxLimits.MaxRank))}] do not make up {total} in {parts} outputs");
        var made = new OnnxTensor[sizes.Length];
        for (int i = 0, at = 0; i < made.Length; at += (int)sizes[i++]) made[i] = Slice(x, axis, at, (int)sizes[i]);
        return made;
    }

    private static OnnxTensor Slice(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long[] starts = call.IntsOrInput("starts", 1, 10) ?? [], ends = call.IntsOrInput("ends", 2, 10) ?? [];
        long[] axes = call.IntsOrInput("axes", 3, 10) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[]? steps = call.OperatorSet < 10 ? null : call.Optional(4)?.Longs();
        if (ends.Length != starts.Length || axes.Length != starts.Length || (steps is not null && steps.Length != starts.Length)) throw new OnnxRefusal("starts, ends, axes and steps differ in number");
        if (starts.Length > x.Rank) throw new OnnxRefusal($"{starts.Length} axes are more than {x} has");
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = x.Axis(axes[i]);
            long dim = x.Dims[axis], step = steps?[i] ?? 1;
            if (step is 0 or < int.MinValue or > int.MaxValue) throw new OnnxRefusal($"step {step} is not offered");
            long start = starts[i] < 0 ? starts[i] + dim : starts[i], end = ends[i] < 0 ? ends[i] + dim : ends[i];
            start = Math.Clamp(start, 0, step > 0 ? dim : dim - 1);
            end = Math.Clamp(end, step > 0 ? 0 : -1, dim);
            long count = dim == 0 ? 0 : Math.Max(0, step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step);
            x = Slice(x, axis, count == 0 ? 0 : (int)start, (int)count, (int)step);
        }
        return x;
    }

    private static OnnxTensor Pad(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long[] given = call.OperatorSet < 11 ? call.Ints("pads") ?? call.Ints("paddings") ?? [] : call[1].Longs();
        long[] axes = call.OperatorSet < 18 ? [.. Enumerable.Range(0, x.Rank)] : call.Optional(3)?.Longs() ?? [.. Enumerable.Range(0, x.Rank)];
        if (given.Length != 2 * axes.Length) throw new OnnxRefusal($"expected {2 * axes.Length} pads, got {given.Length}");
        if (axes.Length > x.Rank) throw new OnnxRefusal($"{axes.Length} axes are more than {x} has");
        string mode = call.Text("mode", "constant");
        for (int i = 0; i < axes.Length; i++)
            x = PadAxis(x, x.Axis(axes[i]), given[i], given[i + axes.Length], mode, Filling(call, x.Type));
        return x;
    }

    private static OnnxTensor? Filling(OnnxCall call, OnnxType type) =>
        call.OperatorSet < 11 ? OnnxTensor.FromDoubles(type, [], [call.Float("value", 0)]) : call.Optional(2);

    private static OnnxTensor PadAxis(OnnxTensor x, int axis, long before, long after, string mode, OnnxTensor? filling)
    {
        if (before == 0 && after == 0) return x;
        long dim = x.Dims[axis], size = dim + before + after;
        if (Math.Max(Math.Abs(before), Math.Abs(after)) > OnnxLimits.MaxElements || size is < 0 or > OnnxLimits.MaxElements) throw new OnnxRefusal($"pads {before} and {after} do not fit {x}");
        int[] shape = [.. x.Dims];
        shape[axis] = (int)size;
        var from = new int[size];
        for (int i = 0; i < size; i++)
        {
            long at = i - before;
            from[i] = (int)(mode switch
            {
                "constant" => at < 0 || at >= dim ? -1 : at,
                "edge" when dim > 0 => Math.Clamp(at, 0, dim - 1),
                "wrap" when dim > 0 => ((at % dim) + dim) % dim,
                "reflect" when dim > 0 => Reflect(at, dim),
                _ => throw new OnnxRefusal($"mode '{mode}' is not offered"),
            });
        }
        OnnxTensor made = TakeAlong(x, axis, from, shape);
        if (mode != "constant" || filling is null) return made;
        if (filling.Type != x.Type || filling.Count != 1) throw new OnnxRefusal($"expected one element of {x.Type} to pad with, got {filling}");
        (int[] starts, int[] along) = OnnxShapes.Lines(shape, axis);
        foreach (int start in starts)
            for (int i = 0; i < along.Length; i++)
                if (from[i] < 0) filling.Data.CopyTo(made.Data.AsSpan((start + along[i]) * filling.Data.Length));
        return made;
    }

    private static long Reflect(long at, long dim)
    {
        if (dim == 1) return 0;
        long period = 2 * (dim - 1), turn = ((at % period) + period) % period;
        return turn < dim ? turn : period - turn;
    }

    /// <summary>Along one axis, the elements at these places; -1 leaves zeros.</summary>
    public static OnnxTensor TakeAlong(OnnxTensor x, int axis, ReadOnlySpan<int> places, int[] shape)
    {
        int inner = OnnxShapes.Product(x.Dims.AsSpan(axis + 1)) * OnnxTensor.ElementSize(x.Type), outer = OnnxShapes.Product(x.Dims.AsSpan(0, axis));
        OnnxTensor made = OnnxTensor.Zeros(x.Type, shape);
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < places.Length; i++)
                if (places[i] >= 0) x.Data.AsSpan(((o * x.Dims[axis]) + places[i]) * inner, inner).CopyTo(made.Data.AsSpan(((o * places.Length) + i) * inner));
        return made;
    }

    private static OnnxTensor DepthToSpace(OnnxCall call)
    {
        (OnnxTensor x, int b) = Block(call);
        int n = x.Dims[0], c = x.Dims[1] / (b * b), h = x.Dims[2], w = x.Dims[3];
        OnnxTensor moved = call.Text("mode", "DCR") == "CRD" ? Permute(x.Reshaped(n, c, b, b, h, w), 0, 1, 4, 2, 5, 3) : Permute(x.Reshaped(n, b, b, c, h, w), 0, 3, 4, 1, 5, 2);
        return moved.Reshaped(n, c, h * b, w * b);
    }

    private static OnnxTensor SpaceToDepth(OnnxCall call)
    {
        (OnnxTensor x, int b) = Block(call);
        int n = x.Dims[0], c = x.Dims[1], h = x.Dims[2] / b, w = x.Dims[3] / b;
        return Permute(x.Reshaped(n, c, h, b, w, b), 0, 3, 5, 1, 2, 4).Reshaped(n, c * b * b, h, w);
    }

    private static (OnnxTensor X, int Block) Block(OnnxCall call)
    {
        long size = call.Int("blocksize", 0);
        if (call[0].Rank != 4 || size is < 1 or > 4096) throw new OnnxRefusal($"expected four dimensions and a block of 1 to 4096, got {call[0]} and {size}");
        return (call[0], (int)size);
    }

    private static OnnxTensor Trilu(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long k = call.Optional(1)?.Longs()[0] ?? 0;
        bool upper = call.Int("upper", 1) != 0;
        int rows = x.Dims[^2], columns = x.Dims[^1];
        int[] indices = [.. Enumerable.Range(0, x.Count).Select(i => (upper ? (i % columns) - k >= i / columns % rows : (i % columns) - k <= i / columns % rows) ? i : -1)];
        return Take(x, x.Dims, indices);
    }
}
