using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// ConvTranspose as a convolution: zeros between the elements for the strides, then the weights turned round. Convolutions over
/// three dimensions as one over two: the taps of the depth are channels, the planes of the depth lie one below the other.
/// </summary>
internal static class TransposedLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules) => rules.Add("ConvTranspose", Run);

    /// <summary>Sums of a convolution over three dimensions, as channels and voxels.</summary>
    public static IntegerValue Volume(LoweringRun run, IntegerValue x, int zero, ProductWeights weights, long[]? bias, int groups, OnnxWindow window)
    {
        int channels = x.Shape[1], own = channels / groups, depth = window.Kernel[0], planes = window.Output[0], rows = window.Output[1], step = window.Strides[1];
        int span = ((window.Kernel[1] - 1) * window.Dilations[1]) + 1, before = window.Before[1];
        // A plane's rows with the padding that its windows reach, up to a multiple of the stride.
        int height = Math.Max(x.Shape[3] + before, ((rows - 1) * step) + span);
        height = (height + step - 1) / step * step;
        int reach = ((planes - 1) * window.Strides[0]) + ((depth - 1) * window.Dilations[0]) + 1;
        IntegerValue padded = run.Graph.Pad(run.Shaped(x, x.Shape[1..]), [0, window.Before[0], before, 0], [0, Math.Max(0, reach - window.Before[0] - x.Shape[2]), height - before - x.Shape[3], 0], zero);
        var taps = new IntegerValue[depth];
        for (int t = 0; t < depth; t++)
        {
            IntegerValue tap = run.Graph.Slice(padded, [0, t * window.Dilations[0], 0, 0], [channels, planes, height, x.Shape[4]], [1, planes == 1 ? 1 : window.Strides[0], 1, 1]);
            taps[t] = run.Shaped(tap, [1, groups, own, planes * height, x.Shape[4]]);
        }
        IntegerValue image = run.Shaped(run.Graph.Transpose(run.Graph.Concat(0, taps), 1, 0, 2, 3, 4), [channels * depth, planes * height, x.Shape[4]]);
        int[] numbers = new int[weights.Numbers.Length], dims = [weights.Dims[0], depth * own, weights.Dims[3], weights.Dims[4]];
        int plane = dims[2] * dims[3];
        for (int i = 0; i < numbers.Length; i++)
        {
            int at = i % plane, t = i / plane % depth, c = i / plane / depth % own, o = i / plane / depth / own;
            numbers[((((o * depth) + t) * own + c) * plane) + at] = weights.Numbers[i];
        }
        weights = weights with { Numbers = numbers, Dims = dims };
        int after = Math.Max(0, ((window.Output[2] - 1) * window.Strides[2]) + ((window.Kernel[2] - 1) * window.Dilations[2]) + 1 - x.Shape[4] - window.Before[2]);
        IntegerValue sum = ProductLowering.Sum(run, image, zero, weights, 0, dims, bias, (w, b) => run.Graph.Conv(
            image, w, b, [step, window.Strides[2]], [0, window.Before[2], Math.Max(0, span - step), after], window.Dilations.AsSpan(1), groups, zero));
        int width = sum.Shape[2];
        return run.Graph.Slice(run.Shaped(sum, [dims[0], planes, height / step, width]), [0, 0, 0, 0], [dims[0], planes, rows, window.Output[2]]);
    }

    private static void Run(LoweringRun run)
    {
        OnnxCall call = run.Call();
        Lowered x = run.Byte(0), w = run.Input(1);
        if (w.Real is not null) throw new OnnxRefusal("weights that are not constant are not offered");
        int[] input = run.InputDims(0), output = run.OutputDims;
        if (input[0] != 1 || input.Length is not (3 or 4)) throw new OnnxRefusal($"expected a batch of 1 with one or two dimensions behind the channels, got [{string.Join(',', input)}]");
        int rank = input.Length - 2, groups = (int)call.Int("group", 1);
        ProductWeights weights = Turned(ProductWeights.Of(w, 1), groups);
        int[] strides = Read("strides", 1), dilations = Read("dilations", 1), extra = Read("output_padding", 0), before = new int[rank], after = new int[rank];
        int[]? pads = call.Ints("pads") is { } given ? OnnxShapes.ToInts(given) : null;
        string auto = call.Text("auto_pad", "NOTSET");
        for (int d = 0; d < rank; d++)
        {
            int span = (weights.Dims[d + 2] - 1) * dilations[d], cut = pads?[d] ?? 0;
            if (auto.StartsWith("SAME", StringComparison.Ordinal) || call.Has("output_shape"))
            {
                int all = Math.Max(0, (strides[d] * (input[d + 2] - 1)) + extra[d] + span + 1 - output[d + 2]);
                cut = auto == "SAME_UPPER" ? all / 2 : all - (all / 2);
            }
            before[d] = span - cut;
            after[d] = output[d + 2] + span - (input[d + 2] * strides[d]) - before[d];
        }
        Quantisation steps = x.Real!.Value;
        IntegerValue image = Cropped(run, Spread(run, x.Elements, strides, steps.Zero), Pair(before, 0), Pair(after, 0));
        int[] shape = rank == 2 ? weights.Dims : [weights.Dims[0], weights.Dims[1], 1, weights.Dims[2]], front = Pair(before, 0), behind = Pair(after, 0);
        double[] scales = Array.ConvertAll(weights.Scales, s => s * steps.Scale);
        IntegerValue sum = ProductLowering.Sum(run, image, steps.Zero, weights, 0, shape, ProductLowering.Bias(run.Optional(2), scales, weights.Dims[0]), (kernel, bias) => run.Graph.Conv(
            image, kernel, bias, pads: [Math.Max(0, front[0]), Math.Max(0, front[1]), Math.Max(0, behind[0]), Math.Max(0, behind[1])], dilations: Pair(dilations, 1), groups: groups, padValue: steps.Zero));
        run.Set(run.Rescaled(sum, scales, 0, run.Target));

        int[] Read(string name, int otherwise) => call.Ints(name) is { } values ? OnnxShapes.ToInts(values) : [.. Enumerable.Repeat(otherwise, rank)];
    }

    // Channels, rows and columns, each element followed by stride - 1 zeros.
    private static IntegerValue Spread(LoweringRun run, IntegerValue x, int[] strides, int zero)
    {
        int channels = x.Shape[1], height = x.Shape.Length == 4 ? x.Shape[2] : 1, width = x.Shape[^1], down = strides.Length == 2 ? strides[0] : 1, across = strides[^1];
        if (down == 1 && across == 1) return run.Shaped(x, [channels, height, width]);
        IntegerValue padded = run.Graph.Pad(run.Shaped(x, [channels, height, 1, width, 1]), [0, 0, 0, 0, 0], [0, 0, down - 1, 0, across - 1], zero);
        return run.Shaped(padded, [channels, height * down, width * across]);
    }

    // Pads below zero take elements away.
    private static IntegerValue Cropped(LoweringRun run, IntegerValue x, int[] before, int[] after)
    {
        if (before.Concat(after).All(pad => pad >= 0)) return x;
        int top = Math.Max(0, -before[0]), left = Math.Max(0, -before[1]);
        return run.Graph.Slice(x, [0, top, left], [x.Shape[0], x.Shape[1] - top - Math.Max(0, -after[0]), x.Shape[2] - left - Math.Max(0, -after[1])]);
    }

    // [channels, filters of a group, taps] as [filters, channels of a group, taps backwards].
    private static ProductWeights Turned(ProductWeights weights, int groups)
    {
        int own = weights.Dims[0] / groups, filters = weights.Dims[1], taps = weights.Numbers.Length / weights.Dims[0] / filters;
        var numbers = new int[weights.Numbers.Length];
        for (int c = 0; c < weights.Dims[0]; c++)
            for (int f = 0; f < filters; f++)
                for (int t = 0; t < taps; t++)
                    numbers[((((c / own * filters) + f) * own + (c % own)) * taps) + t] = weights.Numbers[(((c * filters) + f) * taps) + taps - 1 - t];
        double[] scales = weights.Scales.Length == 1 ? weights.Scales : [.. Enumerable.Range(0, groups).SelectMany(_ => weights.Scales)];
        return new(numbers, [filters * groups, own, .. weights.Dims[2..]], scales);
    }

    private static int[] Pair(int[] values, int first) => values.Length == 2 ? values : [first, values[0]];
}
