using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Operators of ONNX Runtime's own: a model that has them lowers to what the standard operators give.</summary>
public class RuntimeOperatorTests
{
    private const string Domain = "com.microsoft";
    private readonly Random _random = new(1);

    [Fact]
    public void Lower_QuantisedOperators_EqualTheirDefinition()
    {
        OnnxModel model = Steps(new OnnxBytes(), "a", "b", "c", "d", "e", "f").Input("a", OnnxType.UInt8, 1, 4, 6, 6).Input("b", OnnxType.UInt8, 1, 4, 6, 6)
            .Node(Domain, "QLinearAdd", ["a", "as", "az", "b", "bs", "bz", "cs", "cz"], ["c"], []).Node(Domain, "QLinearSigmoid", ["c", "cs", "cz", "ds", "dz"], ["d"], [])
            .Node(Domain, "QLinearMul", ["c", "cs", "cz", "d", "ds", "dz", "es", "ez"], ["e"], []).Node(Domain, "QLinearConcat", ["fs", "fz", "e", "es", "ez", "c", "cs", "cz"], ["f"], [("axis", 1)])
            .Node(Domain, "QLinearGlobalAveragePool", ["f", "fs", "fz", "as", "az"], ["g"], [("channels_last", 0)]).Output("f", OnnxType.UInt8).Output("g", OnnxType.UInt8).Model();
        Dictionary<string, OnnxTensor> inputs = new() { ["a"] = LoweringTesting.Random(_random, OnnxType.UInt8, 1, 4, 6, 6), ["b"] = LoweringTesting.Random(_random, OnnxType.UInt8, 1, 4, 6, 6) };
        Dictionary<string, OnnxTensor> got = LoweringTesting.Run(LoweringTesting.Lower(model), inputs);
        long[] a = inputs["a"].Longs(), b = inputs["b"].Longs(), c = [.. a.Zip(b).Select(p => Quantise(Real("a", p.First) + Real("b", p.Second), "c"))], d = [.. c.Select(v => Quantise(1 / (1 + Math.Exp(-Real("c", v))), "d"))];
        long[] e = [.. c.Zip(d).Select(p => Quantise(Real("c", p.First) * Real("d", p.Second), "e"))], f = [.. e.Select(v => Quantise(Real("e", v), "f")), .. c.Select(v => Quantise(Real("c", v), "f"))];
        // A tie of the source may be rounded the other way, and then once more behind it.
        Assert.All(f.Zip(got["f"].Longs()), p => Assert.InRange(p.Second, p.First - 1, p.First + 1));
        Assert.InRange(f.Zip(got["f"].Longs()).Count(p => p.First != p.Second), 0, f.Length / 100);
        long[] means = [.. f.Chunk(36).Select(plane => Quantise(plane.Average(v => Real("f", v)), "a"))];
        Assert.All(means.Zip(got["g"].Longs()), p => Assert.InRange(p.Second, p.First - 1, p.First + 1));
    }

