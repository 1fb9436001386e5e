using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Operators that are made of others of the engine, and the graphs of dynamic quantisation, against the evaluator.</summary>
public class OperatorLoweringTests
{
    [Fact]
    public void Lower_ConvTranspose_IsNear()
    {
        var random = new Random(1);
        for (int round = 0; round < 20; round++)
        {
            int groups = 1 + (round % 2), channels = groups * random.Next(1, 4), filters = random.Next(1, 4), rank = round % 4 == 3 ? 1 : 2;
            int[] image = [1, channels, .. Spatial(3, 7)], weights = [channels, filters, .. Spatial(1, 4)], strides = Spatial(1, 4);
            int[] pads = [.. Enumerable.Range(0, 2 * rank).Select(i => random.Next(0, Math.Min(2, weights[2 + (i % rank)])))], extra = [.. strides.Select(s => random.Next(0, s))];
            OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, image).Constant("w", LoweringTesting.Random(random, OnnxType.Float, weights)).Constant("b", LoweringTesting.Random(random, OnnxType.Float, filters * groups))
                .Node("ConvTranspose", ["x", "w", "b"], ["y"], ("group", groups), ("strides", strides), ("pads", pads), ("output_padding", extra), ("dilations", Spatial(1, 3))).Output("y").Model();
            Near(model, random, 0.995);

            int[] Spatial(int from, int to) => [.. Enumerable.Range(0, rank).Select(_ => random.Next(from, to))];
        }
    }

    [Fact]
    public void Lower_ConvolutionOverThreeDimensions_EqualsTheSource()
    {
        var random = new Random(2);
        for (int round = 0; round < 20; round++)
        {
            int groups = 1 + (round % 2), channels = groups * random.Next(1, 3), filters = groups * random.Next(1, 3);
            int[] image = [1, channels, .. Three(4, 8)], weights = [filters, channels / groups, .. Three(1, 4)];
            OnnxModel model = new OnnxBytes().Input("x", OnnxType.UInt8, image).Constant("w", LoweringTesting.Random(random, OnnxType.Int8, weights)).Constant("z", LoweringTesting.Random(random, OnnxType.UInt8, 1))
                .Node("ConvInteger", ["x", "w", "z"], ["y"], ("group", groups), ("strides", Three(1, 4)), ("dilations", Three(1, 2)), ("pads", Three(0, 2).Concat(Three(0, 2)).ToArray())).Output("y", OnnxType.Int32).Model();
            var inputs = new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(random, OnnxType.UInt8, image) };
            Assert.Null(OnnxCompare.Difference(Expected(model, inputs)["y"], LoweringTesting.Run(LoweringTesting.Lower(model), inputs)["y"]));

            int[] Three(int from, int to) => [.. Enumerable.Range(0, 3).Select(_ => random.Next(from, to))];
        }
    }

    [Theory]
    [InlineData("half_pixel", "round_prefer_floor")]
    [InlineData("asymmetric", "floor")]
    [InlineData("align_corners", "round_prefer_ceil")]
    [InlineData("pytorch_half_pixel", "ceil")]
    public void Lower_Resize_IsNear(string place, string rounding)
    {
        var random = new Random(3);
        foreach (float scale in new[] { 2f, 0.5f, 1.7f, 3f })
            foreach (string mode in new[] { "nearest", "linear" })
            {
                OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 2, 5, 6).Constant("s", [1, 1, scale, 2 * scale], 4)
                    .Node("Resize", ["x", "", "s"], ["y"], ("mode", mode), ("coordinate_transformation_mode", place), ("nearest_mode", rounding)).Output("y").Model();
                Near(model, random, 0.999);
            }
    }

    /// <summary>The examples of the operator's own page.</summary>
    [Fact]
    public void Resize_Examples_AreTheStandards()
    {
        float[] four = [1, 2, 3, 4];
        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], Resized("nearest", "half_pixel", four, 2, 2));
        Assert.Equal([1, 1.25f, 1.75f, 2, 1.5f, 1.75f, 2.25f, 2.5f, 2.5f, 2.75f, 3.25f, 3.5f, 3, 3.25f, 3.75f, 4], Resized("linear", "half_pixel", four, 2, 2));
        Assert.Equal([1, 1.3333334f, 1.6666666f, 2, 1.6666666f, 2, 2.3333333f, 2.6666667f, 2.3333333f, 2.6666667f, 3, 3.3333333f, 3, 3.3333333f, 3.6666667f, 4], Resized("linear", "align_corners", four, 2, 2), (a, b) => Math.Abs(a - b) < 1e-6f);

        static float[] Resized(string mode, string place, float[] values, int height, int width)
        {
            OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 1, height, width).Constant("s", [1, 1, 2, 2], 4).Node("Resize", ["x", "", "s"], ["y"], ("mode", mode), ("coordinate_transformation_mode", place)).Output("y").Model();
            return Expected(model, new() { ["x"] = OnnxTensor.Of(values, 1, 1, height, width) })["y"].Floats();
        }
    }

    [Theory]
    [InlineData("DepthToSpace", "DCR")]
    [InlineData("DepthToSpace", "CRD")]
    [InlineData("SpaceToDepth", "")]
    public void Lower_Blocks_MoveElements(string type, string mode)
    {
        (string, object)[] attributes = mode.Length > 0 ? [("blocksize", 2), ("mode", mode)] : [("blocksize", 2)];
        Exact(new OnnxBytes().Input("x", OnnxType.Int8, 1, 8, 4, 6).Node(type, ["x"], ["y"], attributes).Output("y", OnnxType.Int8).Model());
    }

    [Fact]
    public void Lower_TileWhereAndComparisons_AreExact()
    {
        Exact(new OnnxBytes().Input("x", OnnxType.Int8, 2, 3, 2).Constant("r", OnnxTensor.Indices(2, 1, 3)).Node("Tile", ["x", "r"], ["y"]).Output("y", OnnxType.Int8).Model());
        foreach (string test in new[] { "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual" })
            foreach (string join in new[] { "And", "Or", "Xor" })
                Exact(new OnnxBytes().Input("a", OnnxType.Int8, 3, 40).Input("b", OnnxType.Int8, 40).Input("c", OnnxType.Bool, 3, 1)
                    .Node(test, ["a", "b"], ["t"]).Node("Not", ["c"], ["n"]).Node(join, ["t", "n"], ["j"]).Node("Where", ["j", "a", "b"], ["y"]).Output("y", OnnxType.Int8).Output("j", OnnxType.Bool).Model());
    }

    /// <summary>Over three dimensions, with pads, dilations and a ceiling, and members of a batch; the last and the least of equal elements; borders that copy.</summary>
    [Fact]
    public void Lower_PoolsExtremesAndBorders_AreExact()
    {
        var random = new Random(9);
        for (int round = 0; round < 12; round++)
            Exact(new OnnxBytes().Input("x", OnnxType.Int8, 1 + (round % 2), 3, 6, 7, 8).Node("MaxPool", ["x"], ["y"], ("kernel_shape", Three(2, 4)), ("strides", Three(1, 3)), ("pads", Three(0, 2).Concat(Three(0, 2)).ToArray()), ("ceil_mode", round / 6), ("dilations", Three(1, 2 + (round % 2)))).Output("y", OnnxType.Int8).Model());
        foreach (string type in new[] { "ArgMax", "ArgMin" })
            for (int last = 0; last < 2; last++)
                for (int axis = 0; axis < 3; axis++)
                    Exact(new OnnxBytes().Input("x", OnnxType.Bool, 3, 4, 5).Node(type, ["x"], ["y"], ("axis", axis), ("select_last_index", last), ("keepdims", axis % 2)).Output("y", OnnxType.Int64).Model());
        foreach (string mode in new[] { "edge", "reflect", "wrap" })
            Exact(new OnnxBytes().Input("x", OnnxType.Int8, 1, 4, 5).Constant("p", OnnxTensor.Indices(0, 2, 1, 0, 1, 3)).Node("Pad", ["x", "p"], ["y"], ("mode", mode)).Output("y", OnnxType.Int8).Model());
        OnnxModel mean = new OnnxBytes().Input("x", OnnxType.Float, 2, 3, 6, 6, 6).Node("AveragePool", ["x"], ["y"], ("kernel_shape", Three(2, 4)), ("strides", Three(1, 3)), ("pads", new[] { 1, 1, 1, 1, 1, 1 })).Output("y").Model();
        Near(mean, random, 0.999);

        int[] Three(int from, int to) => [.. Enumerable.Range(0, 3).Select(_ => random.Next(from, to))];
    }

    [Fact]
    public void Lower_MaxMinAndDivision_AreNear()
    {
        var random = new Random(5);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 4, 16).Constant("w", LoweringTesting.Random(random, OnnxType.Float, 16, 16)).Constant("two", OnnxTensor.FromDoubles(OnnxType.Float, [], [2]))
            .Node("MatMul", ["x", "w"], ["a"]).Node("Max", ["a", "x"], ["m"]).Node("Min", ["a", "x"], ["n"]).Node("Sigmoid", ["a"], ["s"]).Node("Add", ["s", "two"], ["t"]).Node("Div", ["x", "t"], ["d"])
            .Node("ReduceMin", ["a"], ["l"]).Node("Greater", ["a", "x"], ["g"]).Node("Where", ["g", "s", "x"], ["c"]).Output("m").Output("n").Output("d").Output("l").Output("c").Model();
        Near(model, random, 0.998);
    }

    [Fact]
    public void Lower_NormsOfGroupsSlopesAndLogarithms_AreNear()
    {
        var random = new Random(8);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 8, 5, 5).Constant("s", LoweringTesting.Random(random, OnnxType.Float, 8)).Constant("t", LoweringTesting.Random(random, OnnxType.Float, 8)).Constant("p", LoweringTesting.Random(random, OnnxType.Float, 8, 1, 1))
            .Node("InstanceNormalization", ["x", "s", "t"], ["i"]).Node("GroupNormalization", ["x", "s", "t"], ["g"], ("num_groups", 2)).Node("PRelu", ["x", "p"], ["r"]).Node("LogSoftmax", ["g"], ["l"], ("axis", 1))
            .Output("i").Output("g").Output("r").Output("l").Model();
        Near(model, random, 0.999);
    }

    /// <summary>The engine has no masks in its own attention: what has one is lowered by its parts.</summary>
    [Theory]
    [InlineData(OnnxType.Bool, 0f, 0)]
    [InlineData(OnnxType.Float, 0f, 1)]
    [InlineData(OnnxType.Float, 2f, 0)]
    [InlineData(OnnxType.Undefined, 2f, 1)]
    public void Lower_AttentionWithMaskAndCap_IsNear(OnnxType mask, float cap, int causal)
    {
        var random = new Random(6);
        OnnxBytes bytes = new OnnxBytes().Input("x", OnnxType.Float, 1, 8, 32);
        if (mask != OnnxType.Undefined) bytes.Input("mask", mask, 8, 8);
        foreach ((string name, int width) in new[] { ("q", 32), ("k", 16), ("v", 16) }) bytes.Constant($"w{name}", LoweringTesting.Random(random, OnnxType.Float, 32, width)).Node("MatMul", ["x", $"w{name}"], [name]);
        string[] read = mask != OnnxType.Undefined ? ["q", "k", "v", "mask"] : ["q", "k", "v"];
        OnnxModel model = bytes.Node("Attention", read, ["y"], ("q_num_heads", 4), ("kv_num_heads", 2), ("softcap", cap), ("is_causal", causal)).Output("y").Model(23);
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            var one = new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(random, OnnxType.Float, 1, 8, 32) };
            if (mask == OnnxType.Bool) one["mask"] = OnnxTensor.FromLongs(mask, [8, 8], [.. Enumerable.Range(0, 64).Select(i => i % 9 == 0 || random.Next(2) > 0 ? 1L : 0)]);
            if (mask == OnnxType.Float) one["mask"] = OnnxTensor.FromDoubles(mask, [8, 8], [.. Enumerable.Range(0, 64).Select(i => i % 9 == 0 || random.Next(2) > 0 ? random.NextDouble() : double.NegativeInfinity)]);
            return one;
        })];
        Near(model, inputs, 0.995);
    }

    /// <summary>As the dynamic quantisation of a runtime writes a dense layer: lowered with the model's own weights, by calibration.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lower_DynamicQuantisation_IsNear(bool perColumn)
    {
        var random = new Random(7);
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 6, 24).Constant("w", LoweringTesting.Random(random, OnnxType.Int8, 24, 24)).Constant("ws", [.. Enumerable.Range(0, perColumn ? 24 : 1).Select(_ => 0.001f + (random.NextSingle() * 0.002f))], perColumn ? [24] : [])
            .Constant("wz", OnnxTensor.FromLongs(OnnxType.Int8, [], [perColumn ? 0 : 3])).Constant("b", LoweringTesting.Random(random, OnnxType.Float, 24))
            .Node("DynamicQuantizeLinear", ["x"], ["xq", "xs", "xz"]).Node("MatMulInteger", ["xq", "w", "xz", "wz"], ["i"]).Node("Cast", ["i"], ["f"], ("to", 1)).Node("Mul", ["xs", "ws"], ["s"]).Node("Mul", ["f", "s"], ["m"]).Node("Add", ["m", "b"], ["h"])
            .Node("Relu", ["h"], ["r"]).Node("DynamicQuantizeLinear", ["r"], ["rq", "rs", "rz"]).Node("MatMulInteger", ["rq", "w", "rz", "wz"], ["j"]).Node("Cast", ["j"], ["g"], ("to", 1)).Node("Mul", ["g", "rs"], ["t"]).Node("Mul", ["t", "ws"], ["y"]).Output("y").Model();
        LoweringResult result = Near(model, random, 0.999);
        Assert.Equal(2, result.Graph!.Nodes.Count(n => n.Kind == OperatorKind.MatMul));
        string alone = OnnxLowering.Lower(new OnnxBytes().Input("x", OnnxType.Float, 4).Node("DynamicQuantizeLinear", ["x"], ["y", "s", "z"]).Output("y", OnnxType.UInt8).Model()).Error!;
        Assert.Equal("DynamicQuantizeLinear 'DynamicQuantizeLinear_y': steps that each request chooses are offered only where MatMulInteger or ConvInteger and the product with the scales follow, and then by calibration", alone);
    }

    private static void Exact(OnnxModel model)
    {
        var random = new Random(4);
        Dictionary<string, OnnxTensor> inputs = model.Inputs.ToDictionary(v => v.Name, v => v.Type == OnnxType.Bool
            ? OnnxTensor.FromLongs(v.Type, [.. v.Dims!.Select(d => (int)d!)], [.. Enumerable.Range(0, v.Dims!.Aggregate(1, (a, b) => a * (int)b!)).Select(_ => (long)random.Next(2))])
            : LoweringTesting.Random(random, v.Type, [.. v.Dims!.Select(d => (int)d!)]));
        Dictionary<string, OnnxTensor> got = LoweringTesting.Run(LoweringTesting.Lower(model), inputs);
        foreach ((string name, OnnxTensor tensor) in Expected(model, inputs)) Assert.Equal(tensor.Longs(), got[name].Longs());
    }

    private static IReadOnlyDictionary<string, OnnxTensor> Expected(OnnxModel model, Dictionary<string, OnnxTensor> inputs)
    {
        OnnxRun run = OnnxEvaluator.Run(model, inputs);
        return run.Outputs ?? throw new InvalidOperationException(run.Error);
    }

    private static LoweringResult Near(OnnxModel model, Random random, double cosine) =>
        Near(model, [.. Enumerable.Range(0, 2).Select(_ => model.Inputs.ToDictionary(v => v.Name, v => LoweringTesting.Random(random, v.Type, [.. v.Dims!.Select(d => (int)d!)])))], cosine);

    private static LoweringResult Near(OnnxModel model, Dictionary<string, OnnxTensor>[] inputs, double cosine)
    {
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        Assert.All(result.Accuracy, a => Assert.True(a.Cosine > cosine, a.ToString()));
        return result;
    }
}
