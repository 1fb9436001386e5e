using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>The attentions of ONNX Runtime against their definition, worked out here; what they have beyond it is refused by name.</summary>
public class RuntimeAttentionTests
{
    private const string Domain = "com.microsoft";
    private const int Rows = 6, Heads = 4, Size = 8, Width = Heads * Size;
    private readonly Random _random = new(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Lower_MultiHeadAttention_IsItsDefinition(int causal)
    {
        OnnxBytes bytes = Factors(Width, Width, out float[][] weights);
        float[] bias = Numbers(3 * Width);
        OnnxModel model = bytes.Constant("bias", bias, 3 * Width).Node(Domain, "MultiHeadAttention", ["q", "k", "v", "bias"], ["y"], [("num_heads", Heads), ("unidirectional", causal)]).Output("y").Model();
        Near(model, x => Attend(Added(Product(x, weights[0]), bias[..Width]), Added(Product(x, weights[1]), bias[Width..(2 * Width)]), Added(Product(x, weights[2]), bias[(2 * Width)..]), Heads, causal != 0));
    }

    [Fact]
    public void Lower_PackedAttention_IsItsDefinition()
    {
        float[] weights = Numbers(3 * Width * Width), bias = Numbers(3 * Width);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, Rows, Width).Input("mask", OnnxType.Int32, 1, Rows).Constant("w", weights, Width, 3 * Width).Constant("bias", bias, 3 * Width)
            .Node(Domain, "Attention", ["x", "w", "bias", "mask"], ["y"], [("num_heads", Heads)]).Output("y").Model(17);
        Near(model, x =>
        {
            double[][] all = Added(Product(x, weights), bias);
            double[][] Part(int i) => [.. all.Select(row => row[(i * Width)..((i + 1) * Width)])];
            return Attend(Part(0), Part(1), Part(2), Heads, causal: false, hidden: Rows - 1);
        }, ("mask", OnnxTensor.FromLongs(OnnxType.Int32, [1, Rows], [.. Enumerable.Range(0, Rows).Select(i => i < Rows - 1 ? 1L : 0)])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Lower_GroupQueryAttention_IsItsDefinition(int interleaved)
    {
        OnnxBytes bytes = Factors(Width, Width / 2, out float[][] weights);
        OnnxModel model = Tables(bytes).Input("lengths", OnnxType.Int32, 1).Input("total", OnnxType.Int32)
            .Node(Domain, "GroupQueryAttention", ["q", "k", "v", "", "", "lengths", "total", "cos", "sin"], ["y"], [("num_heads", Heads), ("kv_num_heads", Heads / 2), ("do_rotary", 1), ("rotary_interleaved", interleaved)]).Output("y").Model();
        Near(model, x => Attend(Turned(Product(x, weights[0]), interleaved != 0), Turned(Product(x, weights[1]), interleaved != 0), Product(x, weights[2]), Heads, causal: true),
            ("lengths", OnnxTensor.FromLongs(OnnxType.Int32, [1], [Rows - 1])), ("total", OnnxTensor.FromLongs(OnnxType.Int32, [], [Rows])));
    }

    [Fact]
    public void Lower_GroupQueryAttentionWithPast_GoesOnTokenByToken()
    {
        OnnxBytes bytes = Factors(Width, Width / 2, out _, rows: 1);
        OnnxModel model = Tables(bytes).Input("pk", OnnxType.Float, 1, Heads / 2, -1, Size).Input("pv", OnnxType.Float, 1, Heads / 2, -1, Size).Input("lengths", OnnxType.Int32, 1).Input("total", OnnxType.Int32)
            .Node(Domain, "GroupQueryAttention", ["q", "k", "v", "pk", "pv", "lengths", "total", "cos", "sin"], ["y", "nk", "nv"], [("num_heads", Heads), ("kv_num_heads", Heads / 2), ("do_rotary", 1)]).Output("y").Output("nk").Output("nv").Model();
        OnnxModel standard = RuntimeOperators.Expand(model);
        List<Dictionary<string, OnnxTensor>> steps = [];
        OnnxTensor keys = OnnxTensor.Zeros(OnnxType.Float, 1, Heads / 2, 0, Size), values = keys;
        for (int t = 0; t < 10; t++)
        {
            steps.Add(new() { ["x"] = LoweringTesting.Random(_random, OnnxType.Float, 1, 1, Width), ["pk"] = keys, ["pv"] = values, ["lengths"] = OnnxTensor.FromLongs(OnnxType.Int32, [1], [t]), ["total"] = OnnxTensor.FromLongs(OnnxType.Int32, [], [t + 1]) });
            OnnxRun run = OnnxEvaluator.Run(standard, steps[t]);
            Assert.Null(run.Error);
            (keys, values) = (run.Outputs!["nk"], run.Outputs["nv"]);
        }
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = steps, ContextCapacity = 16 });
        Assert.True(result.Graph is not null, result.Error);
        Assert.Equal(["x"], result.Graph.Inputs.Select(input => input.Name));
        Assert.Contains(result.Graph.Nodes, node => node.Kind == OperatorKind.Positions);
        Assert.True(Assert.Single(result.Accuracy).Cosine > 0.998, result.Accuracy[0].ToString());
    }

    [Fact]
    public void Lower_FusedProductAndRotary_AreTheirDefinition()
    {
        float[] weights = Numbers(Width * Width);
        OnnxModel model = Tables(new OnnxBytes().Input("x", OnnxType.Float, 1, Rows, Width)).Constant("w", weights, Width, Width).Constant("at", OnnxTensor.FromLongs(OnnxType.Int64, [1, Rows], [.. Enumerable.Range(0, Rows).Select(i => (long)i)]))
            .Node(Domain, "RotaryEmbedding", ["x", "at", "cos", "sin"], ["r"], [("num_heads", Heads)]).Node(Domain, "FusedMatMul", ["r", "w"], ["a"], [("transB", 1), ("alpha", 0.5f)]).Node(Domain, "FusedMatMul", ["a", "r"], ["y"], [("transB", 1)]).Output("y").Model();
        Near(model, x =>
        {
            double[][] r = Turned(x, false);
            double[][] a = [.. r.Select(row => Enumerable.Range(0, Width).Select(n => 0.5 * row.Select((v, k) => v * weights[(n * Width) + k]).Sum()).ToArray())];
            return [.. a.Select(row => r.Select(other => row.Zip(other).Sum(p => p.First * p.Second)).ToArray())];
        });
    }

    [Theory]
    [InlineData("GroupQueryAttention", "local_window_size", 4, "attribute 'local_window_size' of 4 is not offered")]
    [InlineData("GroupQueryAttention", "smooth_softmax", 1, "attribute 'smooth_softmax' of 1 is not offered")]
    [InlineData("FusedMatMul", "transBatchA", 1, "attribute 'transBatchA' of 1 is not offered")]
    [InlineData("RotaryEmbedding", "is_packed_batching", 1, "attribute 'is_packed_batching' of 1 is not offered")]
    [InlineData("MultiHeadAttention", "num_heads", 4, "input 4 is not offered")]
    [InlineData("Attention", "do_rotary", 1, "input 4 is not offered")]
    public void Lower_NotOffered_NamesNodeAndAttribute(string type, string attribute, int value, string reason)
    {
        string[] inputs = type is "MultiHeadAttention" or "Attention" ? ["x", "x", "x", "", "x"] : ["x", "x", "x"];
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, Rows, Width).Node(Domain, type, inputs, ["y"], [(attribute, value)]).Output("y").Model();
        string error = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(_random, OnnxType.Float, 1, Rows, Width) }] }).Error!;
        Assert.StartsWith($"com.microsoft.{type} '{type}_y': {reason}", error, StringComparison.Ordinal);
    }

    /// <summary>A product of two by an equation, axes in any order.</summary>
    [Theory]
    [InlineData("bij,bjk->bik")]
    [InlineData("bij,bkj->kbi")]
    [InlineData("...ij,...jk->...ik")]
    [InlineData("bij,bij->bi")]
    [InlineData("bij,kj->bki")]
    public void Lower_Equation_IsNear(string equation)
    {
        int[] second = equation.Contains(",kj", StringComparison.Ordinal) ? [5, 5] : [2, 5, 5];
        OnnxModel model = new OnnxBytes().Input("a", OnnxType.Float, 2, 5, 5).Input("b", OnnxType.Float, second).Node("Einsum", ["a", "b"], ["y"], ("equation", equation)).Output("y").Model();
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 3).Select(_ => new Dictionary<string, OnnxTensor> { ["a"] = LoweringTesting.Random(_random, OnnxType.Float, 2, 5, 5), ["b"] = LoweringTesting.Random(_random, OnnxType.Float, second) })];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        Assert.True(result.Accuracy[0].Cosine > 0.999, result.Accuracy[0].ToString());
    }

    private void Near(OnnxModel model, Func<double[][], double[][]> definition, params (string Name, OnnxTensor Value)[] others)
    {
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 4).Select(_ => others.Append(("x", LoweringTesting.Random(_random, OnnxType.Float, 1, Rows, Width))).ToDictionary(pair => pair.Item1, pair => pair.Item2))];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        double[] expected = [.. definition([.. inputs[0]["x"].Floats().Chunk(Width).Select(row => row.Select(v => (double)v).ToArray())]).SelectMany(row => row)];
        float[] got = LoweringTesting.Run(result.Graph, inputs[0])["y"].Floats();
        double product = expected.Zip(got).Sum(p => p.First * p.Second), norms = Math.Sqrt(expected.Sum(v => v * v) * got.Sum(v => (double)v * v));
        Assert.InRange(product / norms, 0.997, 1.0001);
        Assert.InRange(norms / expected.Sum(v => v * v), 0.97, 1.03);
    }

    private OnnxBytes Factors(int width, int shared, out float[][] weights, int rows = Rows)
    {
        OnnxBytes bytes = new OnnxBytes().Input("x", OnnxType.Float, 1, rows, Width);
        weights = [Numbers(Width * width), Numbers(Width * shared), Numbers(Width * shared)];
        foreach ((string name, float[] values) in new[] { "q", "k", "v" }.Zip(weights)) bytes.Constant($"w{name}", values, Width, values.Length / Width).Node("MatMul", ["x", $"w{name}"], [name]);
        return bytes;
    }

    private static OnnxBytes Tables(OnnxBytes bytes) => bytes.Constant("cos", [.. Enumerable.Range(0, 16 * Size / 2).Select(i => MathF.Cos(Angle(i)))], 16, Size / 2).Constant("sin", [.. Enumerable.Range(0, 16 * Size / 2).Select(i => MathF.Sin(Angle(i)))], 16, Size / 2);

    private static float Angle(int index) => index / (Size / 2) * MathF.Pow(10, -(index % (Size / 2)));

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() - 0.5f) * 0.7f)];

    private static double[][] Product(double[][] x, float[] w) => [.. x.Select(row => Enumerable.Range(0, w.Length / row.Length).Select(n => row.Select((v, k) => v * w[(k * (w.Length / row.Length)) + n]).Sum()).ToArray())];

    private static double[][] Added(double[][] x, float[] bias) => [.. x.Select(row => row.Select((v, i) => v + bias[i]).ToArray())];

    private static double[][] Turned(double[][] x, bool interleaved) => [.. x.Select((row, t) =>
    {
        double[] made = [.. row];
        for (int h = 0; h < row.Length; h += Size)
            for (int i = 0; i < Size / 2; i++)
            {
                (int a, int b) = interleaved ? (h + (2 * i), h + (2 * i) + 1) : (h + i, h + i + (Size / 2));
                (double c, double s) = (Math.Cos(Angle((t * Size / 2) + i)), Math.Sin(Angle((t * Size / 2) + i)));
                (made[a], made[b]) = ((c * row[a]) - (s * row[b]), (s * row[a]) + (c * row[b]));
            }
        return made;
    })];

    private static double[][] Attend(double[][] q, double[][] k, double[][] v, int heads, bool causal, int hidden = int.MaxValue)
    {
        int groups = k[0].Length / Size;
        return [.. q.Select((row, t) => Enumerable.Range(0, heads).SelectMany(h =>
        {
            int at = h / (heads / groups) * Size;
            double[] scores = [.. k.Select((key, j) => (causal && j > t) || j >= hidden ? 0 : Math.Exp(Enumerable.Range(0, Size).Sum(i => row[(h * Size) + i] * key[at + i]) / Math.Sqrt(Size)))];
            return Enumerable.Range(0, Size).Select(i => scores.Select((s, j) => s * v[j][at + i]).Sum() / scores.Sum());
        }).ToArray())];
    }
}
