using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Operators element by element: clamps, tables, sums and products of two values.</summary>
internal static class ElementLowering
{
    private static readonly string[] s_tables =
    [
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Round",
        "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh", "ThresholdedRelu",
    ];

    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        foreach (string name in s_tables) rules.Add(name, run => Table(run, run.Call()));
        rules.Add("Relu", run => Clamp(run, 0, double.PositiveInfinity));
        rules.Add("Clip", Clip);
        rules.Add("Add", run => Add(run, 1));
        rules.Add("Sum", run => Sum(run, 1));
        rules.Add("Mean", run => Sum(run, run.InputCount));
        rules.Add("Sub", run => Add(run, -1));
        rules.Add("Mul", Multiply);
        rules.Add("Div", Divide);
        rules.Add("Pow", Power);
        rules.Add("Identity", run => run.Set(run.Input(0)));
        rules.Add("Dropout", run => run.Set(run.Input(0)));
    }

    // The evaluator's own function, on every element that there can be.
    private static void Table(LoweringRun run, OnnxCall call)
    {
        run.Set(run.Table(run.Byte(0), Of, run.Target));

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

    private static void Add(LoweringRun run, int sign)
    {
        if (!run.Trace.Type(run.Output).IsFloat()) LogicLowering.Add(run, sign);
        else run.Set(Added(run, Term(run, 0), Term(run, 1), sign, run.Target));
    }

    // A constant term beyond twice the range of the sum could only saturate it.
    private static Lowered Term(LoweringRun run, int index)
    {
        Lowered term = run.Input(index);
        if (term.Value is not null || run.Target.Type != ElementType.I16) return run.Real(index);
        return run.Quantised(LoweringRun.Floats(term), wide: true, most: 2 * run.Target.Scale * run.Target.High);
    }

    private static Lowered Added(LoweringRun run, Lowered a, Lowered b, int sign, Quantisation target)
    {
        Quantisation first = a.Real!.Value, second = b.Real!.Value;
        (int p, int q, int shift) = Ratio.OfPair(first.Scale / target.Scale, sign * second.Scale / target.Scale);
        return Lowered.Of(run.Graph.AddScaled(run.Centred(a), p, run.Centred(b), q, shift, target.Zero, target.Low, target.High, target.Type), target);
    }

    // All but the last addition keep 16 bits below the steps of the result, so that there is one rounding that counts.
    private static void Sum(LoweringRun run, int divisor)
    {
        Quantisation target = run.Target with { Scale = run.Target.Scale * divisor }, fine = new(target.Scale / 65536, 0, -GraphLimits.MaxAccumulator, GraphLimits.MaxAccumulator, ElementType.I32);
        Lowered sum = run.Real(0);
        if (run.InputCount == 1) sum = run.Converted(sum, target);
        for (int i = 1; i < run.InputCount; i++) sum = Added(run, sum, run.Real(i), 1, i == run.InputCount - 1 ? target : fine);
        run.Set(Lowered.Of(sum.Elements, run.Target));
    }

    private static void Multiply(LoweringRun run)
    {
        if (!run.Trace.Type(run.Output).IsFloat()) LogicLowering.Multiply(run);
        else if (LoweringFunctions.Scales(run.Node, run.Trace, out int input, out double factor)) Scale(run, run.Real(input), factor);
        else run.Set(Product(run, Factor(run, 0), Factor(run, 1)));
    }

    // The same elements stand for other numbers, unless the model says in which steps they are to stand.
    private static void Scale(LoweringRun run, Lowered x, double factor)
    {
        Quantisation steps = x.Real!.Value;
        Lowered scaled = Lowered.Of(x.Elements, steps with { Scale = (float)(steps.Scale * factor) });
        run.Set(run.Plan.Given(run.Output) is { } target ? run.Converted(Lowered.Of(x.Elements, steps with { Scale = steps.Scale * factor }), target) : scaled);
    }

    // A constant keeps 16 bits: a product of 8 and 16 is exact.
    private static Lowered Factor(LoweringRun run, int index)
    {
        Lowered factor = run.Input(index);
        return factor.Value is null ? run.Quantised(LoweringRun.Floats(factor), wide: true) : run.Real(index);
    }

    private static Lowered Product(LoweringRun run, Lowered a, Lowered b)
    {
        if (a.Elements.Type != ElementType.I8 && b.Elements.Type != ElementType.I8)
        {
            if (a.Elements.Constant is null) a = run.Byte(a);
            else b = run.Byte(b);
        }
        IntegerValue product = run.Graph.Multiply(run.Centred(a), run.Centred(b));
        return run.Rescaled(product, [a.Real!.Value.Scale * b.Real!.Value.Scale], 0, run.Target);
    }

    private static void Divide(LoweringRun run)
    {
        if (LoweringFunctions.Scales(run.Node, run.Trace, out _, out double factor))
        {
            Scale(run, run.Real(0), factor);
            return;
        }
        Lowered divisor = run.Input(1);
        if (divisor.Real is not null)
        {
            // A divisor near zero would need more than 16 bits of its inverse: calibration says how near it comes.
            string name = run.Node.Inputs[1];
            double least = run.Trace.Least(name) ?? throw new OnnxRefusal("a divisor that is not constant is offered with calibration inputs only");
            if (least <= run.Trace.Unmasked(name) / 1024) throw new OnnxRefusal($"a divisor that comes as near to zero as {least} is not offered");
            var inverse = Quantisation.Symmetric(1 / least, wide: true);
            run.Set(Product(run, Factor(run, 0), run.Table(divisor, v => Math.Clamp(1 / v, -1 / least, 1 / least), inverse)));
            return;
        }
        double[] values = LoweringRun.Floats(divisor).Doubles();
        if (Array.Exists(values, value => value == 0)) throw new OnnxRefusal("a divisor is zero");
        run.Set(Product(run, Factor(run, 0), run.Quantised(OnnxTensor.FromDoubles(OnnxType.Float, run.InputDims(1), Array.ConvertAll(values, value => 1 / value)), wide: true)));
    }

    private static void Power(LoweringRun run)
    {
        double[] exponent = LoweringRun.Floats(run.Input(1)).Doubles();
        if (exponent.Length != 1) throw new OnnxRefusal("expected one exponent");
        run.Set(run.Table(run.Byte(0), v => Math.Pow(v, exponent[0]), run.Target));
    }
}
