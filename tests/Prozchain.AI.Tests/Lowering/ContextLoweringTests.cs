using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>A decoder whose past comes in and goes out as tensors becomes a graph with a state.</summary>
public class ContextLoweringTests
{
    private const int Tokens = 9, Heads = 2, Size = 8, Width = Heads * Size;

    [Fact]
    public void Lower_AttentionWithPast_DecodesTokenByToken()
    {
        var random = new Random(1);
        var bytes = new OnnxBytes().Input("x", OnnxType.Float, 1, 1, Width).Input("at", OnnxType.Int64, 1, 1).Input("pk", OnnxType.Float, 1, Heads, 4, Size).Input("pv", OnnxType.Float, 1, Heads, 4, Size);
        foreach (string name in (string[])["wq", "wk", "wv"]) bytes.Constant(name, [.. Enumerable.Range(0, Width * Width).Select(_ => (random.NextSingle() - 0.5f) * 0.8f)], Width, Width);
        float[] angles = [.. Enumerable.Range(0, 16 * Size / 2).Select(i => (i / (Size / 2)) * MathF.Pow(10, -(i % (Size / 2))))];
        OnnxModel model = bytes.Constant("cos", [.. angles.Select(MathF.Cos)], 16, Size / 2).Constant("sin", [.. angles.Select(MathF.Sin)], 16, Size / 2)
            .Node("MatMul", ["x", "wq"], ["q0"]).Node("MatMul", ["x", "wk"], ["k0"]).Node("MatMul", ["x", "wv"], ["v"])
            .Node("RotaryEmbedding", ["q0", "cos", "sin", "at"], ["q"], ("num_heads", Heads)).Node("RotaryEmbedding", ["k0", "cos", "sin", "at"], ["k"], ("num_heads", Heads))
            .Node("Attention", ["q", "k", "v", "", "pk", "pv"], ["y", "nk", "nv"], ("is_causal", 1), ("q_num_heads", Heads), ("kv_num_heads", Heads)).Output("y").Output("nk").Output("nv").Model(23);

        List<Dictionary<string, OnnxTensor>> steps = [];
        List<OnnxTensor> expected = [];
        OnnxTensor keys = OnnxTensor.Zeros(OnnxType.Float, 1, Heads, 0, Size), values = keys;
        for (int t = 0; t < Tokens; t++)
        {
            steps.Add(new() { ["x"] = LoweringTesting.Random(random, OnnxType.Float, 1, 1, Width), ["at"] = OnnxTensor.FromLongs(OnnxType.Int64, [1, 1], [t]), ["pk"] = keys, ["pv"] = values });
            OnnxRun run = OnnxEvaluator.Run(model, steps[t]);
            Assert.Null(run.Error);
            expected.Add(run.Outputs!["y"]);
            (keys, values) = (run.Outputs["nk"], run.Outputs["nv"]);
        }
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = steps, ContextCapacity = 16 });
        Assert.Null(result.Error);
        IntegerGraph graph = result.Graph!;
        Assert.Equal(["x", "at"], graph.Inputs.Select(i => i.Name));
        Assert.Equal(["y"], graph.Outputs.Select(o => o.Name));
        Assert.Equal(1, graph.ContextStep);

        using var engine = new InferenceEngine(graph);
        using InferenceState state = engine.RentState();
        double product = 0, a = 0, b = 0;
        for (int t = 0; t < Tokens; t++)
        {
            graph.Inputs[0].Quantise(steps[t]["x"].Floats(), engine.Input(0, 0));
            graph.Inputs[1].Quantise(steps[t]["at"].Longs(), engine.Input(1, 0));
            engine.Run(1, [state]);
            var got = new float[Width];
            graph.Outputs[0].Dequantise(engine.Output(0, 0), got);
            float[] real = expected[t].Floats();
            for (int i = 0; i < Width; i++) (product, a, b) = (product + (real[i] * got[i]), a + (real[i] * real[i]), b + (got[i] * got[i]));
        }
        Assert.InRange(product / Math.Sqrt(a * b), 0.995, 1.0001);
        string error = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [.. steps.Skip(1)] }).Error!;
        Assert.StartsWith("input 'pk' has more than one shape in the calibration inputs", error, StringComparison.Ordinal);
    }
}
