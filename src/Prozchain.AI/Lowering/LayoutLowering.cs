using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Operators that move elements: shapes and places are those of the trace.</summary>
internal static class LayoutLowering
{
    // Larger tables than this have 8 bits and a scale for each row.
    private const int MaxWideTable = 1 << 20;

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
        rules.Add("DepthToSpace", run => Blocks(run, run.Call().Text("mode", "DCR") == "CRD" ? [0, 3, 1, 4, 2] : [2, 3, 0, 4, 1], deep: true));
        rules.Add("SpaceToDepth", run => Blocks(run, [2, 4, 0, 1, 3], deep: false));
        rules.Add("Tile", Tile);
        rules.Add("Resize", Resize);
        rules.Add("Upsample", Resize);
        rules.Add("GatherElements", Places);
        rules.Add("GatherND", Places);
        rules.Add("Trilu", Places);
    }

    private static void Blocks(LoweringRun run, int[] order, bool deep)
    {
        int[] dims = run.InputDims(0);
        int b = (int)run.Call().Int("blocksize", 0);
        if (dims[0] != 1) throw new OnnxRefusal($"expected a batch of 1, got {dims[0]}");
        int[] split = !deep ? [dims[1], dims[2] / b, b, dims[3] / b, b]
            : run.Call().Text("mode", "DCR") == "CRD" ? [dims[1] / (b * b), b, b, dims[2], dims[3]] : [b, b, dims[1] / (b * b), dims[2], dims[3]];
        run.Set(run.Input(0).With(run.Graph.Transpose(run.Shaped(run.Input(0).Elements, split), order)));
    }

    private static void Tile(LoweringRun run)
    {
        int[] dims = run.InputDims(0), repeats = OnnxShapes.ToInts(run.Input(1).Tensor.Longs());
        IntegerValue x = run.Input(0).Elements;
        // Repeats as an axis in front of the axis they repeat, one axis at a time.
        for (int i = 0; i < dims.Length; i++)
        {
            if (repeats[i] == 1) continue;
            int outer = OnnxShapes.Product(x.Shape[..i]), inner = OnnxShapes.Product(x.Shape[i..]);
            int[] shape = [.. x.Shape[..i], checked(x.Shape[i] * repeats[i]), .. x.Shape[(i + 1)..]];
            x = run.Shaped(run.Graph.Expand(run.Shaped(x, [outer, 1, inner]), outer, repeats[i], inner), shape);
        }
        run.Set(run.Input(0).With(x));
    }

    // Along each axis the nearest place, or a product with the weights of two.
    private static void Resize(LoweringRun run)
    {
        Lowered x = run.Input(0);
        OnnxTensor shape = OnnxTensor.Zeros(OnnxType.UInt8, run.InputDims(0));
        (_, (int[] Low, int[] High, double[] Part)[] axes) = OnnxResize.Plan(new OnnxCall(run.Node, [shape, .. Enumerable.Range(1, run.InputCount - 1).Select(i => run.Has(i) ? run.Call()[i] : null)], run.Call().OperatorSet));
        for (int d = 0; d < axes.Length; d++)
        {
            (int[] low, int[] high, double[] part) = axes[d];
            if (Array.TrueForAll(part, p => p == 0))
            {
                bool stays = low.Length == x.Elements.Shape[d] && low.Select((place, i) => place == i).All(same => same);
                if (!stays) x = x.With(run.Graph.Gather(x.Elements, run.Graph.Constant(low, low.Length), d));
            }
            else x = Mixed(run, run.Byte(x), d, low, high, part);
        }
        run.Set(x);
    }

    private static Lowered Mixed(LoweringRun run, Lowered x, int axis, int[] low, int[] high, double[] part)
    {
        int[] order = [.. Enumerable.Range(0, x.Elements.Shape.Length)];
        (order[axis], order[^1]) = (order[^1], order[axis]);
        IntegerValue rows = run.Graph.Transpose(x.Elements, order);
        int length = rows.Shape[^1];
        var matrix = new double[length * low.Length];
        for (int i = 0; i < low.Length; i++)
        {
            matrix[(low[i] * low.Length) + i] += 1 - part[i];
            matrix[(high[i] * low.Length) + i] += part[i];
        }
        var weights = ProductWeights.Of(Lowered.Of(OnnxTensor.FromDoubles(OnnxType.Float, [length, low.Length], matrix)), 1);
        Quantisation steps = x.Real!.Value, target = run.Target;
        IntegerValue sum = ProductLowering.Sum(run, rows, steps.Zero, weights, 1, weights.Dims, null, (w, b) => run.Graph.MatMul(rows, w, b));
        Lowered made = run.Rescaled(sum, Array.ConvertAll(weights.Scales, s => s * steps.Scale), sum.Shape.Length - 1, target);
        return made.With(run.Graph.Transpose(made.Elements, order));
    }

    // Any other move whose places are constant: they are read off the evaluator's own answer for 1, 2, 3, …, where 0 is none.
    private static void Places(LoweringRun run)
    {
        OnnxCall call = run.Call();
        Lowered x = run.Input(0);
        int count = x.Elements.Elements;
        OnnxTensor numbers = OnnxTensor.FromDoubles(OnnxType.Double, run.InputDims(0), [.. Enumerable.Range(1, count).Select(i => (double)i)]);
        OnnxTensor?[] made = OnnxOperators.All.TryRun(new OnnxCall(run.Node, [numbers, .. Enumerable.Range(1, run.InputCount - 1).Select(i => run.Has(i) ? call[i] : null)], call.OperatorSet), out string? reason) ?? throw new OnnxRefusal(reason!);
        double[] from = made[0]!.Doubles();
        bool empty = from.Contains(0);
        IntegerValue line = run.Shaped(x.Elements, [count]);
        if (empty) line = run.Graph.Pad(line, [0], [1], x.Real is { } steps ? steps.Zero : -x.Origin);
        run.Set(x.With(run.Graph.Gather(line, run.Graph.Constant([.. from.Select(place => place == 0 ? count : (int)place - 1)], made[0]!.Dims))));
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
            Lowered cut = x.With(run.Graph.Slice(x.Elements, starts, part.Dims, steps));
            // Parts of a wide value have steps of their own.
            bool narrows = cut.Real is not null && cut.Elements.Type == ElementType.I16 && run.Plan.Of(run.Node.Outputs[i]).Type == ElementType.I8;
            run.Set(run.Node.Outputs[i], narrows ? run.Converted(cut, run.Plan.Of(run.Node.Outputs[i])) : cut);
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
        if (call.Text("mode", "constant") != "constant")
        {
            Places(run);
            return;
        }
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
        IntegerValue places = indices.Value ?? run.Graph.Constant([.. indices.Tensor.Longs().Select(i => (int)(i < 0 ? i + run.InputDims(0)[axis] : i))], indices.Tensor.Dims);
        if (data.Value is null && !LoweringRun.Floats(data).Type.IsFloat())
        {
            run.Set(Lowered.OfNumbers(run.Graph.Gather(run.Constant(data.Tensor.Dims, [.. data.Tensor.Longs().Select(n => checked((int)n - Lowered.OriginOf(data.Type)))], Lowered.ElementOf(data.Type)), places, axis), data.Type));
            return;
        }
        if (data.Value is null)
        {
            OnnxTensor table = LoweringRun.Floats(data);
            bool wide = run.Target.Type == ElementType.I16;
            if (wide && axis == 0 && rank == 2 && table.Count > MaxWideTable) { Rows(run, table, places); return; }
            data = run.Quantised(table, wide && table.Count <= MaxWideTable);
        }
        run.Set(data.With(run.Graph.Gather(data.Elements, places, axis)));
    }

    // An embedding in 8 bits with a scale for each row, itself looked up: rows of rare tokens are far smaller than the greatest.
    private static void Rows(LoweringRun run, OnnxTensor table, IntegerValue places)
    {
        var weights = ProductWeights.Of(Lowered.Of(table), 0);
        double unit = weights.Scales.Max() / short.MaxValue;
        IntegerValue rows = run.Graph.Gather(run.Constant(table.Dims, weights.Numbers, ElementType.I8), places);
        IntegerValue scales = run.Graph.Gather(run.Constant([table.Dims[0], 1], [.. weights.Scales.Select(s => Math.Max(1, (int)Math.Round(s / unit)))], ElementType.I16), places);
        run.Set(run.Rescaled(run.Graph.Multiply(rows, scales), [unit], 0, run.Target));
    }
}
