using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>A batch of the source is requests of the engine; and the report that says which layer loses most.</summary>
public class BatchLoweringTests
{
    private const int Members = 4;

    [Theory]
    [InlineData(-1, false)]
    [InlineData(Members, true)]
    public void Lower_Batch_RunsAsRequests(int first, bool asked)
    {
        var random = new Random(1);
        OnnxModel model = Network(random, first);
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 3).Select(_ => new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(random, OnnxType.Float, Members, 2, 6, 6) })];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs, Batched = asked });
        Assert.True(result.Graph is not null, result.Error);
        Assert.Equal([1, 2, 6, 6], result.Graph.Inputs[0].Value.Shape.ToArray());
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.999, 1.0001));

        float[] expected = OnnxEvaluator.Run(model, inputs[0]).Outputs!["y"].Floats(), got = new float[Members * 5];
        using var engine = new InferenceEngine(result.Graph, new InferenceEngineOptions { MaxBatch = Members });
        for (int i = 0; i < Members; i++) result.Graph.Inputs[0].Quantise(inputs[0]["x"].Floats().AsSpan(i * 72, 72), engine.Input(0, i));
        engine.Run(Members);
        for (int i = 0; i < Members; i++) result.Graph.Outputs[0].Dequantise(engine.Output(0, i), got.AsSpan(i * 5, 5));
        Assert.All(expected.Zip(got), pair => Assert.InRange(pair.Second, pair.First - 0.1, pair.First + 0.1));
    }

    [Fact]
    public void Lower_NoBatch_IsRefusedOrTakenWhole()
    {
        OnnxTensor x = LoweringTesting.Random(new Random(2), OnnxType.Float, 6, 3);
        var options = new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { ["x"] = x }] };
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, -1, 3).Node("Softmax", ["x"], ["y"], ("axis", 0)).Output("y").Model();
        Assert.Equal([6, 3], OnnxLowering.Lower(model, options).Graph!.Inputs[0].Value.Shape.ToArray());
        Assert.Equal("the first dimension is no batch: output 'y' of 6 members together is not what they give one by one", OnnxLowering.Lower(model, options with { Batched = true }).Error);
        model = new OnnxBytes().Input("x", OnnxType.Int8, 6, 3).Constant("w", LoweringTesting.Random(new Random(3), OnnxType.Int8, 3, 2)).Node("MatMulInteger", ["x", "w"], ["y"]).Output("y", OnnxType.Int32).Model();
        Assert.Equal([6, 3], OnnxLowering.Lower(model).Graph!.Inputs[0].Value.Shape.ToArray());
        Assert.Equal([1, 3], OnnxLowering.Lower(model, new LoweringOptions { Batched = true }).Graph!.Inputs[0].Value.Shape.ToArray());
    }

    [Fact]
    public void Lower_Layers_NameTheWorstFirst()
    {
        var random = new Random(4);
        float[] weights = [.. Enumerable.Range(0, 256).Select(_ => random.NextSingle() - 0.5f)], spread = [.. Enumerable.Range(0, 16).Select(i => i == 0 ? 1000f : 1f)];
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 16).Constant("w", weights, 16, 16).Constant("b", weights[..16], 16).Constant("s", spread, 16)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["m", "b"], ["a"]).Node("Tanh", ["a"], ["t"]).Node("Mul", ["t", "s"], ["bad"]).Node("MatMul", ["bad", "w"], ["n"]).Node("Sigmoid", ["n"], ["y"]).Output("y").Model();
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 5).Select(_ => new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(random, OnnxType.Float, 1, 16) })];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.Equal(["Add 'Add_a'", "MatMul 'MatMul_n'", "Mul 'Mul_bad'", "Sigmoid 'Sigmoid_y'", "Tanh 'Tanh_t'"], result.Layers.Select(l => l.Node).Order(StringComparer.Ordinal));
        Assert.Equal(result.Layers.OrderByDescending(l => l.Added), result.Layers);
        Assert.All(result.Layers, l => Assert.InRange(l.Error, 0, 0.2));
        Assert.Contains(result.Layers[0].Output, (string[])["n", "y", "bad"]);
    }

    // The batch stands in the shapes, as exporters of a fixed one write it.
    private static OnnxModel Network(Random random, int first) => new OnnxBytes().Input("x", OnnxType.Float, first, 2, 6, 6)
        .Constant("w", LoweringTesting.Random(random, OnnxType.Float, 3, 2, 3, 3)).Constant("v", LoweringTesting.Random(random, OnnxType.Float, 48, 5)).Constant("shape", OnnxTensor.Indices(first, 48))
        .Node("Conv", ["x", "w"], ["c"]).Node("Relu", ["c"], ["r"]).Node("Reshape", ["r", "shape"], ["f"]).Node("MatMul", ["f", "v"], ["y"]).Output("y").Model();
}
