using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Normalisations over batches, rows, groups and neighbouring channels, in double precision.</summary>
internal static class OnnxNormalization
{
    public static void Register(OnnxOperators table)
    {
        table.Add("BatchNormalization", Batch);
        table.Add("InstanceNormalization", c => Groups(c[0], c[0].Dims[1], c[1], c[2], c.Float("epsilon", 1e-5f)));
        table.Add("GroupNormalization", Group);
        table.AddMany("LayerNormalization", Layer);
        table.Add("RMSNormalization", RootMeanSquare);
        table.Add("LRN", LocalResponse);
    }

    private static OnnxTensor Batch(OnnxCall call)
    {
        if (call.Int("training_mode", 0) != 0 || call.Wants(1)) throw new OnnxRefusal("training is not offered");
        if (call.OperatorSet < 9 && call.Int("spatial", 1) == 0) throw new OnnxRefusal("statistics of every place are not offered");
        OnnxTensor x = call[0];
        double[] values = x.Doubles(), scale = call[1].Doubles(), bias = call[2].Doubles(), mean = call[3].Doubles(), variance = call[4].Doubles();
        double epsilon = call.Float("epsilon", 1e-5f);
        int channels = x.Rank > 1 ? x.Dims[1] : 1, inner = x.Rank > 2 ? OnnxShapes.Product(x.Dims.AsSpan(2)) : 1;
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / inner % channels;
            values[i] = ((values[i] - mean[c]) / Math.Sqrt(variance[c] + epsilon) * scale[c]) + bias[c];
        }
        return OnnxTensor.FromDoubles(x.Type, x.Dims, values);
    }

    // Set 18 scaled whole groups, later ones scale channels.
    private static OnnxTensor Group(OnnxCall call)
    {
        OnnxTensor x = call[0], scale = call[1], bias = call[2];
        long groups = call.Int("num_groups", 0);
        if (groups < 1 || x.Dims[1] % groups != 0) throw new OnnxRefusal($"{x} has no {groups} groups");
        int repeat = (int)(x.Dims[1] / groups);
        if (call.OperatorSet < 21) (scale, bias) = (Repeated(scale, repeat), Repeated(bias, repeat));
        return Groups(x, (int)groups, scale, bias, call.Float("epsilon", 1e-5f));
    }

    private static OnnxTensor Repeated(OnnxTensor x, int times) =>
        OnnxTensor.FromDoubles(x.Type, [x.Count * times], [.. x.Doubles().SelectMany(v => Enumerable.Repeat(v, times))]);

    private static OnnxTensor Groups(OnnxTensor x, int groups, OnnxTensor scale, OnnxTensor bias, double epsilon)
    {
        double[] values = x.Doubles(), scales = scale.Doubles(), biases = bias.Doubles();
        int channels = x.Dims[1], inner = OnnxShapes.Product(x.Dims.AsSpan(2)), length = channels / groups * inner;
        for (int start = 0; start < values.Length; start += length)
        {
            Span<double> line = values.AsSpan(start, length);
            (double mean, double variance) = Moments(line);
            double root = Math.Sqrt(variance + epsilon);
            for (int i = 0; i < line.Length; i++)
            {
                int c = (start + i) / inner % channels;
                line[i] = ((line[i] - mean) / root * scales[c]) + biases[c];
            }
        }
        return OnnxTensor.FromDoubles(x.Type, x.Dims, values);
    }

    private static OnnxTensor[] Layer(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int axis = x.Axis(call.Int("axis", -1)), length = OnnxShapes.Product(x.Dims.AsSpan(axis)), rows = OnnxShapes.Product(x.Dims.AsSpan(0, axis));
        double epsilon = call.Float("epsilon", 1e-5f);
        double[] values = x.Doubles(), means = new double[rows], inverses = new double[rows];
        for (int r = 0; r < rows; r++)
        {
            Span<double> line = values.AsSpan(r * length, length);
            (means[r], double variance) = Moments(line);
            inverses[r] = 1 / Math.Sqrt(variance + epsilon);
            for (int i = 0; i < line.Length; i++) line[i] = (line[i] - means[r]) * inverses[r];
        }
        OnnxTensor y = Scaled(x, values, call[1], call.Optional(2));
        int[] shape = [.. x.Dims.Select((dim, i) => i < axis ? dim : 1)];
        OnnxType stash = call.Int("stash_type", 1) == (long)OnnxType.Float ? OnnxType.Float : x.Type;
        return [y, OnnxTensor.FromDoubles(stash, shape, means), OnnxTensor.FromDoubles(stash, shape, inverses)];
    }

    private static OnnxTensor RootMeanSquare(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int axis = x.Axis(call.Int("axis", -1)), length = OnnxShapes.Product(x.Dims.AsSpan(axis));
        double epsilon = call.Float("epsilon", 1e-5f);
        double[] values = x.Doubles();
        for (int start = 0; start < values.Length; start += length)
        {
            Span<double> line = values.AsSpan(start, length);
            double squares = 0;
            foreach (double value in line) squares += value * value;
            double root = Math.Sqrt((squares / length) + epsilon);
            foreach (ref double value in line) value /= root;
        }
        return Scaled(x, values, call[1], null);
    }

    private static OnnxTensor Scaled(OnnxTensor x, double[] values, OnnxTensor scale, OnnxTensor? bias)
    {
        int[]? map = OnnxShapes.Map(scale.Dims, x.Dims), biasMap = bias is null ? null : OnnxShapes.Map(bias.Dims, x.Dims);
        double[] scales = scale.Doubles();
        double[]? biases = bias?.Doubles();
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] * scales[map?[i] ?? i]) + (biases is null ? 0 : biases[biasMap?[i] ?? i]);
        return OnnxTensor.FromDoubles(x.Type, x.Dims, values);
    }

    private static OnnxTensor LocalResponse(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int size = (int)Math.Clamp(call.Int("size", 1), 1, int.MaxValue), channels = x.Dims[1], inner = OnnxShapes.Product(x.Dims.AsSpan(2));
        call.Spend((double)x.Count * Math.Min(size, channels));
        double alpha = call.Float("alpha", 1e-4f), beta = call.Float("beta", 0.75f), bias = call.Float("bias", 1);
        double[] values = x.Doubles(), results = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / inner % channels;
            double squares = 0;
            for (int j = Math.Max(0, c - ((size - 1) / 2)); j <= Math.Min(channels - 1, c + (size / 2)); j++)
            {
                double value = values[i + ((j - c) * inner)];
                squares += value * value;
            }
            results[i] = values[i] / Math.Pow(bias + (alpha / size * squares), beta);
        }
        return OnnxTensor.FromDoubles(x.Type, x.Dims, results);
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<double> values)
    {
        double mean = OnnxReduction.Sum(values) / values.Length, squares = 0;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        return (mean, squares / values.Length);
    }
}
