using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators of one tensor, element by element: floats in double precision rounded once.</summary>
internal static class OnnxUnary
{
    public static void Register(OnnxOperators table)
    {
        Real(table, ("Acos", Math.Acos), ("Acosh", Math.Acosh), ("Asin", Math.Asin), ("Asinh", Math.Asinh), ("Atan", Math.Atan), ("Atanh", Math.Atanh),
            ("Ceil", Math.Ceiling), ("Cos", Math.Cos), ("Cosh", Math.Cosh), ("Erf", Erf), ("Exp", Math.Exp), ("Floor", Math.Floor), ("Log", Math.Log),
            ("Reciprocal", v => 1 / v), ("Round", v => Math.Round(v, MidpointRounding.ToEven)), ("Sigmoid", Sigmoid), ("Sin", Math.Sin), ("Sinh", Math.Sinh),
            ("Softplus", Softplus), ("Softsign", v => v / (1 + Math.Abs(v))), ("Sqrt", Math.Sqrt), ("Tan", Math.Tan), ("Tanh", Math.Tanh),
            ("HardSwish", v => v * Math.Clamp((v / 6) + 0.5, 0, 1)), ("Mish", v => v * Math.Tanh(Softplus(v))));
        table.Add("Abs", c => Map(c[0], Math.Abs, Math.Abs));
        table.Add("Neg", c => Map(c[0], v => -v, v => -v));
        table.Add("Sign", c => Map(c[0], v => double.IsNaN(v) ? v : Math.Sign(v), v => Math.Sign(v)));
        table.Add("Relu", c => Map(c[0], v => v < 0 ? 0 : v, v => Math.Max(v, 0)));
        table.Add("LeakyRelu", c => With(c, "alpha", 0.01f, (v, a) => v < 0 ? a * v : v));
        table.Add("ThresholdedRelu", c => With(c, "alpha", 1, (v, a) => v > a ? v : 0));
        table.Add("Elu", c => With(c, "alpha", 1, (v, a) => v < 0 ? a * (Math.Exp(v) - 1) : v));
        table.Add("Celu", c => With(c, "alpha", 1, (v, a) => Math.Max(0, v) + Math.Min(0, a * (Math.Exp(v / a) - 1))));
        table.Add("Swish", c => With(c, "alpha", 1, (v, a) => v * Sigmoid(a * v)));
        table.Add("Selu", c =>
        {
            double gamma = c.Float("gamma", 1.05070102214813232f);
            return With(c, "alpha", 1.67326319217681885f, (v, a) => gamma * (v < 0 ? a * (Math.Exp(v) - 1) : v));
        });
        table.Add("HardSigmoid", c =>
        {
            double beta = c.Float("beta", 0.5f);
            return With(c, "alpha", 0.2f, (v, a) => Math.Clamp((a * v) + beta, 0, 1));
        });
        table.Add("Shrink", c =>
        {
            double bias = c.Float("bias", 0);
            return With(c, "lambd", 0.5f, (v, l) => v < -l ? v + bias : v > l ? v - bias : 0);
        });
        table.Add("Gelu", c => Map(c[0], Gelu(c)));
        table.Add("SwiGLU", c => Gated(c[0], c[1], c.Float("alpha", 1)));
        table.Add("Clip", Clip);
        table.Add("Not", c => Truth(c, c[0].Type == OnnxType.Bool, v => v == 0));
        table.Add("IsNaN", c => Truth(c, c[0].Type.IsFloat(), double.IsNaN));
        table.Add("IsInf", c =>
        {
            bool up = c.Int("detect_positive", 1) != 0, down = c.Int("detect_negative", 1) != 0;
            return Truth(c, c[0].Type.IsFloat(), v => (up && double.IsPositiveInfinity(v)) || (down && double.IsNegativeInfinity(v)));
        });
        table.Add("BitwiseNot", c => c[0].Type.IsInteger() ? OnnxTensor.FromLongs(c[0].Type, c[0].Dims, Array.ConvertAll(c[0].Longs(), v => ~v)) : throw Unfit(c[0]));
        table.Add("Identity", c => c[0]);
        table.Add("Cast", c => Cast(c[0], c.Type("to", OnnxType.Undefined)));
        table.Add("CastLike", c => Cast(c[0], c[1].Type));
    }

