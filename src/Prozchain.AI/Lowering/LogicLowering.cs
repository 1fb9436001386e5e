using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Truth values as 0 and 1 in 8 bits, what chooses by them, and exact arithmetic of integers.</summary>
internal static class LogicLowering
{
    public static void Register(Dictionary<string, Action<LoweringRun>> rules)
    {
        rules.Add("Where", Choose);
        rules.Add("Max", run => Extreme(run, 1));
        rules.Add("Min", run => Extreme(run, -1));
        Compare(rules, ("Equal", v => v == 0), ("Less", v => v < 0), ("Greater", v => v > 0), ("LessOrEqual", v => v <= 0), ("GreaterOrEqual", v => v >= 0));
        Join(rules, ("And", (a, b) => a && b), ("Or", (a, b) => a || b), ("Xor", (a, b) => a != b));
        foreach (string name in (string[])["Not", "IsNaN", "IsInf", "Mod"]) rules.Add(name, _ => throw new OnnxRefusal("expected one value and constants of one element"));
    }

    /// <summary>a + b or a - b of integers, exactly.</summary>
    public static void Add(LoweringRun run, int sign)
    {
        (IntegerValue a, int p) = Number(run, 0);
        (IntegerValue b, int q) = Number(run, 1);
        long offset = p + ((long)sign * q), min = a.Min + offset + (sign > 0 ? b.Min : -(long)b.Max), max = a.Max + offset + (sign > 0 ? b.Max : -(long)b.Min);
        OnnxType type = run.Trace.Type(run.Output);
        int origin = Lowered.OriginOf(type);
        run.Set(Lowered.OfNumbers(run.Graph.AddScaled(a, 2, b, 2 * sign, 1, checked((int)offset) - origin, Bound(min - origin), Bound(max - origin), ElementType.I32), type));
    }

    /// <summary>a · b of integers, exactly.</summary>
    public static void Multiply(LoweringRun run)
    {
        (IntegerValue a, int p) = Number(run, 0);
        (IntegerValue b, int q) = Number(run, 1);
        if (p != 0 || q != 0) throw new OnnxRefusal("products of unsigned integers are not offered");
        run.Set(Lowered.OfNumbers(run.Graph.Multiply(a, b), run.Trace.Type(run.Output)));
    }

    // b + c · (a - b) is a where c is 1 and b where it is 0, exactly.
    private static void Choose(LoweringRun run)
    {
        IntegerValue choice = Truth(run, 0);
        if (!run.Trace.Type(run.Output).IsFloat())
        {
            OnnxType type = run.Trace.Type(run.Output);
            (IntegerValue x, int p) = Number(run, 1);
            (IntegerValue y, int q) = Number(run, 2);
            if (p != q) throw new OnnxRefusal("expected integers of one type");
            run.Set(Lowered.OfNumbers(Chosen(run, choice, x, y, Lowered.ElementOf(type), Math.Min(x.Min, y.Min), Math.Max(x.Max, y.Max)), type));
            return;
        }
        Quantisation target = run.Target;
        for (int hidden = 1; hidden <= 2; hidden++)
        {
            // One branch hides: a term of the other, 0 or below all that there is.
            if (run.Input(hidden).Constant is not { Count: 1 } filling || filling.Scalar() > LoweringTrace.Mask || run.Input(3 - hidden).Real is not { } steps || target.Type != ElementType.I16) continue;
            var depth = Quantisation.Symmetric(2 * target.Scale * target.High, wide: true);
            int[] entries = [.. LoweringSteps.Places(choice).Select(e => e == (hidden == 1 ? 1 : 0) ? depth.Low : 0)];
            (int m, int n, int shift) = Ratio.OfPair(steps.Scale / target.Scale, depth.Scale / target.Scale);
            run.Set(Lowered.Of(run.Graph.AddScaled(run.Centred(run.Input(3 - hidden)), m, run.Looked(choice, entries, ElementType.I16), n, shift, target.Zero, target.Low, target.High, target.Type), target));
            return;
        }
        run.Set(Lowered.Of(Chosen(run, choice, Branch(run, 1, target), Branch(run, 2, target), target.Type, target.Low, target.High), target));
    }

    private static IntegerValue Chosen(LoweringRun run, IntegerValue choice, IntegerValue a, IntegerValue b, ElementType type, int low, int high)
    {
        long min = (long)a.Min - b.Max, max = (long)a.Max - b.Min;
        ElementType wide = min >= short.MinValue && max <= short.MaxValue ? ElementType.I16 : ElementType.I32;
        IntegerValue difference = run.Graph.AddScaled(a, 2, b, -2, 1, 0, Bound(min), Bound(max), wide);
        return run.Graph.AddScaled(run.Graph.Multiply(difference, choice), 2, b, 2, 1, 0, low, high, type);
    }

