using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>QuantizeLinear and DequantizeLinear inside a graph: elements read in another way, or in other steps.</summary>
internal static class BorderLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        rules.Add("QuantizeLinear", Quantise);
        rules.Add("DequantizeLinear", Dequantise);
        rules.Add("Cast", Cast);
    }

    private static void Quantise(LoweringRun run)
    {
        OnnxType type = run.Trace.Type(run.Output);
        (double[] scales, long[] zeros) = Steps(run);
        if (scales.Length != 1) throw new OnnxRefusal("steps for each place of an axis are offered for constants only");
        Lowered converted = run.Converted(run.Real(0), Lowered.StepOf(type, scales[0], zeros[0]));
        run.Set(Lowered.OfNumbers(converted.Elements, type));
    }

    private static void Dequantise(LoweringRun run)
    {
        (double[] scales, long[] zeros) = Steps(run);
        Lowered numbers = run.Input(0);
        int rank = run.InputDims(0).Length;
        long axis = run.Call().Int("axis", 1);
        if (run.Call().Int("block_size", 0) != 0) throw new OnnxRefusal("steps in blocks are not offered");
        if (numbers.Constant is { } constant)
        {
            run.Set(new Lowered { Steps = (constant, scales, zeros, (int)(axis < 0 ? axis + rank : axis)), Type = OnnxType.Float });
            return;
        }
        if (scales.Length != 1) throw new OnnxRefusal("steps for each place of an axis are offered for constants only");
        Quantisation steps = Lowered.StepOf(numbers.Type, scales[0], zeros[0]);
        run.Set(Lowered.Of(numbers.Elements, steps));
    }

    private static (double[] Scales, long[] Zeros) Steps(LoweringRun run)
    {
        double[] scales = run.Input(1).Tensor.Doubles();
        long[] zeros = run.Has(2) ? run.Input(2).Tensor.Longs() : new long[scales.Length];
        return zeros.Length == scales.Length ? (scales, zeros) : throw new OnnxRefusal("scales and zero points differ in number");
    }

    private static void Cast(LoweringRun run)
    {
        Lowered input = run.Input(0);
        OnnxType to = run.Trace.Type(run.Output);
        if (input.Real is not null && to.IsFloat()) run.Set(input);
        else if (input.Real is null && input.Value is { } value)
        {
            ElementType least = value.Min >= sbyte.MinValue && value.Max <= sbyte.MaxValue ? ElementType.I8 : value.Min >= short.MinValue && value.Max <= short.MaxValue ? ElementType.I16 : ElementType.I32;
            IntegerValue fitting = value.Type == least ? value : run.Graph.Clip(value, value.Min, value.Max, least);
            if (to.IsFloat()) run.Set(Lowered.Of(fitting, new Quantisation(1, -input.Origin, value.Min, value.Max, least)));
            else if (to is OnnxType.Int32 or OnnxType.Int64 && input.Origin == 0) run.Set(Lowered.OfNumbers(value.Type == ElementType.I32 ? value : run.Graph.Clip(value, value.Min, value.Max, ElementType.I32), to));
            else if (to == input.Type) run.Set(input);
            else throw Refusal();
        }
        else throw Refusal();

        OnnxRefusal Refusal() => new($"a cast from {run.Trace.Type(run.Node.Inputs[0])} to {to} is not lowered");
    }
}
