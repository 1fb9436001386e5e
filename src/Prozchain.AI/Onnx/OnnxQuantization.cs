using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Between floats and integers with a scale and a zero point, as ONNX rounds: to the nearest, ties to even, then kept within the type.</summary>
internal static class OnnxQuantization
{
    public static void Register(OnnxOperators table)
    {
        table.Add("QuantizeLinear", Quantize);
        table.Add("DequantizeLinear", Dequantize);
        table.AddMany("DynamicQuantizeLinear", Dynamic);
        table.Add("QLinearMatMul", c =>
        {
            OnnxTensor a = c[0], b = c[3];
            OnnxTensor sums = OnnxLinear.MatMul(c, OnnxLinear.Centred(a, c[2], a.Rank == 1 ? 0 : a.Rank - 2), OnnxLinear.Centred(b, c[5], b.Rank - 1));
            return Requantise(sums, Product(c[1], c[4]), c[6], c[7], sums.Rank - 1);
        });
        table.Add("QLinearConv", c =>
        {
            OnnxTensor sums = OnnxConvolution.Run(c, OnnxLinear.Centred(c[0], c[2], 0), OnnxLinear.Centred(c[3], c[5], 0));
            OnnxTensor biased = OnnxConvolution.Biased(sums, c.Optional(8) is { } bias ? OnnxUnary.Cast(bias, OnnxType.Int64) : null);
            return Requantise(biased, Product(c[1], c[4]), c[6], c[7], 1);
        });
    }

    public static double Round(double value, OnnxType type, long zero)
    {
        (long min, long max) = type.Range();
        return Math.Clamp(Math.Round(value, MidpointRounding.ToEven) + zero, min, max);
    }

    private static OnnxTensor Quantize(OnnxCall call)
    {
        OnnxTensor x = call[0], scale = call[1];
        OnnxTensor? zero = call.Optional(2);
        OnnxType type = zero?.Type ?? call.Type("output_dtype", OnnxType.UInt8);
        if (!type.IsInteger()) throw new OnnxRefusal($"type {type} is not offered here");
        if (x.Type == OnnxType.Int32) x = OnnxUnary.Cast(x, scale.Type);
        var steps = Steps.Of(call, x, scale, zero);
        double[] values = x.Doubles();
        OnnxType precision = call.Type("precision", scale.Type);
        OnnxTensor made = OnnxTensor.Zeros(type, x.Dims);
        for (int i = 0; i < values.Length; i++)
        {
            double quotient = values[i] / steps.Scale(i);
            // The quotient is a float before it is rounded to an integer: with more bits, other numbers would be ties.
            if (precision == OnnxType.Float) quotient = (float)quotient;
            else if (precision == OnnxType.Float16) quotient = (double)(Half)quotient;
            values[i] = Round(quotient, type, steps.Zero(i));
        }
        OnnxElements.Write(made, values);
        return made;
    }

    private static OnnxTensor Dequantize(OnnxCall call)
    {
        OnnxTensor x = call[0], scale = call[1];
        var steps = Steps.Of(call, x, scale, call.Optional(2));
        OnnxType type = call.Type("output_dtype", scale.Type);
        long[] values = x.Longs();
        var reals = new double[values.Length];
        for (int i = 0; i < values.Length; i++) reals[i] = (values[i] - steps.Zero(i)) * steps.Scale(i);
        return OnnxTensor.FromDoubles(type, x.Dims, reals);
    }

    private static OnnxTensor[] Dynamic(OnnxCall call)
    {
        float[] values = call[0].Floats();
        float min = Math.Min(0, values.Length == 0 ? 0 : values.Min()), max = Math.Max(0, values.Length == 0 ? 0 : values.Max());
        float scale = (max - min) / 255;
        double zero = scale == 0 ? 0 : Math.Clamp(Math.Round(-min / scale, MidpointRounding.ToEven), 0, 255);
        double[] quantised = Array.ConvertAll(values, v => scale == 0 ? 0 : Round(v / scale, OnnxType.UInt8, (long)zero));
        return [OnnxTensor.FromDoubles(OnnxType.UInt8, call[0].Dims, quantised), OnnxTensor.Of([scale]), OnnxTensor.FromDoubles(OnnxType.UInt8, [], [zero])];
    }

    private static double[] Product(OnnxTensor a, OnnxTensor b)
    {
        if (a.Count != 1) throw new OnnxRefusal("a scale for every row is not offered");
        double first = a.Doubles()[0];
        return Array.ConvertAll(b.Doubles(), v => v * first);
    }

    private static OnnxTensor Requantise(OnnxTensor sums, double[] scales, OnnxTensor outScale, OnnxTensor zero, int axis)
    {
        if (outScale.Count != 1 || zero.Count != 1 || (scales.Length != 1 && scales.Length != sums.Dims[axis])) throw new OnnxRefusal("the scales do not fit the result");
        double step = outScale.Scalar();
        long point = zero.Longs()[0], inner = OnnxShapes.Product(sums.Dims.AsSpan(axis + 1));
        long[] values = sums.Longs();
        var rounded = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
            rounded[i] = Round(values[i] * (scales[scales.Length == 1 ? 0 : i / inner % scales.Length] / step), zero.Type, point);
        return OnnxTensor.FromDoubles(zero.Type, sums.Dims, rounded);
    }

    /// <summary>Scale and zero point of every element: one of each, one a place of an axis, or one a block along it.</summary>
    private readonly struct Steps(double[] scales, long[]? zeros, int[]? map)
    {
        public static Steps Of(OnnxCall call, OnnxTensor x, OnnxTensor scale, OnnxTensor? zero)
        {
            if (zero is not null && !zero.Dims.AsSpan().SequenceEqual(scale.Dims) && !(zero.Count == 1 && scale.Count == 1)) throw new OnnxRefusal($"{scale} and {zero} differ in shape");
            double[] scales = scale.Doubles();
            if (scale.Count == 1) return new(scales, zero?.Longs(), new int[x.Count]);
            int axis = x.Axis(call.Int("axis", 1));
            long block = call.Int("block_size", 0);
            if (block == 0)
            {
                if (scale.Rank != 1 || scale.Count != x.Dims[axis]) throw new OnnxRefusal($"{scale} does not fit {x} at axis {axis}");
                return new(scales, zero?.Longs(), OnnxShapes.Map([scale.Count, .. Enumerable.Repeat(1, x.Rank - 1 - axis)], x.Dims));
            }
            if (scale.Rank != x.Rank || block < 0) throw new OnnxRefusal($"{scale} does not fit {x} in blocks of {block}");
            int[] own = OnnxShapes.Strides(scale.Dims), strides = OnnxShapes.Strides(x.Dims), map = new int[x.Count];
            for (int i = 0; i < map.Length; i++)
                for (int d = 0; d < x.Rank; d++)
                {
                    int at = i / strides[d] % x.Dims[d];
                    map[i] += (d == axis ? (int)(at / block) : at) * own[d];
                }
            return new(scales, zero?.Longs(), map);
        }

        public double Scale(int i) => scales[map is null ? i : map[i]];

        public long Zero(int i) => zeros is null ? 0 : zeros[map is null ? i : map[i]];
    }
}
