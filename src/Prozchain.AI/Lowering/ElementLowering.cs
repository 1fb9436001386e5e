using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Operators element by element: clamps, tables of 256 entries, sums and products of two values.</summary>
internal static class ElementLowering
{
    private static readonly string[] s_tables =
    [
        "Abs", "Celu", "Ceil", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Round",
        "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu",
    ];

    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        foreach (string name in s_tables) rules.Add(name, run => Table(run, run.Call()));
        rules.Add("Relu", run => Clamp(run, 0, double.PositiveInfinity));
        rules.Add("Clip", Clip);
        rules.Add("Add", run => Add(run, 1));
        rules.Add("Sum", Sum);
        rules.Add("Sub", run => Add(run, -1));
        rules.Add("Mul", run => Multiply(run, run.Real(0), run.Real(1)));
        rules.Add("Div", Divide);
        rules.Add("Pow", Power);
        rules.Add("Identity", run => run.Set(run.Input(0)));
        rules.Add("Dropout", run => run.Set(run.Input(0)));
    }

    // The evaluator's own function, on every element that there can be.
    private static void Table(LoweringRun run, OnnxCall call)
    {
        run.Set(run.Table(run.Real(0), Of, run.Target));

        double Of(double value)
        {
            var one = new OnnxCall(call.Node, [OnnxTensor.Of([(float)value])], call.OperatorSet);
            return OnnxOperators.All.TryRun(one, out string? reason) is { } made ? made[0]!.Scalar() : throw new OnnxRefusal(reason!);
        }
    }

    private static void Clip(LoweringRun run)
    {
        OnnxCall call = run.Call();
        bool old = call.OperatorSet < 11;
        double low = old ? call.Float("min", float.NegativeInfinity) : call.Optional(1)?.Scalar() ?? double.NegativeInfinity;
        double high = old ? call.Float("max", float.PositiveInfinity) : call.Optional(2)?.Scalar() ?? double.PositiveInfinity;
        if (!old && ((run.Has(1) && call.Optional(1) is null) || (run.Has(2) && call.Optional(2) is null))) throw new OnnxRefusal("bounds that are not constant are not offered");
        Clamp(run, low, high);
    }

    private static void Clamp(LoweringRun run, double low, double high)
    {
        Lowered x = run.Real(0);
        Quantisation steps = x.Real!.Value;
        IntegerValue elements = x.Elements;
        int least = Math.Max(elements.Min, Bound(low)), most = Math.Max(least, Math.Min(elements.Max, Bound(high)));
        run.Set(Lowered.Of(run.Graph.Clip(elements, least, most, elements.Type), steps with { Low = least, High = most }));

        int Bound(double real) => double.IsInfinity(real) ? real < 0 ? int.MinValue : int.MaxValue : (int)Math.Clamp(Math.Round(real / steps.Scale, MidpointRounding.ToEven) + steps.Zero, elements.Min, elements.Max);
    }

    private static void Add(LoweringRun run, int sign) => run.Set(Added(run, run.Real(0), run.Real(1), sign, run.Target));

    private static Lowered Added(LoweringRun run, Lowered a, Lowered b, int sign, Quantisation target)
    {
        Quantisation first = a.Real!.Value, second = b.Real!.Value;
        (int p, int q, int shift) = Ratio.OfPair(first.Scale / target.Scale, sign * second.Scale / target.Scale);
        return Lowered.Of(run.Graph.AddScaled(run.Centred(a), p, run.Centred(b), q, shift, target.Zero, target.Low, target.High, target.Type), target);
    }

    // All but the last addition keep 16 bits below the steps of the result, so that there is one rounding that counts.
    private static void Sum(LoweringRun run)
    {
        Quantisation target = run.Target, fine = new(target.Scale / 65536, 0, -GraphLimits.MaxAccumulator, GraphLimits.MaxAccumulator, ElementType.I32);
        Lowered sum = run.Real(0);
        for (int i = 1; i < run.InputCount; i++) sum = Added(run, sum, run.Real(i), 1, i == run.InputCount - 1 ? target : fine);
        run.Set(sum);
    }

    private static void Multiply(LoweringRun run, Lowered a, Lowered b)
    {
        IntegerValue product = run.Graph.Multiply(run.Centred(a), run.Centred(b));
        run.Set(run.Rescaled(product, [a.Real!.Value.Scale * b.Real!.Value.Scale], 0, run.Target));
    }

    private static void Divide(LoweringRun run)
    {
        Lowered divisor = run.Input(1);
        if (divisor.Real is not null) throw new OnnxRefusal("a divisor that is not constant is not offered");
        double[] values = LoweringRun.Floats(divisor).Doubles();
        if (Array.Exists(values, value => value == 0)) throw new OnnxRefusal("a divisor is zero");
        if (values.Length != 1 || values[0] < 0)
        {
            OnnxTensor inverse = OnnxTensor.FromDoubles(OnnxType.Float, run.InputDims(1), Array.ConvertAll(values, value => 1 / value));
            Multiply(run, run.Real(0), run.Quantised(inverse));
            return;
        }
        Lowered x = run.Real(0);
        Quantisation steps = x.Real!.Value;
        run.Set(run.Converted(Lowered.Of(x.Elements, steps with { Scale = steps.Scale / values[0] }), run.Target));
    }

    private static void Power(LoweringRun run)
    {
        double[] exponent = LoweringRun.Floats(run.Input(1)).Doubles();
        if (exponent.Length != 1) throw new OnnxRefusal("expected one exponent");
        run.Set(run.Table(run.Real(0), v => Math.Pow(v, exponent[0]), run.Target));
    }
}
