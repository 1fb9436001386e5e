using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Products of matrices, with constant weights or between two values: exact sums in 32 bits, then one rounding.</summary>
internal static class ProductLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        rules.Add("MatMul", MatMul);
        rules.Add("Gemm", Gemm);
        rules.Add("MatMulInteger", run => run.Set(Lowered.OfNumbers(Numbers(run, run.Input(0), run.Optional(2), run.Input(1), run.Optional(3), [1], out _), OnnxType.Int32)));
        rules.Add("QLinearMatMul", run =>
        {
            IntegerValue sum = Numbers(run, run.Input(0), run.Input(2), run.Input(3), run.Input(5), run.Input(4).Tensor.Doubles(), out double[] scales);
            Quantised(run, sum, scales, Math.Max(sum.Shape.Length - 1, 0));
        });
    }

    /// <summary>Sets the node's result from sums with the scales of both factors, as QLinearMatMul and QLinearConv have them.</summary>
    public static void Quantised(LoweringRun run, IntegerValue sum, double[] weightScales, int axis)
    {
        OnnxTensor first = run.Input(1).Tensor, scale = run.Input(6).Tensor, zero = run.Input(7).Tensor;
        if (first.Count != 1 || scale.Count != 1 || zero.Count != 1) throw new OnnxRefusal("steps for each row are not offered");
        double[] scales = Array.ConvertAll(weightScales, s => s * first.Scalar());
        Lowered made = run.Rescaled(sum, scales, axis, Lowered.StepOf(zero.Type, scale.Scalar(), zero.Longs()[0]));
        run.Set(Lowered.OfNumbers(made.Elements, zero.Type));
    }

    /// <summary>
    /// Exact sums of (x - zero) · w + bias. The zero point joins the bias: zero · Σw for each channel; weights beyond
    /// [-127, 127] come in several parts whose sums are added.
    /// </summary>
    public static IntegerValue Sum(
        LoweringRun run, IntegerValue x, int zero, ProductWeights weights, int axis, ReadOnlySpan<int> shape, IReadOnlyList<long>? bias, Func<IntegerValue, IntegerValue?, IntegerValue> product)
    {
        long[] offsets = weights.ChannelSums(axis, -zero);
        for (int i = 0; bias is not null && i < offsets.Length; i++) offsets[i] = checked(offsets[i] + bias[i]);
        long inner = weights.Numbers.Length / Math.Max(offsets.Length, 1), greatest = weights.Greatest, offset = offsets.Max(Math.Abs);
        long most = checked((inner * Math.Max(Math.Abs((long)x.Min), Math.Abs((long)x.Max)) * greatest) + offset);
        if (most > GraphLimits.MaxAccumulator) throw new OnnxRefusal($"sums reach {most}, expected at most {GraphLimits.MaxAccumulator}");
        IntegerValue? total = null;
        foreach (sbyte[] part in weights.Parts())
        {
            IntegerValue? added = total is null && offset > 0 ? run.Graph.Constant(Array.ConvertAll(offsets, o => (int)o), offsets.Length) : null;
            IntegerValue made = product(run.Graph.Constant(part, shape), added);
            total = total is null ? made : Add(run, total, 1, made, 1, 0);
        }
        return total!;
    }

    /// <summary>a · p + b · q + offset, exactly.</summary>
    private static IntegerValue Add(LoweringRun run, IntegerValue a, int p, IntegerValue b, int q, int offset) =>
        run.Graph.AddScaled(a, 2 * p, b, 2 * q, 1, offset, -GraphLimits.MaxAccumulator, GraphLimits.MaxAccumulator, ElementType.I32);

    private static void MatMul(LoweringRun run)
    {
        Lowered x = run.Real(0), w = run.Input(1);
        if (w.Real is null && Flat(w).Rank == 1) w = Lowered.Of(LoweringRun.Floats(w).Reshaped(Flat(w).Count, 1));
        else if (w.Real is null && Flat(w).Rank > 2 && Flat(w).Dims[..^2].Any(dim => dim > 1)) w = run.Real(1);
        if (w.Real is { } other)
        {
            w = run.Byte(w);
            other = w.Real!.Value;
            if (x.Elements.Type != ElementType.I8 && !Fits(x.Elements, w.Elements)) x = run.Byte(x);
            Quantisation steps = x.Real!.Value;
            IntegerValue sum = Between(run, x.Elements, steps.Zero, w.Elements, other.Zero);
            run.Set(run.Rescaled(sum, [steps.Scale * other.Scale], 0, run.Target));
            return;
        }
        x = run.Byte(x);
        OnnxNode? add = run.Plan.Joined(run.Node);
        string result = add?.Outputs[0] ?? run.Output;
        Lowered? bias = add is null ? null : run.Biased(add, run.Output);
        Dense(run, x, ProductWeights.Of(w, Flat(w).Rank - 1), bias, 1, result);
    }

    private static void Gemm(LoweringRun run)
    {
        OnnxCall call = run.Call();
        if (call.Int("transA", 0) != 0) throw new OnnxRefusal("a transposed first factor is not offered");
        Lowered x = run.Byte(0), w = run.Input(1);
        if (w.Real is not null) throw new OnnxRefusal("a second factor that is not constant is not offered");
        bool turned = call.Int("transB", 0) != 0;
        var weights = ProductWeights.Of(w, turned ? 0 : 1);
        if (turned)
        {
            int[] dims = [weights.Dims[1], weights.Dims[0]];
            var numbers = new int[weights.Numbers.Length];
            for (int row = 0; row < dims[0]; row++)
                for (int column = 0; column < dims[1]; column++) numbers[(row * dims[1]) + column] = weights.Numbers[(column * dims[0]) + row];
            weights = new(numbers, dims, weights.Scales);
        }
        double alpha = call.Float("alpha", 1);
        if (alpha <= 0) throw new OnnxRefusal($"alpha {alpha} is not offered");
        Dense(run, x, weights with { Scales = Array.ConvertAll(weights.Scales, s => s * alpha) }, run.Optional(2), call.Float("beta", 1), run.Output);
    }

    private static void Dense(LoweringRun run, Lowered x, ProductWeights weights, Lowered? bias, double beta, string result)
    {
        if (weights.Dims.Length > 2 && weights.Dims[..^2].All(dim => dim == 1)) weights = weights with { Dims = weights.Dims[^2..] };
        if (weights.Dims.Length != 2) throw new OnnxRefusal($"constant weights of {weights.Dims.Length} dimensions are not offered");
        Quantisation steps = x.Real!.Value;
        double[] scales = Array.ConvertAll(weights.Scales, s => s * steps.Scale);
        IntegerValue sum = Sum(run, x.Elements, steps.Zero, weights, 1, weights.Dims, Bias(bias, scales, weights.Dims[1], beta), (w, b) => run.Graph.MatMul(x.Elements, w, b));
        Lowered made = run.Rescaled(sum, scales, sum.Shape.Length - 1, run.Plan.Of(result));
        run.Set(made);
        if (result != run.Output) run.Set(result, made);
    }

    /// <summary>A bias in the steps of the sums it joins.</summary>
    public static long[]? Bias(Lowered? bias, double[] scales, int channels, double beta = 1)
    {
        if (bias is null) return null;
        double[] values = LoweringRun.Floats(bias).Doubles();
        if (values.Length != channels && values.Length != 1) throw new OnnxRefusal($"expected a bias of {channels}, got {values.Length}");
        return [.. Enumerable.Range(0, channels).Select(c => Steps(c))];

        long Steps(int c)
        {
            double steps = Math.Round(values[values.Length == 1 ? 0 : c] * beta / scales[scales.Length == 1 ? 0 : c], MidpointRounding.ToEven);
            return Math.Abs(steps) <= GraphLimits.MaxAccumulator ? (long)steps : throw new OnnxRefusal($"the bias of channel {c} is {steps} steps, expected at most {GraphLimits.MaxAccumulator}");
        }
    }

    private static OnnxTensor Flat(Lowered constant) => constant.Steps?.Numbers ?? constant.Tensor;

    // Integers of the source on both sides, each with its zero point.
    private static IntegerValue Numbers(LoweringRun run, Lowered a, Lowered? zeroA, Lowered b, Lowered? zeroB, double[] weightScales, out double[] scales)
    {
        scales = weightScales;
        if (zeroA is not null && zeroA.Tensor.Count != 1) throw new OnnxRefusal("a zero point for each row is not offered");
        (IntegerValue x, int origin) = Elements(run, a);
        int zero = (int)(zeroA?.Tensor.Longs()[0] ?? 0) - origin;
        long[] zeros = zeroB?.Tensor.Longs() ?? [0];
        if (b.Constant is { Rank: 2 } constant)
        {
            var weights = ProductWeights.Of(constant, zeros, weightScales, 1);
            return Sum(run, x, zero, weights, 1, weights.Dims, null, (w, bias) => run.Graph.MatMul(x, w, bias));
        }
        if (zeros.Length != 1 || weightScales.Length != 1) throw new OnnxRefusal("steps for each column are offered for constant weights of two dimensions only");
        (IntegerValue y, int originB) = Elements(run, b);
        return Between(run, x, zero, y, (int)zeros[0] - originB);
    }

    private static (IntegerValue Value, int Origin) Elements(LoweringRun run, Lowered numbers)
    {
        if (numbers.Value is { } value) return (value, numbers.Origin);
        int origin = Lowered.OriginOf(numbers.Type);
        if (Lowered.ElementOf(numbers.Type) != ElementType.I8) throw new OnnxRefusal($"a factor of {numbers.Type} is not offered");
        return (run.Graph.Constant([.. numbers.Tensor.Longs().Select(n => (sbyte)(n - origin))], numbers.Tensor.Dims), origin);
    }

    private static bool Fits(IntegerValue a, IntegerValue b) =>
        a.Type == ElementType.I16 && (long)a.Shape[^1] * Math.Max(Math.Abs((long)a.Min), a.Max) * Math.Max(Math.Abs((long)b.Min), b.Max) <= GraphLimits.MaxAccumulator;

    // The engine multiplies matrices of the same leading axes, or of none behind.
    private static (IntegerValue A, IntegerValue B) Aligned(LoweringRun run, IntegerValue a, IntegerValue b)
    {
        int[] leading = OnnxShapes.Broadcast(a.Shape[..^2].ToArray(), b.Shape[..^2].ToArray());
        return (Spread(a), b.Shape.Length == 2 || b.Shape[..^2].SequenceEqual(leading) ? b : Spread(b));

        IntegerValue Spread(IntegerValue value)
        {
            if (value.Shape[..^2].SequenceEqual(leading)) return value;
            int[] shape = [.. Enumerable.Repeat(1, leading.Length + 2 - value.Shape.Length), .. value.Shape];
            return run.Graph.Expand(run.Shaped(value, shape), [.. leading, .. value.Shape[^2..]]);
        }
    }

    // Σ(a - p)(b - q) = Σab - p·Σb - q·Σa + K·p·q
    private static IntegerValue Between(LoweringRun run, IntegerValue a, int p, IntegerValue b, int q)
    {
        if (a.Type == ElementType.I32 || b.Type != ElementType.I8) throw new OnnxRefusal($"factors of {a.Type} and {b.Type} are not offered");
        if (a.Shape.Length < 2 || b.Shape.Length < 2) throw new OnnxRefusal("factors of one dimension are offered with constant weights only");
        long inner = a.Shape[^1], least = (Math.Max(Math.Abs((long)a.Min), a.Max) + Math.Abs(p)) * (Math.Max(Math.Abs((long)b.Min), b.Max) + Math.Abs(q)) * inner;
        if (least > GraphLimits.MaxAccumulator) throw new OnnxRefusal($"sums reach {least}, expected at most {GraphLimits.MaxAccumulator}");
        (a, b) = Aligned(run, a, b);
        IntegerValue sum = run.Graph.BatchMatMul(a, b);
        if (p != 0) sum = Add(run, sum, 1, run.Graph.ReduceSum(b, [b.Shape.Length - 2], keep: true), -p, q == 0 ? 0 : (int)(inner * p * q));
        return q == 0 ? sum : Add(run, sum, 1, run.Graph.ReduceSum(a, [a.Shape.Length - 1], keep: true), -q, 0);
    }
}
