using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Operators along axes: means and sums, softmax, normalisations of rows, the greatest element, attention.</summary>
internal static class RowLowering
{
    private const int SoftmaxSteps = 2048;

    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        rules.Add("ReduceMean", run => Mean(run, Axes(run, 18), Keep(run)));
        rules.Add("ReduceSum", run => Sum(run, Axes(run, 13), Keep(run), 1));
        rules.Add("ReduceMin", Least);
        rules.Add("ReduceMax", run => run.Set(run.Input(0).With(run.Graph.ReduceMax(run.Input(0).Elements, Axes(run, 18), Keep(run)))));
        rules.Add("ArgMax", run => Arg(run, run.Input(0).Elements));
        rules.Add("ArgMin", run => Arg(run, Negative(run, run.Input(0).Elements)));
        rules.Add("Softmax", Softmax);
        rules.Add("LayerNormalization", run => Normalise(run, mean: true));
        rules.Add("RMSNormalization", run => Normalise(run, mean: false));
        rules.Add("Attention", Attention);
        rules.Add("RotaryEmbedding", Rotary);
    }

    public static void Mean(LoweringRun run, int[] axes, bool keep) => Sum(run, axes, keep, axes.Aggregate(1.0, (count, axis) => count * run.InputDims(0)[axis]));

    private static void Sum(LoweringRun run, int[] axes, bool keep, double divisor)
    {
        Lowered x = run.Real(0);
        long count = axes.Aggregate(1L, (product, axis) => product * run.InputDims(0)[axis]);
        if (x.Elements.Type == ElementType.I16 && count * short.MaxValue > GraphLimits.MaxAccumulator) x = run.Byte(x);
        IntegerValue sum = run.Graph.ReduceSum(run.Centred(x), axes, keep);
        run.Set(run.Rescaled(sum, [x.Real!.Value.Scale / divisor], 0, run.Target));
    }

    // The least is the greatest of the negatives.
    private static void Least(LoweringRun run)
    {
        Lowered x = run.Real(0);
        IntegerValue elements = x.Elements, greatest = run.Graph.ReduceMax(Negative(run, elements), Axes(run, 18), Keep(run));
        run.Set(x.With(run.Graph.AddScaled(greatest, -2, Zero(run), 1, 1, 0, elements.Min, elements.Max, elements.Type)));
    }

    private static IntegerValue Negative(LoweringRun run, IntegerValue x) => run.Graph.AddScaled(x, -2, Zero(run), 1, 1, 0, -x.Max, -x.Min, ElementType.I32);

    private static IntegerValue Zero(LoweringRun run) => run.Graph.Constant([(sbyte)0], 1);

    private static bool Keep(LoweringRun run) => run.Call().Int("keepdims", 1) != 0;

    private static int[] Axes(LoweringRun run, int asInput)
    {
        int rank = run.InputDims(0).Length;
        long[] axes = run.Call().IntsOrInput("axes", 1, asInput) ?? [];
        if (axes.Length == 0 && run.Call().Int("noop_with_empty_axes", 0) != 0) throw new OnnxRefusal("a reduction over no axes is not offered");
        return axes.Length == 0 ? [.. Enumerable.Range(0, rank)] : [.. axes.Select(axis => (int)(axis < 0 ? axis + rank : axis))];
    }

    // The last of equal elements is the first from behind.
    private static void Arg(LoweringRun run, IntegerValue x)
    {
        int[] dims = run.InputDims(0), starts = new int[dims.Length], steps = [.. dims.Select(_ => 1)];
        int axis = (int)run.Call().Int("axis", 0);
        axis = axis < 0 ? axis + dims.Length : axis;
        bool last = run.Call().Int("select_last_index", 0) != 0;
        (starts[axis], steps[axis]) = last ? (dims[axis] - 1, -1) : (0, 1);
        IntegerValue found = run.Graph.ArgMax(last ? run.Graph.Slice(x, starts, dims, steps) : x, axis, Keep(run));
        run.Set(Lowered.OfNumbers(last ? run.Graph.AddScaled(found, -2, Zero(run), 1, 1, dims[axis] - 1, 0, dims[axis] - 1, ElementType.I32) : found, OnnxType.Int64));
    }

    private static void Softmax(LoweringRun run)
    {
        OnnxCall call = run.Call();
        int rank = run.InputDims(0).Length, axis = (int)call.Int("axis", call.OperatorSet < 13 ? 1 : -1);
        axis = axis < 0 ? axis + rank : axis;
        Lowered x = run.Real(0);
        IntegerValue rows = x.Elements;
        if (call.OperatorSet < 13) rows = run.Shaped(rows, [OnnxShapes.Product(run.InputDims(0).AsSpan(0, axis)), OnnxShapes.Product(run.InputDims(0).AsSpan(axis))]);
        int[] order = [.. Enumerable.Range(0, rank)];
        bool turned = call.OperatorSet >= 13 && axis != rank - 1;
        if (turned) (order[axis], order[^1]) = (order[^1], order[axis]);
        if (turned) rows = run.Graph.Transpose(rows, order);
        Quantisation target = run.Plan.Given(run.Output) is null && run.Target.Low == 0 ? run.Target : Probabilities(run.Target);
        int one = (int)Math.Round(1 / target.Scale);
        // From 2^20 on one step is the end of the exponential: a greater ratio would not change a bit.
        var scores = Ratio.Of(Math.Min(x.Real!.Value.Scale * SoftmaxSteps, 1 << 20));
        IntegerValue made = run.Graph.Softmax(rows, scores.Multiplier, scores.Shift, one, target.Zero, target.Low, target.High, target.Type);
        if (target == run.Target)
        {
            run.Set(Lowered.Of(turned ? run.Graph.Transpose(made, order) : made, target));
            return;
        }
        run.Set(run.Converted(Lowered.Of(turned ? run.Graph.Transpose(made, order) : made, target), Math.Abs((run.Target.Scale * one) - 1) < 0.01 ? target : run.Target));
    }

    // One must be a whole number of steps: of steps that are not nearly so, the greatest of the type is taken instead.
    private static Quantisation Probabilities(Quantisation wanted)
    {
        double one = Math.Round(1 / wanted.Scale);
        if (one is >= 1 and <= ushort.MaxValue && Math.Abs((one * wanted.Scale) - 1) < 1e-3) return wanted with { Scale = (float)(1 / one) };
        return Quantisation.Symmetric(1, wide: wanted.Type == ElementType.I16);
    }

    private static void Normalise(LoweringRun run, bool mean)
    {
        OnnxCall call = run.Call();
        int[] dims = run.InputDims(0);
        int axis = (int)call.Int("axis", -1);
        axis = axis < 0 ? axis + dims.Length : axis;
        int length = OnnxShapes.Product(dims.AsSpan(axis));
        Lowered x = run.Real(0);
        Quantisation steps = x.Real!.Value, target = run.Target;
        double[] gamma = Row(run.Input(1)), beta = run.Has(2) ? Row(run.Input(2)) : [];
        double greatest = Math.Max(gamma.Max(v => Math.Abs(v / target.Scale)), beta.Length == 0 ? 0 : beta.Max(v => Math.Abs(v / target.Scale)));
        // As many bits below the point as keep gamma and beta within 20.
        int fraction = Math.Clamp(19 - Math.ILogB(Math.Max(greatest, 1)), 0, 20);
        double epsilon = call.Float("epsilon", 1e-5f) * (double)length * length / (steps.Scale * steps.Scale);
        IntegerValue rows = run.Shaped(mean ? x.Elements : run.Centred(x), [.. dims[..axis], length]);
        IntegerValue gammas = Fixed(gamma);
        IntegerValue? betas = beta.Length == 0 ? null : Fixed(beta);
        long least = (long)Math.Clamp(Math.Round(epsilon), 1, 1L << 61);
        IntegerValue made = mean ? run.Graph.LayerNorm(rows, gammas, betas, least, fraction, -1, target.Zero, target.Low, target.High, target.Type)
            : run.Graph.RmsNorm(rows, gammas, betas, least, fraction, -1, target.Zero, target.Low, target.High, target.Type);
        run.Set(Lowered.Of(made, target));

        double[] Row(Lowered constant)
        {
            double[] values = LoweringRun.Floats(constant).Doubles();
            return values.Length == length ? values : values.Length == 1 ? [.. Enumerable.Repeat(values[0], length)] : throw new OnnxRefusal($"expected {length} factors, got {values.Length}");
        }

        IntegerValue Fixed(double[] values) => run.Graph.Constant([.. values.Select(v => (int)Math.Round(Math.ScaleB(v / target.Scale, fraction)))], length);
    }

    // Heads × tokens of the source; tokens × heads of the graph.
    private static void Attention(LoweringRun run)
    {
        OnnxCall call = run.Call();
        bool cached = run.Has(4) && run.Has(5) && run.State.Contains(run.Node.Inputs[4]), causal = call.Int("is_causal", 0) != 0;
        if (run.Has(3) || run.Has(6) || call.Float("softcap", 0) != 0) throw new OnnxRefusal("masks and caps are not offered");
        if (cached ? !causal : run.Has(4) || run.Has(5)) throw new OnnxRefusal("past keys and values are offered as inputs of the model, causal, with a capacity of the context");
        IntegerValue q = Tokens(run, 0, call.Int("q_num_heads", 0)), k = Tokens(run, 1, call.Int("kv_num_heads", 0)), v = Tokens(run, 2, call.Int("kv_num_heads", 0));
        double qs = run.Byte(0).Real!.Value.Scale, ks = run.Byte(1).Real!.Value.Scale, vs = run.Byte(2).Real!.Value.Scale;
        double factor = call.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(q.Shape[2]);
        Ratio scores = Ratio.Of(Math.Min(qs * ks * factor * SoftmaxSteps, 1 << 20));
        Quantisation target = run.Target;
        int one = short.MaxValue;
        Ratio output = Ratio.Of(vs / one / target.Scale);
        IntegerValue made = run.Graph.Attention(q, k, v, causal, cached, scores.Multiplier, scores.Shift, output.Multiplier, output.Shift, one, target.Zero, target.Low, target.High, target.Type);
        if (run.OutputDims.Length == 4) made = run.Graph.Transpose(made, 1, 0, 2);
        run.Set(Lowered.Of(made, target));
    }

    private static IntegerValue Tokens(LoweringRun run, int index, long heads)
    {
        int[] dims = run.InputDims(index);
        Lowered x = run.Real(index);
        x = run.Byte(x);
        if (dims[0] != 1 || x.Real!.Value.Zero != 0) throw new OnnxRefusal("expected a batch of 1 in symmetric steps");
        if (dims.Length == 3) return run.Shaped(x.Elements, [dims[1], (int)heads, dims[2] / (int)Math.Max(heads, 1)]);
        return run.Graph.Transpose(run.Shaped(x.Elements, dims.AsSpan(1)), 1, 0, 2);
    }

    private static void Rotary(LoweringRun run)
    {
        OnnxCall call = run.Call();
        int[] dims = run.InputDims(0);
        Lowered x = run.Real(0);
        if (x.Real!.Value.Zero != 0) throw new OnnxRefusal("expected symmetric steps");
        bool flat = dims.Length == 3;
        int heads = flat ? (int)Math.Max(1, call.Int("num_heads", 1)) : dims[1];
        // Without positions the tables have a row for each token of the one request.
        OnnxTensor cosine = run.Input(1).Tensor, sine = run.Input(2).Tensor;
        int angles = cosine.Dims[^1], tokens = flat ? dims[1] : dims[2];
        IntegerValue positions = run.Optional(3)?.Value is { } given ? run.Shaped(given, [tokens])
            : run.Graph.Constant([.. run.Has(3) ? run.Input(3).Tensor.Longs().Select(p => (int)p) : Enumerable.Range(0, tokens)], tokens);
        IntegerValue rows = run.Shaped(x.Elements, flat ? [tokens, heads, dims[2] / heads] : [heads, tokens, dims[3]]);
        IntegerValue made = run.Graph.Rotary(rows, Table(cosine), Table(sine), positions, flat ? 0 : 1, call.Int("interleaved", 0) != 0);
        run.Set(x.With(made));

        IntegerValue Table(OnnxTensor table) => run.Graph.Constant([.. table.Doubles().Select(v => (short)Math.Clamp(Math.Round(v * (1 << 14)), short.MinValue, short.MaxValue))], table.Count / angles, angles);
    }
}
