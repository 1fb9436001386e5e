using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Convolutions over one to three dimensions for a batch of one, pools over as many, and batch normalisation.</summary>
internal static class WindowLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        rules.Add("Conv", Conv);
        rules.Add("ConvInteger", run => run.Set(Lowered.OfNumbers(Numbers(run, 0, 1, 2, 3, [1], null), OnnxType.Int32)));
        rules.Add("QLinearConv", run => ProductLowering.Quantised(run, Numbers(run, 0, 3, 2, 5, run.Input(4).Tensor.Doubles(), run.Optional(8)), run.Input(4).Tensor.Doubles(), 0));
        rules.Add("BatchNormalization", Normalise);
        rules.Add("LRN", LocalResponse);
        rules.Add("MaxPool", MaxPool);
        rules.Add("AveragePool", AveragePool);
        rules.Add("GlobalMaxPool", run => run.Set(run.Input(0).With(run.Graph.ReduceMax(run.Input(0).Elements, Spatial(run), keep: true))));
        rules.Add("GlobalAveragePool", run => RowLowering.Mean(run, Spatial(run), keep: true));
    }

    private static void Conv(LoweringRun run)
    {
        Lowered x = run.Byte(0), w = run.Input(1);
        if (w.Real is not null) throw new OnnxRefusal("weights that are not constant are not offered");
        Lowered? bias = run.Optional(2);
        OnnxNode? next = run.Plan.Joined(run.Node);
        if (next is not null) (w, bias) = Folded(run, next, LoweringRun.Floats(w), bias is null ? null : LoweringRun.Floats(bias).Doubles());
        Run(run, x, ProductWeights.Of(w, 0), bias, (int)run.Call().Int("group", 1), OnnxWindow.Of(run.Call(), run.InputDims(0)[2..], run.InputDims(1)[2..]), next?.Outputs[0] ?? run.Output);
    }

    private static void Run(LoweringRun run, Lowered x, ProductWeights weights, Lowered? bias, int groups, OnnxWindow window, string result)
    {
        Quantisation steps = x.Real!.Value;
        double[] scales = Array.ConvertAll(weights.Scales, s => s * steps.Scale);
        IntegerValue sum = Sum(run, x.Elements, steps.Zero, weights, ProductLowering.Bias(bias, scales, weights.Dims[0]), groups, window);
        Lowered made = run.Rescaled(sum, scales, 0, run.Plan.Of(result));
        run.Set(made);
        if (result != run.Output) run.Set(result, made);
    }

    private static IntegerValue Numbers(LoweringRun run, int x, int w, int zeroX, int zeroW, double[] scales, Lowered? bias)
    {
        Lowered input = run.Input(x);
        if (run.Optional(zeroX)?.Tensor.Count > 1) throw new OnnxRefusal("a zero point for each channel of the input is not offered");
        int zero = (int)(run.Optional(zeroX)?.Tensor.Longs()[0] ?? 0) - input.Origin;
        var weights = ProductWeights.Of(run.Input(w).Tensor, run.Optional(zeroW)?.Tensor.Longs() ?? [0], scales, 0);
        var window = OnnxWindow.Of(run.Call(), run.InputDims(x)[2..], weights.Dims[2..]);
        return Sum(run, input.Elements, zero, weights, bias?.Tensor.Longs(), (int)run.Call().Int("group", 1), window);
    }

    private static IntegerValue Sum(LoweringRun run, IntegerValue x, int zero, ProductWeights weights, long[]? bias, int groups, OnnxWindow window)
    {
        if (weights.Dims.Length == 5 && x.Shape.Length == 5 && x.Shape[0] == 1) return TransposedLowering.Volume(run, x, zero, weights, bias, groups, window);
        IntegerValue image = Image(run, x);
        int[] shape = weights.Dims.Length == 3 ? [weights.Dims[0], weights.Dims[1], 1, weights.Dims[2]] : weights.Dims;
        return ProductLowering.Sum(run, image, zero, weights, 0, shape, bias, (w, b) => run.Graph.Conv(image, w, b, Pair(window.Strides, 1), window.Kernel.Length == 2 ? Pads(window) : [0, Pads(window)[0], 0, Pads(window)[1]], Pair(window.Dilations, 1), groups, zero));
    }

    private static (Lowered Weights, Lowered Bias) Folded(LoweringRun run, OnnxNode node, OnnxTensor weights, double[]? bias)
    {
        (double[] factors, double[] offsets) = Moments(run, node);
        int inner = weights.Count / weights.Dims[0];
        double[] values = weights.Doubles();
        for (int i = 0; i < values.Length; i++) values[i] *= factors[i / inner];
        for (int c = 0; c < offsets.Length; c++) offsets[c] += factors[c] * (bias?[c] ?? 0);
        return (Lowered.Of(OnnxTensor.FromDoubles(OnnxType.Float, weights.Dims, values)), Lowered.Of(OnnxTensor.FromDoubles(OnnxType.Float, [offsets.Length], offsets)));
    }

    private static (double[] Factors, double[] Offsets) Moments(LoweringRun run, OnnxNode node)
    {
        OnnxCall call = run.Call(node);
        double[] scale = call[1].Doubles(), bias = call[2].Doubles(), mean = call[3].Doubles(), variance = call[4].Doubles();
        double epsilon = call.Float("epsilon", 1e-5f);
        double[] factors = [.. scale.Select((s, c) => s / Math.Sqrt(variance[c] + epsilon))];
        return (factors, [.. bias.Select((b, c) => b - (mean[c] * factors[c]))]);
    }

    // On its own it is a convolution of one tap for each channel.
    private static void Normalise(LoweringRun run)
    {
        (double[] factors, double[] offsets) = Moments(run, run.Node);
        int[] dims = run.InputDims(0);
        Lowered x = run.Byte(0);
        int channels = dims[1], pixels = OnnxShapes.Product(dims.AsSpan(2));
        if (dims[0] != 1) throw new OnnxRefusal($"expected a batch of 1, got {dims[0]}{Lowered.OneMember}");
        var weights = ProductWeights.Of(Lowered.Of(OnnxTensor.FromDoubles(OnnxType.Float, [channels, 1, 1], factors)), 0);
        Lowered bias = Lowered.Of(OnnxTensor.FromDoubles(OnnxType.Float, [channels], offsets));
        Quantisation steps = x.Real!.Value;
        double[] scales = Array.ConvertAll(weights.Scales, s => s * steps.Scale);
        IntegerValue line = run.Shaped(x.Elements, [channels, 1, pixels]);
        IntegerValue sum = ProductLowering.Sum(run, line, steps.Zero, weights, 0, [channels, 1, 1, 1], ProductLowering.Bias(bias, scales, channels), (w, b) => run.Graph.Conv(line, w, b, groups: channels));
        run.Set(run.Rescaled(sum, scales, 0, run.Target));
    }

    // Squares summed over neighbouring channels, a table of 65,536 entries for the factor, and a product.
    private static void LocalResponse(LoweringRun run)
    {
        OnnxCall call = run.Call();
        Lowered x = run.Real(0);
        int size = (int)Math.Clamp(call.Int("size", 1), 1, 1 << 10), channels = run.InputDims(0)[1], pixels = OnnxShapes.Product(run.InputDims(0).AsSpan(2));
        double alpha = call.Float("alpha", 1e-4f), beta = call.Float("beta", 0.75f), bias = call.Float("bias", 1), scale = x.Real!.Value.Scale;
        IntegerValue elements = run.Centred(x);
        double greatest = Math.Max(Math.Abs((double)elements.Min), elements.Max), sums = size * greatest * greatest * scale * scale;
        Quantisation steps = Quantisation.Symmetric(greatest * greatest * scale * scale, wide: true);
        IntegerValue squares = run.Rescaled(run.Graph.Multiply(elements, elements), [scale * scale], 0, steps).Elements;
        IntegerValue near = run.Graph.SumPool(run.Shaped(squares, [1, channels, pixels]), [size, 1], pads: [(size - 1) / 2, 0, size / 2, 0]);
        Lowered sum = run.Rescaled(near, [steps.Scale], 0, Quantisation.Symmetric(sums, wide: true));
        Lowered factor = run.Table(sum, v => Math.Pow(bias + (alpha / size * Math.Max(v, 0)), -beta), Quantisation.Symmetric(Math.Pow(bias, -beta), wide: true));
        IntegerValue product = run.Graph.Multiply(elements, run.Shaped(factor.Elements, elements.Shape));
        run.Set(run.Rescaled(product, [scale * factor.Real!.Value.Scale], 0, run.Target));
    }

    private static void MaxPool(LoweringRun run)
    {
        Lowered x = run.Input(0);
        var window = OnnxWindow.Of(run.Call(), run.InputDims(0)[2..]);
        run.Set(x.With(Pooled(run, x.Elements, window, (planes, kernel, strides, pads, dilations) => run.Graph.MaxPool(planes, kernel, strides, pads, dilations))));
    }

    private static void AveragePool(LoweringRun run)
    {
        Lowered x = run.Real(0);
        var window = OnnxWindow.Of(run.Call(), run.InputDims(0)[2..]);
        int[] places = window.Places(out bool[] counted);
        bool padding = run.Call().Int("count_include_pad", 0) != 0;
        var counts = new double[window.Outputs];
        for (int i = 0; i < places.Length; i++)
            if (padding ? counted[i] : places[i] >= 0) counts[i % counts.Length]++;
        IntegerValue sums = Pooled(run, run.Centred(x), window, (planes, kernel, strides, pads, dilations) => run.Graph.SumPool(planes, kernel, strides, pads, dilations));
        double scale = x.Real!.Value.Scale;
        bool even = counts.All(count => count == counts[0]);
        // Windows at a border that count fewer elements have a multiplier of their own.
        if (!even) sums = run.Shaped(sums, [sums.Elements / counts.Length, counts.Length]);
        run.Set(run.Rescaled(sums, even ? [scale / counts[0]] : [.. counts.Select(count => scale / count)], 1, run.Target));
    }

    /// <summary>The value as channels, rows and columns.</summary>
    private static IntegerValue Image(LoweringRun run, IntegerValue x)
    {
        ReadOnlySpan<int> shape = x.Shape;
        if (shape.Length is not (3 or 4) || shape[0] != 1) throw new OnnxRefusal($"expected a batch of 1 with one or two dimensions behind the channels, got [{string.Join(',', shape.ToArray())}]{(shape.Length > 0 && shape[0] > 1 ? Lowered.OneMember : "")}");
        return run.Shaped(x, shape.Length == 4 ? shape[1..] : [shape[1], 1, shape[2]]);
    }

    // The members of a batch are planes like its channels. Over three dimensions first the planes, then the depth of each place:
    // what a window holds is the same.
    private static IntegerValue Pooled(LoweringRun run, IntegerValue x, OnnxWindow window, Func<IntegerValue, int[], int[], int[], int[], IntegerValue> pool)
    {
        if (x.Shape.Length is not (3 or 4 or 5)) throw new OnnxRefusal($"expected one to three dimensions behind the channels, got [{string.Join(',', x.Shape.ToArray())}]");
        int[] shape = x.Shape.ToArray(), pads = Pads(window);
        int planes = shape[0] * shape[1], last = window.Kernel.Length;
        if (last == 1) return pool(run.Shaped(x, [planes, 1, shape[2]]), [1, window.Kernel[0]], [1, window.Strides[0]], [0, pads[0], 0, pads[1]], [1, window.Dilations[0]]);
        IntegerValue made = pool(run.Shaped(x, [x.Elements / shape[^1] / shape[^2], shape[^2], shape[^1]]),
            window.Kernel[^2..], window.Strides[^2..], [pads[last - 2], pads[last - 1], pads[^2], pads[^1]], window.Dilations[^2..]);
        return last == 2 ? made : pool(run.Shaped(made, [planes, shape[2], window.Output[1] * window.Output[2]]),
            [window.Kernel[0], 1], [window.Strides[0], 1], [pads[0], 0, pads[3], 0], [window.Dilations[0], 1]);
    }

    private static int[] Spatial(LoweringRun run) => [.. Enumerable.Range(2, run.InputDims(0).Length - 2)];

    private static int[] Pair(int[] values, int first) => values.Length == 2 ? values : [first, values[0]];

    // A ceiling makes the last window reach further than the pads say.
    private static int[] Pads(OnnxWindow window)
    {
        int[] after = [.. window.After];
        for (int d = 0; d < after.Length; d++)
        {
            int reach = ((window.Output[d] - 1) * window.Strides[d]) + ((window.Kernel[d] - 1) * window.Dilations[d]) + 1;
            after[d] = Math.Max(0, reach - window.Input[d] - window.Before[d]);
        }
        return [.. window.Before, .. after];
    }
}
