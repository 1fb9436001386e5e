using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Resize and Upsample: along each axis the nearest place, or two weighed by their distance.</summary>
internal static class OnnxResize
{
    public static void Register(OnnxOperators table)
    {
        table.Add("Resize", Run);
        table.Add("Upsample", Run);
    }

    /// <summary>For each axis, the places that each output takes and the weight of each; an axis that stays has one of weight 1 itself.</summary>
    public static (int[] Sizes, (int[] Low, int[] High, double[] Part)[] Axes) Plan(OnnxCall call)
    {
        OnnxTensor x = call[0];
        bool upsample = call.Node.Operator == "Upsample", old = upsample || call.OperatorSet < 11;
        string mode = call.Text("mode", "nearest"), place = call.Text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"), rounding = call.Text("nearest_mode", old ? "floor" : "round_prefer_floor");
        if (mode is not ("nearest" or "linear" or "bilinear")) throw new OnnxRefusal($"mode '{mode}' is not offered");
        if (call.Int("antialias", 0) != 0 || call.Text("keep_aspect_ratio_policy", "stretch") != "stretch") throw new OnnxRefusal("a filter before, or a kept aspect ratio, is not offered");
        OnnxTensor? scales = call.Optional(old ? 1 : 2), sizes = old ? null : call.Optional(3);
        double[] given = scales is { Count: > 0 } ? scales.Doubles() : [];
        long[] wanted = sizes is { Count: > 0 } ? sizes.Longs() : [];
        int[] axes = call.Ints("axes") is { } named ? [.. named.Select(axis => x.Axis(axis))] : [.. Enumerable.Range(0, x.Rank)];
        if ((given.Length == 0 ? wanted.Length : given.Length) != axes.Length) throw new OnnxRefusal($"expected {axes.Length} scales or sizes");
        int[] shape = [.. x.Dims];
        double places = 0;
        var scale = new double[x.Rank];
        for (int d = 0; d < x.Rank; d++)
        {
            int at = Array.IndexOf(axes, d), length = x.Dims[d];
            scale[d] = at < 0 ? 1 : given.Length > 0 ? given[at] : (double)wanted[at] / Math.Max(length, 1);
            double size = at < 0 ? length : given.Length > 0 ? Math.Floor(length * scale[d]) : wanted[at];
            if (!(scale[d] > 0) || !(size is >= 0 and <= OnnxLimits.MaxElements)) throw new OnnxRefusal($"a scale of {scale[d]} is not offered");
            shape[d] = (int)size;
            if ((places += size) > OnnxLimits.MaxElements) throw new OnnxRefusal($"a result of {places} places along its axes is above {OnnxLimits.MaxElements}");
        }
        return (shape, [.. shape.Select((size, d) => Places(x.Dims[d], size, scale[d], scale[d] == 1 && size == x.Dims[d], mode == "nearest", place, rounding))]);
    }

    private static OnnxTensor Run(OnnxCall call)
    {
        OnnxTensor x = call[0];
        (int[] sizes, (int[] Low, int[] High, double[] Part)[] axes) = Plan(call);
        _ = OnnxTensor.Zeros(x.Type, sizes);
        for (int d = 0; d < axes.Length; d++)
        {
            (int[] low, int[] high, double[] part) = axes[d];
            OnnxTensor first = Taken(x, d, low);
            x = Array.TrueForAll(part, p => p == 0) ? first : Mixed(first, Taken(x, d, high), d, part);
        }
        return x;
    }

    private static (int[] Low, int[] High, double[] Part) Places(int length, int size, double scale, bool stays, bool nearest, string place, string rounding)
    {
        int[] low = new int[size], high = new int[size];
        var part = new double[size];
        for (int i = 0; i < size; i++)
        {
            double at = stays ? i : place switch
            {
                "half_pixel" => ((i + 0.5) / scale) - 0.5,
                "half_pixel_symmetric" => (length / 2.0 * (1 - (size / (scale * length)))) + ((i + 0.5) / scale) - 0.5,
                "pytorch_half_pixel" => size > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
                "align_corners" => size > 1 ? (double)i * (length - 1) / (size - 1) : 0,
                "asymmetric" => i / scale,
                _ => throw new OnnxRefusal($"coordinates '{place}' are not offered"),
            };
            double whole = !nearest ? Math.Floor(at) : rounding switch
            {
                "round_prefer_floor" => Math.Ceiling(at - 0.5),
                "round_prefer_ceil" => Math.Floor(at + 0.5),
                "floor" => Math.Floor(at),
                "ceil" => Math.Ceiling(at),
                _ => throw new OnnxRefusal($"rounding '{rounding}' is not offered"),
            };
            low[i] = (int)Math.Clamp(whole, 0, length - 1);
            high[i] = nearest ? low[i] : (int)Math.Clamp(whole + 1, 0, length - 1);
            part[i] = low[i] == high[i] ? 0 : at - whole;
        }
        return (low, high, part);
    }

    private static OnnxTensor Taken(OnnxTensor x, int axis, int[] places)
    {
        int inner = OnnxShapes.Product(x.Dims.AsSpan(axis + 1)), outer = OnnxShapes.Product(x.Dims.AsSpan(0, axis)), length = x.Dims[axis];
        int[] shape = [.. x.Dims];
        shape[axis] = places.Length;
        var from = new int[OnnxTensor.Zeros(OnnxType.UInt8, shape).Count];
        for (int i = 0; i < from.Length; i++) from[i] = (((i / inner / places.Length) * length) + places[i / inner % places.Length]) * inner + (i % inner);
        return outer == 0 ? OnnxTensor.Zeros(x.Type, shape) : OnnxMovement.Take(x, shape, from);
    }

    private static OnnxTensor Mixed(OnnxTensor low, OnnxTensor high, int axis, double[] part)
    {
        int inner = OnnxShapes.Product(low.Dims.AsSpan(axis + 1));
        double[] a = low.Doubles(), b = high.Doubles();
        for (int i = 0; i < a.Length; i++) a[i] += (b[i] - a[i]) * part[i / inner % part.Length];
        return OnnxTensor.FromDoubles(low.Type, low.Dims, a);
    }
}