    public static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));

    public static double Softplus(double v) => v > 0 ? v + Math.Log(1 + Math.Exp(-v)) : Math.Log(1 + Math.Exp(v));

    /// <summary>The error function by its series of positive terms, good to the last bits; beyond 6 it is 1 in double precision.</summary>
    public static double Erf(double v)
    {
        double x = Math.Abs(v);
        if (double.IsNaN(v) || x > 6) return double.IsNaN(v) ? v : Math.Sign(v);
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-18; n++) sum += term *= 2 * x * x / ((2 * n) + 1);
        return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum, v);
    }

    public static Func<double, double> Gelu(OnnxCall call) => call.Text("approximate", "none") switch
    {
        "none" => v => 0.5 * v * (1 + Erf(v / Math.Sqrt(2))),
        "tanh" => v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))),
        var other => throw new OnnxRefusal($"approximation '{other}' is not offered"),
    };

    public static OnnxTensor Map(OnnxTensor tensor, Func<double, double> real, Func<long, long>? integer = null)
    {
        if (tensor.Type.IsFloat()) return OnnxTensor.FromDoubles(tensor.Type, tensor.Dims, Array.ConvertAll(tensor.Doubles(), v => real(v)));
        if (integer is null || !tensor.Type.IsInteger()) throw Unfit(tensor);
        return OnnxTensor.FromLongs(tensor.Type, tensor.Dims, Array.ConvertAll(tensor.Longs(), v => integer(v)));
    }

    public static OnnxTensor Cast(OnnxTensor tensor, OnnxType type)
    {
        if (!type.IsOffered()) throw new OnnxRefusal($"type {type} is not offered");
        if (type == tensor.Type) return tensor;
        return tensor.Type.IsFloat() || (type.IsFloat() && tensor.Type == OnnxType.UInt64)
            ? OnnxTensor.FromDoubles(type, tensor.Dims, tensor.Doubles()) : OnnxTensor.FromLongs(type, tensor.Dims, tensor.Longs());
    }

    private static void Real(OnnxOperators table, params ReadOnlySpan<(string Name, Func<double, double> Function)> functions)
    {
        foreach ((string name, Func<double, double> function) in functions) table.Add(name, c => Map(c[0], function));
    }

    private static OnnxTensor With(OnnxCall call, string attribute, float otherwise, Func<double, double, double> function)
    {
        double value = call.Float(attribute, otherwise);
        return Map(call[0], v => function(v, value));
    }

    private static OnnxTensor Gated(OnnxTensor gate, OnnxTensor value, double alpha) =>
        OnnxBinary.Apply<OnnxBinary.Product>(Map(gate, v => v * Sigmoid(alpha * v)), value);

    private static OnnxTensor Clip(OnnxCall call)
    {
        OnnxTensor x = call[0];
        OnnxTensor? low = call.Optional(1), high = call.Optional(2);
        if (call.OperatorSet < 11)
        {
            if (call.Has("min")) low = OnnxTensor.FromDoubles(x.Type, [], [call.Float("min", 0)]);
            if (call.Has("max")) high = OnnxTensor.FromDoubles(x.Type, [], [call.Float("max", 0)]);
        }
        if (low is not null) x = OnnxBinary.Apply<OnnxBinary.Greatest>(x, low.Reshaped());
        return high is null ? x : OnnxBinary.Apply<OnnxBinary.Least>(x, high.Reshaped());
    }

    private static OnnxTensor Truth(OnnxCall call, bool fits, Func<double, bool> test) =>
        fits ? OnnxTensor.FromLongs(OnnxType.Bool, call[0].Dims, Array.ConvertAll(call[0].Doubles(), v => test(v) ? 1L : 0)) : throw Unfit(call[0]);

    private static OnnxRefusal Unfit(OnnxTensor tensor) => new($"type {tensor.Type} is not offered here");
}
