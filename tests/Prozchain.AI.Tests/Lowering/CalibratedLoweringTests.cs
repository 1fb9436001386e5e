using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Networks of floats, lowered by calibration: near to the source, as the report says.</summary>
public class CalibratedLoweringTests
{
    [Fact]
    public void Lower_ConvolutionNetwork_IsNearAndReported()
    {
        var random = new Random(1);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 3, 16, 16)
            .Constant("w1", Normal(random, 8, 3, 3, 3)).Constant("b1", Normal(random, 8)).Constant("w2", Normal(random, 8, 1, 3, 3)).Constant("w3", Normal(random, 12, 8, 1, 1))
            .Constant("s", Positive(random, 8)).Constant("t", Normal(random, 8)).Constant("m", Normal(random, 8)).Constant("v", Positive(random, 8)).Constant("w4", Normal(random, 10, 12)).Constant("b4", Normal(random, 10))
            .Node("Conv", ["x", "w1", "b1"], ["c1"], ("pads", new[] { 1, 1, 1, 1 })).Node("BatchNormalization", ["c1", "s", "t", "m", "v"], ["n1"]).Node("Relu", ["n1"], ["r1"])
            .Node("Conv", ["r1", "w2"], ["c2"], ("pads", new[] { 1, 1, 1, 1 }), ("group", 8)).Node("HardSwish", ["c2"], ["h2"]).Node("Add", ["h2", "r1"], ["a2"])
            .Node("AveragePool", ["a2"], ["p2"], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }))
            .Node("Conv", ["p2", "w3"], ["c3"]).Node("LeakyRelu", ["c3"], ["l3"]).Node("MaxPool", ["l3"], ["p3"], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }))
            .Node("BatchNormalization", ["p2", "s", "t", "m", "v"], ["n2"]).Node("GlobalAveragePool", ["p3"], ["g"]).Node("Flatten", ["g"], ["f"])
            .Node("Gemm", ["f", "w4", "b4"], ["y"], ("transB", 1)).Output("y").Output("n2").Model();
        LoweringResult result = Lower(model, random, 8, 1, 3, 16, 16);
        Assert.Equal(["y", "n2"], result.Accuracy.Select(a => a.Name));
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.995, 1.0001));
        Assert.InRange(result.Accuracy[0].ArgMaxAgreement, 0.8, 1);
        Assert.All(result.Accuracy, a => Assert.InRange(a.MeanError, double.Epsilon, a.MaxError));
    }

    [Fact]
    public void Lower_TransformerBlock_IsNear()
    {
        var random = new Random(2);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 6, 16)
            .Constant("g", Positive(random, 16)).Constant("b", Normal(random, 16)).Constant("wq", Normal(random, 16, 16)).Constant("wk", Normal(random, 16, 16)).Constant("wv", Normal(random, 16, 16))
            .Constant("bq", Normal(random, 16)).Constant("wu", Normal(random, 16, 32)).Constant("bu", Normal(random, 32)).Constant("wd", Normal(random, 32, 16)).Constant("eight", [0.35355339f])
            .Constant("heads", OnnxTensor.Indices(0, 0, 2, 8)).Constant("joined", OnnxTensor.Indices(0, 0, 16))
            .Node("LayerNormalization", ["x", "g", "b"], ["n"]).Node("MatMul", ["n", "wq"], ["q0"]).Node("Add", ["bq", "q0"], ["q1"]).Node("MatMul", ["n", "wk"], ["k1"]).Node("MatMul", ["n", "wv"], ["v1"])
            .Node("Reshape", ["q1", "heads"], ["q2"]).Node("Transpose", ["q2"], ["q"], ("perm", new[] { 0, 2, 1, 3 })).Node("Reshape", ["k1", "heads"], ["k2"]).Node("Transpose", ["k2"], ["k"], ("perm", new[] { 0, 2, 3, 1 }))
            .Node("Reshape", ["v1", "heads"], ["v2"]).Node("Transpose", ["v2"], ["v"], ("perm", new[] { 0, 2, 1, 3 }))
            .Node("MatMul", ["q", "k"], ["s0"]).Node("Mul", ["s0", "eight"], ["s1"]).Node("Softmax", ["s1"], ["p"]).Node("MatMul", ["p", "v"], ["o0"])
            .Node("Transpose", ["o0"], ["o1"], ("perm", new[] { 0, 2, 1, 3 })).Node("Reshape", ["o1", "joined"], ["o"]).Node("Add", ["x", "o"], ["h"])
            .Node("RMSNormalization", ["h", "g"], ["n2"]).Node("MatMul", ["n2", "wu"], ["u0"]).Node("Add", ["u0", "bu"], ["u1"]).Node("Gelu", ["u1"], ["u"]).Node("MatMul", ["u", "wd"], ["d"])
            .Node("Add", ["h", "d"], ["y"]).Node("Attention", ["q", "v", "v"], ["z"], ("is_causal", 1)).Output("y").Output("z").Model(23);
        LoweringResult result = Lower(model, random, 4, 1, 6, 16);
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.99, 1.0001));
        Assert.Contains(result.Graph!.Nodes, n => n.Kind == OperatorKind.Attention);
    }

    [Fact]
    public void Lower_EmbeddingAndMovement_IsNear()
    {
        var random = new Random(3);
        OnnxModel model = new OnnxBytes().Input("ids", OnnxType.Int64, 1, 5).Constant("table", Normal(random, 20, 8)).Constant("two", OnnxTensor.Indices(2)).Constant("zero", OnnxTensor.Indices(0))
            .Node("Gather", ["table", "ids"], ["e"]).Node("Split", ["e"], ["a", "b"], ("axis", 2), ("num_outputs", 2)).Node("Concat", ["b", "a", "b"], ["c"], ("axis", -1))
            .Node("Slice", ["c", "zero", "two", "two"], ["d"]).Node("Tanh", ["c"], ["t"]).Node("ReduceMean", ["t", "two"], ["m"]).Node("Softmax", ["c"], ["s"], ("axis", 1)).Node("ArgMax", ["c"], ["i"], ("axis", 2))
            .Output("d").Output("m").Output("s").Output("i", OnnxType.Int64).Model();
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 4).Select(_ => new Dictionary<string, OnnxTensor> { ["ids"] = OnnxTensor.FromLongs(OnnxType.Int64, [1, 5], [.. Enumerable.Range(0, 5).Select(_ => (long)random.Next(20))]) })];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.Null(result.Error);
        Assert.Equal(["d", "m", "s"], result.Accuracy.Select(a => a.Name));
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.99, 1.0001));
        Assert.Equal((0, 19), (result.Graph!.Inputs[0].Value.Min, result.Graph.Inputs[0].Value.Max));
        OnnxTensor expected = OnnxEvaluator.Run(model, inputs[0]).Outputs!["i"], got = LoweringTesting.Run(result.Graph, inputs[0])["i"];
        Assert.InRange(expected.Longs().Zip(got.Longs()).Count(pair => pair.First == pair.Second), 4, 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Lower_RotaryPositions_AreNear(int interleaved)
    {
        var random = new Random(8);
        float[] angles = [.. Enumerable.Range(0, 40).Select(i => (i / 4) * MathF.Pow(10, -(i % 4)))];
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 5, 16).Constant("w", Normal(random, 16, 16)).Constant("cos", [.. angles.Select(MathF.Cos)], 10, 4).Constant("sin", [.. angles.Select(MathF.Sin)], 10, 4)
            .Constant("at", OnnxTensor.FromLongs(OnnxType.Int64, [1, 5], [2, 3, 4, 5, 6])).Node("MatMul", ["x", "w"], ["q"])
            .Node("RotaryEmbedding", ["q", "cos", "sin", "at"], ["y"], ("num_heads", 2), ("interleaved", interleaved)).Output("y").Model(23);
        LoweringResult result = Lower(model, random, 3, 1, 5, 16);
        Assert.InRange(result.Accuracy[0].Cosine, 0.995, 1.0001);
        Assert.Contains(result.Graph!.Nodes, n => n.Kind == OperatorKind.Rotary);
    }

    [Fact]
    public void Lower_Percentile_CutsOutliers()
    {
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 1000).Node("Tanh", ["x"], ["y"]).Output("y").Model();
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i == 0 ? 1000f : i / 1000f)];
        IReadOnlyDictionary<string, OnnxTensor>[] inputs = [new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of(values, 1, 1000) }];
        LoweringResult all = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs }), most = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs, Percentile = 0.999 });
        Assert.InRange(all.Graph!.Inputs[0].Scale, 7.8f, 7.9f);
        Assert.InRange(most.Graph!.Inputs[0].Scale, 0.0078f, 0.0079f);
        Assert.True(most.Accuracy[0].MeanError < all.Accuracy[0].MeanError / 10);
    }

    [Fact]
    public void Lower_SameModelTwice_GivesTheSameDigest()
    {
        var random = new Random(4);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 8).Constant("w", Normal(random, 8, 8)).Node("MatMul", ["x", "w"], ["m"]).Node("Gelu", ["m"], ["y"]).Output("y").Model();
        byte[] first = Lower(model, new Random(5), 3, 1, 8).Graph!.Digest.ToArray();
        Assert.Equal(first, Lower(model, new Random(5), 3, 1, 8).Graph!.Digest.ToArray());
        Assert.NotEqual(first, Lower(model, new Random(6), 3, 1, 8).Graph!.Digest.ToArray());
    }

    /// <summary>A real topology with its constant weights; its output is what it is for one input.</summary>
    [Theory]
    [InlineData("squeezenet")]
    [InlineData("shufflenet")]
    [InlineData("inception_v1")]
    [InlineData("resnet50", true)]
    [InlineData("bvlc_alexnet", true)]
    [InlineData("vgg19", true)]
    public void Lower_Topology_IsNear(string name, bool isLong = false)
    {
        Assert.SkipUnless(TestSettings.IsLong || !isLong, "PROZCHAIN_LONG=1 runs it: seconds, and gigabytes of weights.");
        OnnxModel model = OnnxCase.Open(OnnxCase.Files("light-models")[$"light_{name}.onnx"]);
        int[] shape = [.. model.Inputs[0].Dims!.Select(d => (int)d!)];
        LoweringResult result = Lower(model, new Random(7), 1, shape);
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.99, 1.0001));
    }

    /// <summary>The same topologies with weights that tell one image from another: near in every layer.</summary>
    [Theory]
    [InlineData("squeezenet")]
    [InlineData("shufflenet")]
    [InlineData("inception_v1", true)]
    [InlineData("resnet50", true)]
    public void Lower_TopologyWithWeights_IsNearInEveryLayer(string name, bool isLong = false)
    {
        Assert.SkipUnless(TestSettings.IsLong || !isLong, "PROZCHAIN_LONG=1 runs it: seconds.");
        var random = new Random(11);
        OnnxModel source = OnnxCase.Open(OnnxCase.Files("light-models")[$"light_{name}.onnx"]);
        HashSet<string> positive = [.. source.Nodes.Where(node => node.Operator == "BatchNormalization").SelectMany(node => new[] { node.Inputs[1], node.Inputs[4] })];
        Dictionary<string, OnnxTensor> weights = source.Nodes.Where(node => node.Operator == "ConstantOfShape").ToDictionary(node => node.Outputs[0], node =>
        {
            int[] shape = OnnxShapes.ToInts(source.Constants[node.Inputs[0]].Longs());
            return positive.Contains(node.Outputs[0]) ? Positive(random, shape[0]) : Weights(random, shape);
        });
        OnnxModel model = source.With([.. source.Nodes.Where(node => node.Operator != "ConstantOfShape")], weights);
        LoweringResult result = Lower(model, random, 2, [.. model.Inputs[0].Dims!.Select(d => (int)d!)]);
        Assert.All(result.Accuracy, a => Assert.InRange(a.Cosine, 0.98, 1.0001));
        Assert.All(result.Layers, layer => Assert.True(layer.Error < 0.2, layer.ToString()));

        static OnnxTensor Weights(Random random, int[] shape)
        {
            int count = shape.Aggregate(1, (a, b) => a * b);
            double size = shape.Length < 2 ? 0.1 : Math.Sqrt(2.0 / (count / shape[0]));
            return OnnxTensor.Of([.. Enumerable.Range(0, count).Select(_ => (float)(size * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2))], shape);
        }
    }

    private static LoweringResult Lower(OnnxModel model, Random random, int count, params int[] shape)
    {
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, count).Select(_ => new Dictionary<string, OnnxTensor> { [model.Inputs[0].Name] = Normal(random, shape) })];
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        return result;
    }

    // Scaled so that a product with it keeps about the size of its input.
    private static OnnxTensor Normal(Random random, params int[] shape)
    {
        int count = shape.Aggregate(1, (a, b) => a * b);
        double size = shape.Length < 2 ? 0.3 : shape.Length == 4 && shape[0] > 1 ? 1 / Math.Sqrt(count / shape[0]) : shape[0] == 1 ? 1 : 1 / Math.Sqrt(shape[0]);
        return OnnxTensor.Of([.. Enumerable.Range(0, count).Select(_ => (float)(size * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))], shape);
    }

    private static OnnxTensor Positive(Random random, int count) => OnnxTensor.Of([.. Enumerable.Range(0, count).Select(_ => 0.5f + random.NextSingle())], count);
}