    /// <summary>As a runtime fuses a transformer: norms with the sum before them, GELU with its bias, products that quantise on the way.</summary>
    [Fact]
    public void Lower_FusedOperators_AreNearTheStandardOnes()
    {
        OnnxBytes Common() => new OnnxBytes().Input("x", OnnxType.Float, 1, 6, 32).Constant("g", [.. Enumerable.Range(0, 32).Select(_ => 0.5f + _random.NextSingle())], 32).Constant("z", [.. Enumerable.Range(0, 32).Select(i => i / 32f)], 32);
        OnnxTensor weights = LoweringTesting.Random(_random, OnnxType.Int8, 32, 32), scale = OnnxTensor.FromDoubles(OnnxType.Float, [1], [0.002]);
        Dictionary<string, OnnxTensor>[] inputs = [.. Enumerable.Range(0, 3).Select(_ => new Dictionary<string, OnnxTensor> { ["x"] = LoweringTesting.Random(_random, OnnxType.Float, 1, 6, 32) })];
        OnnxModel model = Common().Constant("w", weights).Constant("s", scale)
            .Node(Domain, "DynamicQuantizeMatMul", ["x", "w", "s", "", "z"], ["a"], []).Node(Domain, "BiasGelu", ["a", "z"], ["b"], []).Node(Domain, "SkipLayerNormalization", ["b", "x", "g", "z", "z"], ["c", "", "", "sum"], [("epsilon", 1e-5f)])
            .Node(Domain, "FastGelu", ["c"], ["d"], []).Node(Domain, "SkipSimplifiedLayerNormalization", ["d", "sum", "g"], ["e"], []).Node(Domain, "QuickGelu", ["e"], ["f"], []).Node("SimplifiedLayerNormalization", ["f", "g"], ["h"], ("epsilon", 1e-6f))
            .Node("DynamicQuantizeLinear", ["h"], ["hq", "hs", "hz"]).Node(Domain, "MatMulIntegerToFloat", ["hq", "w", "hs", "s", "hz"], ["y"], []).Output("y").Model();
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        Assert.All(result.Accuracy, a => Assert.True(a.Cosine > 0.998, a.ToString()));
        OnnxModel unknown = Common().Node(Domain, "MoE", ["x", "g"], ["y"], []).Output("y").Model();
        Assert.Contains("MoE 'MoE_y': operator com.microsoft.MoE is not", OnnxLowering.Lower(unknown, new LoweringOptions { Calibration = inputs }).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    public void Lower_WeightsInBlocks_AreTheirNumbers(int bits, bool zeroPoints)
    {
        const int rows = 40, columns = 6, block = 16, blocks = 3;
        int perByte = 8 / bits, top = 1 << bits;
        int[] numbers = [.. Enumerable.Range(0, columns * blocks * block).Select(_ => _random.Next(top))], zeros = [.. Enumerable.Range(0, columns * blocks).Select(_ => zeroPoints ? _random.Next(top) : top / 2)];
        float[] scales = [.. Enumerable.Range(0, columns * blocks).Select(_ => 0.01f + (_random.NextSingle() * 0.01f))];
        byte[] packed = [.. numbers.Chunk(perByte).Select(part => (byte)(part[0] | (perByte == 2 ? part[1] << 4 : 0)))];
        byte[] packedZeros = [.. zeros.Chunk(blocks).SelectMany(row => row.Chunk(perByte).Select(part => (byte)(part[0] | (part.Length == 2 ? part[1] << 4 : 0))))];
        OnnxBytes bytes = new OnnxBytes().Input("x", OnnxType.Float, 1, rows).Constant("w", OnnxTensor.Of(OnnxType.UInt8, packed, columns, blocks, block / perByte)).Constant("s", scales, columns * blocks).Constant("z", OnnxTensor.Of(OnnxType.UInt8, packedZeros, packedZeros.Length));
        OnnxModel model = bytes.Node(Domain, "MatMulNBits", zeroPoints ? ["x", "w", "s", "z"] : ["x", "w", "s"], ["y"], [("K", rows), ("N", columns), ("bits", bits), ("block_size", block)]).Output("y").Model();
        OnnxTensor x = LoweringTesting.Random(_random, OnnxType.Float, 1, rows);
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { ["x"] = x }] });
        Assert.True(result.Graph is not null, result.Error);
        float[] values = x.Floats(), got = LoweringTesting.Run(result.Graph, new Dictionary<string, OnnxTensor> { ["x"] = x })["y"].Floats();
        for (int n = 0; n < columns; n++)
        {
            double expected = Enumerable.Range(0, rows).Sum(k => values[k] * (numbers[(n * blocks * block) + k] - zeros[(n * blocks) + (k / block)]) * (double)scales[(n * blocks) + (k / block)]);
            Assert.InRange(got[n], expected - (0.02 * top / 16), expected + (0.02 * top / 16));
        }
    }

    private static double Scale(string name) => 0.01f + ((name[0] - 'a') * 0.004f);

    private static long Zero(string name) => 100 + (7 * (name[0] - 'a'));

    private static double Real(string name, long number) => (number - Zero(name)) * (double)(float)Scale(name);

    private static long Quantise(double real, string name) => (long)Math.Clamp(Math.Round(real / (float)Scale(name), MidpointRounding.ToEven) + Zero(name), 0, 255);

    private static OnnxBytes Steps(OnnxBytes bytes, params string[] names)
    {
        foreach (string name in names) bytes.Constant($"{name}s", OnnxTensor.FromDoubles(OnnxType.Float, [], [Scale(name)])).Constant($"{name}z", OnnxTensor.FromLongs(OnnxType.UInt8, [], [Zero(name)]));
        return bytes;
    }
}
