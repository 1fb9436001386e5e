using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Integer operators with random zero points, -128 and all types, against the evaluator: equal but for ties.</summary>
public class QuantisedLoweringTests
{
    [Theory]
    [InlineData(OnnxType.UInt8, OnnxType.Int8, OnnxType.Int8)]
    [InlineData(OnnxType.UInt8, OnnxType.UInt8, OnnxType.UInt8)]
    [InlineData(OnnxType.Int8, OnnxType.UInt8, OnnxType.UInt8)]
    [InlineData(OnnxType.Int8, OnnxType.Int8, OnnxType.Int8)]
    public void MatMul_AnyZeroPoints_EqualsTheSource(OnnxType a, OnnxType b, OnnxType y)
    {
        var random = new Random(1);
        for (int round = 0; round < 12; round++)
        {
            int m = random.Next(1, 9), k = random.Next(1, 70), n = random.Next(1, 20);
            bool perColumn = round % 3 == 1 && y == b;
            OnnxBytes Common() => Steps(new OnnxBytes(), random, "a", a, 1).Input("a", a, m, k);
            OnnxBytes exact = Common().Constant("b", LoweringTesting.Random(random, b, k, n)).Constant("bz", LoweringTesting.Random(random, b, perColumn ? n : 1))
                .Node("MatMulInteger", ["a", "b", "az", "bz"], ["y"]).Output("y", OnnxType.Int32);
            Compare(exact.Model(), random, 0);
            OnnxBytes rounded = Steps(Steps(Common(), random, "b", b, perColumn ? n : 1), random, "y", y, 1).Constant("b", LoweringTesting.Random(random, b, k, n))
                .Node("QLinearMatMul", ["a", "as", "az", "b", "bs", "bz", "ys", "yz"], ["y"]).Output("y", y);
            Compare(rounded.Model(), random, 0);
            OnnxBytes between = Steps(Steps(Common(), random, "b", b, 1), random, "y", y, 1).Input("b", b, k, n)
                .Node("QLinearMatMul", ["a", "as", "az", "b", "bs", "bz", "ys", "yz"], ["y"]).Output("y", y);
            if (m > 1) Compare(between.Model(), random, 0);
        }
    }

    [Theory]
    [InlineData(OnnxType.UInt8, OnnxType.Int8)]
    [InlineData(OnnxType.UInt8, OnnxType.UInt8)]
    [InlineData(OnnxType.Int8, OnnxType.Int8)]
    public void Conv_PadsGroupsAndZeroPoints_EqualsTheSource(OnnxType x, OnnxType w)
    {
        var random = new Random(2);
        for (int round = 0; round < 12; round++)
        {
            int groups = 1 + (round % 2), channels = groups * random.Next(1, 4), filters = groups * random.Next(1, 5), kernel = random.Next(1, 4);
            bool line = round % 4 == 3;
            int[] image = line ? [1, channels, 11] : [1, channels, random.Next(4, 9), random.Next(4, 9)], weights = line ? [filters, channels / groups, kernel] : [filters, channels / groups, kernel, kernel];
            int spatial = image.Length - 2;
            (string, object)[] attributes =
            [
                ("group", groups), ("pads", Enumerable.Range(0, 2 * spatial).Select(_ => random.Next(0, 2)).ToArray()),
                ("strides", Enumerable.Range(0, spatial).Select(_ => random.Next(1, 3)).ToArray()), ("dilations", Enumerable.Range(0, spatial).Select(_ => 1).ToArray()),
            ];
            OnnxBytes Common() => Steps(Steps(new OnnxBytes(), random, "x", x, 1), random, "w", w, round % 3 == 1 ? filters : 1).Constant("w", LoweringTesting.Random(random, w, weights)).Input("x", x, image);
            Compare(Common().Node("ConvInteger", ["x", "w", "xz", "wz"], ["y"], attributes).Output("y", OnnxType.Int32).Model(), random, 0);
            OnnxTensor bias = OnnxTensor.FromLongs(OnnxType.Int32, [filters], [.. Enumerable.Range(0, filters).Select(_ => random.NextInt64(-5000, 5000))]);
            OnnxBytes rounded = Steps(Common(), random, "y", x, 1).Constant("b", bias).Node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"], attributes).Output("y", x);
            Compare(rounded.Model(), random, 0);
        }
    }

