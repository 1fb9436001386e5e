using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Operators that move elements: shapes and places are those of the trace.</summary>
internal static class LayoutLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        foreach (string name in (string[])["Reshape", "Flatten", "Squeeze", "Unsqueeze"]) rules.Add(name, run => run.Set(run.Input(0)));
        rules.Add("Transpose", run =>
        {
            int rank = run.InputDims(0).Length;
            int[] order = run.Call().Ints("perm") is { } given ? OnnxShapes.ToInts(given) : [.. Enumerable.Range(0, rank).Reverse()];
            run.Set(run.Input(0).With(run.Graph.Transpose(run.Input(0).Elements, order)));
        });
        rules.Add("Expand", run => run.Set(run.Input(0).With(run.Graph.Expand(run.Shaped(run.Input(0).Elements, Padded(run.InputDims(0), run.OutputDims.Length)), run.OutputDims))));
        rules.Add("Slice", Cut);
        rules.Add("Split", Cut);
        rules.Add("Concat", Concat);
        rules.Add("Pad", Pad);
        rules.Add("Gather", Gather);
    }

    private static int[] Padded(int[] shape, int rank) => [.. Enumerable.Repeat(1, rank - shape.Length), .. shape];

    // Where the elements come from is read off the evaluator's own answer for the places 0, 1, 2, …
    private static void Cut(LoweringRun run)
    {
        Lowered x = run.Input(0);
        int[] dims = run.InputDims(0), strides = OnnxShapes.Strides(dims);
        OnnxCall call = run.Call();
        OnnxTensor places = OnnxTensor.FromLongs(OnnxType.Int64, dims, [.. Enumerable.Range(0, OnnxShapes.Product(dims)).Select(i => (long)i)]);
        OnnxTensor?[] made = OnnxOperators.All.TryRun(new OnnxCall(run.Node, [places, .. Enumerable.Range(1, run.InputCount - 1).Select(call.Optional)], call.OperatorSet), out string? reason) ?? throw new OnnxRefusal(reason!);
        for (int i = 0; i < run.Node.Outputs.Length; i++)
        {
            if (run.Node.Outputs[i].Length == 0) continue;
            OnnxTensor part = made[i]!;
            long[] from = part.Longs();
            int[] own = OnnxShapes.Strides(part.Dims), starts = new int[dims.Length], steps = new int[dims.Length];
            if (from.Length == 0) throw new OnnxRefusal($"output {i} is empty");
            for (int d = 0; d < dims.Length; d++)
            {
                starts[d] = (int)(from[0] / strides[d] % dims[d]);
                steps[d] = part.Dims[d] > 1 ? (int)((from[own[d]] - from[0]) / strides[d]) : 1;
            }
            run.Set(run.Node.Outputs[i], x.With(run.Graph.Slice(x.Elements, starts, part.Dims, steps)));
        }
    }

    private static void Concat(LoweringRun run)
    {
        int rank = run.OutputDims.Length, axis = (int)run.Call().Int("axis", 1);
        axis = axis < 0 ? axis + rank : axis;
        Lowered[] parts = [.. Enumerable.Range(0, run.InputCount).Select(run.Input)];
        if (Array.TrueForAll(parts, part => part.Real is null && part.Value is not null && part.Type == parts[0].Type))
        {
            run.Set(parts[0].With(run.Graph.Concat(axis, [.. parts.Select(part => part.Elements)])));
            return;
        }
        Quantisation target = run.Target;
        run.Set(Lowered.Of(run.Graph.Concat(axis, [.. parts.Select((_, i) => run.Converted(run.Real(i), target).Elements)]), target));
    }

    private static void Pad(LoweringRun run)
    {
        OnnxCall call = run.Call();
        if (call.Text("mode", "constant") != "constant") throw new OnnxRefusal("padding with other than a constant is not offered");
        Lowered x = run.Input(0);
        int rank = run.InputDims(0).Length;
        long[] given = call.OperatorSet < 11 ? call.Ints("pads") ?? [] : call[1].Longs();
        long[] axes = call.OperatorSet < 18 ? [.. Enumerable.Range(0, rank)] : call.Optional(3)?.Longs() ?? [.. Enumerable.Range(0, rank)];
        double filling = call.OperatorSet < 11 ? call.Float("value", 0) : call.Optional(2)?.Scalar() ?? 0;
        int[] before = new int[rank], after = new int[rank];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = (int)(axes[i] < 0 ? axes[i] + rank : axes[i]);
            (before[axis], after[axis]) = ((int)given[i], (int)given[i + axes.Length]);
        }
        int value = x.Real is { } steps ? steps.Of(filling) : (int)filling - x.Origin;
        run.Set(x.With(run.Graph.Pad(x.Elements, before, after, value)));
    }

    private static void Gather(LoweringRun run)
    {
        int rank = run.InputDims(0).Length, axis = (int)run.Call().Int("axis", 0);
        axis = axis < 0 ? axis + rank : axis;
        Lowered data = run.Input(0), indices = run.Input(1);
        if (data.Value is null) data = run.Quantised(LoweringRun.Floats(data));
        IntegerValue places = indices.Value ?? run.Graph.Constant([.. indices.Tensor.Longs().Select(i => (int)(i < 0 ? i + run.InputDims(0)[axis] : i))], indices.Tensor.Dims);
        run.Set(data.With(run.Graph.Gather(data.Elements, places, axis)));
    }
}
