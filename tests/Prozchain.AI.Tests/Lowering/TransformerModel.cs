using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Writes transformers operator by operator, as exporters of PyTorch do: shapes computed in the graph, norms and activations by their parts.</summary>
internal sealed class TransformerModel(int seed)
{
    public const int Tokens = 12, Width = 32, Heads = 4, Size = Width / Heads, Words = 60, Kinds = 2;
    private readonly Random _random = new(seed);
    private int _count;

    public OnnxBytes Bytes { get; } = new();

    /// <summary>A new value, made by a node.</summary>
    public string Op(string type, string[] inputs, params (string, object)[] attributes)
    {
        string name = $"v{_count++}";
        Bytes.Node(type, inputs, [name], attributes);
        return name;
    }

    public string Weights(double size, params int[] shape) => Floats([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(size * Normal()))], shape);

    public string Scales(int count) => Floats([.. Enumerable.Range(0, count).Select(_ => 0.5f + _random.NextSingle())], count);

    public string Floats(float[] values, params int[] shape)
    {
        string name = $"w{_count++}";
        Bytes.Constant(name, values, shape);
        return name;
    }

    /// <summary>A constant as a node, as exporters write small ones.</summary>
    public string Scalar(float value) => Op("Constant", [], ("value", OnnxTensor.Of([value])));

    public string Numbers(params long[] values) => Op("Constant", [], ("value", OnnxTensor.Indices(values)));

    public string Number(long value) => Op("Constant", [], ("value", OnnxTensor.FromLongs(OnnxType.Int64, [], [value])));

    /// <summary>A dimension of a value, as a tensor of one number.</summary>
    public string Dim(string value, int axis) => Op("Unsqueeze", [Op("Gather", [Op("Shape", [value]), Number(axis)], ("axis", 0)), Numbers(0)]);

    public string Reshape(string value, params string[] dims) => Op("Reshape", [value, Op("Concat", dims, ("axis", 0))]);

    public string Dense(string x, int inputs, int outputs, double size = 1) => Op("Add", [Weights(0.1, outputs), Op("MatMul", [x, Weights(size / Math.Sqrt(inputs), inputs, outputs)])]);

    /// <summary>As Conv1D of GPT-2 is exported: rows to a Gemm and back.</summary>
    public string Rows(string x, int inputs, int outputs, double size = 1)
    {
        string flat = Op("Reshape", [x, Numbers(-1, inputs)]), made = Op("Gemm", [flat, Weights(size / Math.Sqrt(inputs), inputs, outputs), Weights(0.1, outputs)], ("alpha", 1f), ("beta", 1f));
        return Reshape(made, Dim(x, 0), Dim(x, 1), Numbers(outputs));
    }

    public string LayerNorm(string x, int width = Width)
    {
        string centred = Op("Sub", [x, Op("ReduceMean", [x, Numbers(-1)])]), variance = Op("ReduceMean", [Op("Pow", [centred, Scalar(2)]), Numbers(-1)]);
        string normal = Op("Div", [centred, Op("Sqrt", [Op("Add", [variance, Scalar(1e-5f)])])]);
        return Op("Add", [Op("Mul", [normal, Scales(width)]), Weights(0.1, width)]);
    }

    public string RmsNorm(string x)
    {
        string real = Op("Cast", [x], ("to", 1)), mean = Op("ReduceMean", [Op("Pow", [real, Scalar(2)]), Numbers(-1)]);
        string inverse = Op("Div", [Scalar(1), Op("Sqrt", [Op("Add", [mean, Scalar(1e-6f)])])]);
        return Op("Mul", [Scales(Width), Op("Cast", [Op("Mul", [real, inverse])], ("to", 1))]);
    }

    public string GeluTanh(string x)
    {
        string inner = Op("Add", [x, Op("Mul", [Scalar(0.044715f), Op("Pow", [x, Scalar(3)])])]);
        string tanh = Op("Tanh", [Op("Mul", [Scalar(0.7978846f), inner])]);
        return Op("Mul", [Op("Mul", [Scalar(0.5f), x]), Op("Add", [tanh, Scalar(1)])]);
    }

    public string GeluErf(string x) => Op("Mul", [Op("Mul", [x, Op("Add", [Op("Erf", [Op("Div", [x, Scalar(1.4142135f)])]), Scalar(1)])]), Scalar(0.5f)]);

    /// <summary>Tokens × width as heads × tokens × size, or heads × size × tokens.</summary>
    public string Split(string x, int heads = Heads, bool turned = false) =>
        Op("Transpose", [Reshape(x, Dim(x, 0), Dim(x, 1), Numbers(heads), Numbers(Size))], ("perm", turned ? [0, 2, 3, 1] : new[] { 0, 2, 1, 3 }));

    public string Join(string x)
    {
        string turned = Op("Transpose", [x], ("perm", new[] { 0, 2, 1, 3 }));
        return Reshape(turned, Dim(turned, 0), Dim(turned, 1), Numbers(Width));
    }

    /// <summary>0 where the mask is 1, the least float where it is 0, before all heads and queries.</summary>
    public string Hidden(string mask)
    {
        string real = Op("Cast", [Op("Unsqueeze", [Op("Unsqueeze", [mask, Numbers(1)]), Numbers(2)])], ("to", 1));
        return Op("Mul", [Op("Sub", [Scalar(1), real]), Scalar(float.MinValue)]);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