    private static IntegerValue Branch(LoweringRun run, int index, Quantisation target)
    {
        Lowered branch = run.Input(index);
        if (branch.Value is not null) return run.Converted(run.Real(index), target).Elements;
        OnnxTensor constant = LoweringRun.Floats(branch);
        return run.Constant(constant.Dims, [.. constant.Doubles().Select(v => double.IsNaN(v) ? target.Zero : target.Of(v))], target).Elements;
    }

    // The sign of a - b, whose unit is a 256th of the finer of both steps.
    private static void Compare(Dictionary<string, Action<LoweringRun>> rules, params ReadOnlySpan<(string Name, Func<int, bool> Holds)> tests)
    {
        foreach ((string name, Func<int, bool> holds) in tests)
        {
            rules.Add(name, run =>
            {
                IntegerValue sign;
                if (run.Trace.Type(run.Node.Inputs[0]).IsFloat())
                {
                    Lowered a = run.Real(0), b = run.Real(1);
                    double first = a.Real!.Value.Scale, second = b.Real!.Value.Scale, unit = Math.Min(first, second) / 256;
                    (int p, int q, int shift) = Ratio.OfPair(first / unit, -second / unit);
                    sign = run.Graph.AddScaled(run.Centred(a), p, run.Centred(b), q, shift, 0, -1, 1);
                }
                else
                {
                    (IntegerValue a, int p) = Number(run, 0);
                    (IntegerValue b, int q) = Number(run, 1);
                    sign = run.Graph.AddScaled(a, 2, b, -2, 1, p - q, -1, 1);
                }
                run.Set(Lowered.OfNumbers(run.Looked(sign, [.. LoweringSteps.Places(sign).Select(v => holds(v) ? 1 : 0)], ElementType.I8), OnnxType.Bool));
            });
        }
    }

    private static void Join(Dictionary<string, Action<LoweringRun>> rules, params ReadOnlySpan<(string Name, Func<bool, bool, bool> Holds)> operations)
    {
        foreach ((string name, Func<bool, bool, bool> holds) in operations)
        {
            rules.Add(name, run =>
            {
                IntegerValue pair = run.Graph.AddScaled(Truth(run, 0), 4, Truth(run, 1), 2, 1, 0, 0, 3);
                run.Set(Lowered.OfNumbers(run.Looked(pair, [.. LoweringSteps.Places(pair).Select(v => holds(v > 1, (v & 1) != 0) ? 1 : 0)], ElementType.I8), OnnxType.Bool));
            });
        }
    }

    // max(a, b) = b + max(a - b, 0), min(a, b) = b + min(a - b, 0).
    private static void Extreme(LoweringRun run, int sign)
    {
        if (!run.Trace.Type(run.Output).IsFloat()) throw new OnnxRefusal("integers are not offered here");
        Quantisation target = run.Target;
        IntegerValue made = Branch(run, 0, target);
        for (int i = 1; i < run.InputCount; i++)
        {
            IntegerValue other = Branch(run, i, target);
            int low = sign > 0 ? 0 : made.Min - other.Max, high = sign > 0 ? made.Max - other.Min : 0;
            IntegerValue more = run.Graph.AddScaled(made, 2, other, -2, 1, 0, Math.Min(low, high), Math.Max(low, high), ElementType.I32);
            made = run.Graph.AddScaled(other, 2, more, 2, 1, 0, target.Low, target.High, target.Type);
        }
        run.Set(Lowered.Of(made, target));
    }

    private static IntegerValue Truth(LoweringRun run, int index)
    {
        Lowered truth = run.Input(index);
        return truth.Type != OnnxType.Bool ? throw new OnnxRefusal($"expected {OnnxType.Bool}, got {truth.Type}")
            : truth.Value ?? run.Constant(truth.Tensor.Dims, [.. truth.Tensor.Longs().Select(v => v != 0 ? 1 : 0)], ElementType.I8);
    }

    private static (IntegerValue Elements, int Origin) Number(LoweringRun run, int index)
    {
        Lowered number = run.Input(index);
        if (number.Value is { } value) return number.Real is null ? (value, number.Origin) : throw new OnnxRefusal("expected integers, got floats");
        return (run.Constant(number.Tensor.Dims, [.. number.Tensor.Longs().Select(v => (int)Math.Clamp(v, int.MinValue, int.MaxValue))], ElementType.I32), 0);
    }

    private static int Bound(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