    [Fact]
    public void Requantise_Tie_GoesUpWhereTheSourceGoesToEven()
    {
        // Ratio 1/2: sums 1, 3, 5, -1, -3 lie between two integers.
        OnnxModel model = new OnnxBytes().Input("a", OnnxType.Int8, 5, 1).Constant("s", [1], 1).Constant("ys", [2], 1)
            .Constant("z", OnnxTensor.FromLongs(OnnxType.Int8, [1], [0])).Constant("b", OnnxTensor.FromLongs(OnnxType.Int8, [1, 1], [1]))
            .Node("QLinearMatMul", ["a", "s", "z", "b", "s", "z", "ys", "z"], ["y"]).Output("y", OnnxType.Int8).Model();
        var inputs = new Dictionary<string, OnnxTensor> { ["a"] = OnnxTensor.FromLongs(OnnxType.Int8, [5, 1], [1, 3, 5, -1, -3]) };
        Assert.Equal([0, 2, 2, 0, -2], OnnxEvaluator.Run(model, inputs).Outputs!["y"].Longs());
        Assert.Equal([1, 2, 3, 0, -1], LoweringTesting.Run(LoweringTesting.Lower(model), inputs)["y"].Longs());
    }

    [Fact]
    public void QuantiseDequantise_Network_EqualsTheSourceButForTies()
    {
        var random = new Random(3);
        for (int round = 0; round < 6; round++)
        {
            OnnxType type = round % 2 == 0 ? OnnxType.UInt8 : OnnxType.Int8;
            var bytes = new OnnxBytes().Input("x", OnnxType.Float, 1, 3, 8, 8);
            Steps(bytes, random, "x", type, 1);
            Steps(bytes, random, "c", type, 1);
            Steps(bytes, random, "d", type, 1);
            Steps(bytes, random, "g", type, 1);
            bytes.Constant("w", LoweringTesting.Random(random, OnnxType.Int8, 4, 3, 3, 3)).Constant("ws", Scales(random, 4)).Constant("wz", OnnxTensor.Zeros(OnnxType.Int8, 4))
                .Constant("v", LoweringTesting.Random(random, OnnxType.Int8, 64, 5)).Constant("vs", Scales(random, 1)).Constant("vz", OnnxTensor.Zeros(OnnxType.Int8, 1))
                .Node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]).Node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"])
                .Node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], ("axis", 0))
                .Node("Conv", ["xd", "wd"], ["c"], ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", ["c"], ["r"])
                .Node("QuantizeLinear", ["r", "cs", "cz"], ["cq"]).Node("DequantizeLinear", ["cq", "cs", "cz"], ["cd"])
                .Node("MaxPool", ["cd"], ["p"], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })).Node("Sigmoid", ["p"], ["s"])
                .Node("QuantizeLinear", ["s", "ds", "dz"], ["sq"]).Node("DequantizeLinear", ["sq", "ds", "dz"], ["sd"]).Node("Flatten", ["sd"], ["f"])
                .Node("DequantizeLinear", ["v", "vs", "vz"], ["vd"]).Node("MatMul", ["f", "vd"], ["m"])
                .Node("QuantizeLinear", ["m", "gs", "gz"], ["y"]).Node("DequantizeLinear", ["y", "gs", "gz"], ["real"]).Output("y", type).Output("real");
            OnnxModel model = bytes.Model();
            IntegerGraph graph = LoweringTesting.Lower(model);
            var inputs = new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(random, OnnxType.Float, 1, 3, 8, 8) };
            OnnxRun expected = OnnxEvaluator.Run(model, inputs);
            Assert.Null(expected.Error);
            Dictionary<string, OnnxTensor> got = LoweringTesting.Run(graph, inputs);
            Assert.Null(OnnxCompare.Difference(expected.Outputs!["y"], got["y"]));
            Assert.Null(OnnxCompare.Difference(expected.Outputs["real"], got["real"], 1e-6, 1e-6));
        }
    }

    [Fact]
    public void Lower_NotOffered_NamesOperatorAndNode()
    {
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 4).Node("Det", ["x"], ["y"]).Output("y").Model();
        Assert.Equal("Det 'Det_y': operator Det is not offered", OnnxLowering.Lower(model).Error);
        model = new OnnxBytes().Input("x", OnnxType.Float, 4).Node("CumSum", ["x", "axis"], ["y"]).Constant("axis", OnnxTensor.FromLongs(OnnxType.Int64, [], [0])).Output("y").Model();
        Assert.Equal("CumSum 'CumSum_y': operator CumSum is not lowered", OnnxLowering.Lower(model).Error);
        model = new OnnxBytes().Input("x", OnnxType.Float, 4).Node("Relu", ["x"], ["y"]).Output("y").Model();
        Assert.Contains("input 'x', read by Relu 'Relu_y': value 'x' has no quantisation", OnnxLowering.Lower(model).Error, StringComparison.Ordinal);
        OnnxTensor zeros = OnnxTensor.Zeros(OnnxType.Int8, 1 << 17, 1);
        model = new OnnxBytes().Input("x", OnnxType.Int8, 1, 1 << 17).Constant("w", zeros).Node("MatMulInteger", ["x", "w"], ["y"]).Output("y", OnnxType.Int32).Model();
        string error = OnnxLowering.Lower(model).Error!;
        Assert.StartsWith("MatMulInteger 'MatMulInteger_y': ", error, StringComparison.Ordinal);
        Assert.Contains("65536", error, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OnnxLowering.Lower(model, new LoweringOptions { Percentile = 0 }));
    }

    [Fact]
    public void Lower_HostileModel_GivesAResult()
    {
        byte[][] models = [.. OnnxCase.All("node-tests").Where(c => c.Model.Length < 1200 && !c.Name.Contains("expanded", StringComparison.Ordinal)).Where((_, i) => i % 3 == 0).Select(c => c.Model)];
        HostileBytes.Feed(models, bytes =>
        {
            if (OnnxModel.ReadAsync(new MemoryStream(bytes.ToArray())).AsTask().GetAwaiter().GetResult().Model is not { } model) return;
            var random = new Random(1);
            var inputs = new Dictionary<string, OnnxTensor>();
            foreach (OnnxValue input in model.Inputs)
                if (input.Type.IsOffered() && input.Dims is not null && input.Dims.Aggregate(1.0, (a, b) => a * (b ?? 1)) <= 4096) inputs[input.Name] = LoweringTesting.Random(random, input.Type, [.. input.Dims.Select(d => (int)(d ?? 1))]);
            LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [inputs], Constants = inputs.Skip(1).ToDictionary() });
            Assert.NotEqual(result.Graph is null, result.Error is null);
        }, 1_500);
    }

    private static OnnxBytes Steps(OnnxBytes bytes, Random random, string name, OnnxType type, int count) =>
        bytes.Constant($"{name}s", Scales(random, count)).Constant($"{name}z", name == "y" || count == 1 ? LoweringTesting.Random(random, type, 1).Reshaped(1) : LoweringTesting.Random(random, type, count));

    private static OnnxTensor Scales(Random random, int count) => OnnxTensor.Of([.. Enumerable.Range(0, count).Select(_ => 0.005f + (random.NextSingle() * 0.03f))], count);

    private static void Compare(OnnxModel model, Random random, int differences)
    {
        IntegerGraph graph = LoweringTesting.Lower(model);
        Dictionary<string, OnnxTensor> inputs = model.Inputs.ToDictionary(v => v.Name, v => LoweringTesting.Random(random, v.Type, [.. v.Dims!.Select(d => (int)d!)]));
        OnnxRun expected = OnnxEvaluator.Run(model, inputs);
        Assert.Null(expected.Error);
        OnnxTensor got = LoweringTesting.Run(graph, inputs)["y"];
        long[] e = expected.Outputs!["y"].Longs(), g = got.Longs();
        Assert.Equal(e.Length, g.Length);
        Assert.Equal(differences, e.Zip(g).Count(pair => pair.First != pair.Second));
    }
}
