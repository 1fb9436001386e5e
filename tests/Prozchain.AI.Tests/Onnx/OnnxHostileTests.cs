using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Lowering;

namespace Prozchain.AI.Tests.Onnx;

/// <summary>Small models that ask for what no machine has: years, more memory than there is, a stack without end. Each gets a result that names the node.</summary>
public class OnnxHostileTests
{
    private static readonly OnnxTensor s_one = OnnxTensor.FromLongs(OnnxType.Int64, [1], [1]);

    [Theory]
    [InlineData("Reshape", "dimensions is above 64")]
    [InlineData("Expand", "dimensions is above 64")]
    public void Run_MillionDimensions_IsRefused(string type, string reason) =>
        AssertRefused(Wide().Node(type, ["x", "wide"], ["y"]).Node("Transpose", ["y"], ["z"]).Output("z"), reason);

    [Fact]
    public void Run_EquationThatRepeatsALetter_IsRefused() =>
        AssertRefused(Base().Node("Einsum", ["x"], ["y"], ("equation", $"a->{new string('a', 1 << 19)}")).Output("y"), "names a letter twice");

    [Fact]
    public void Run_ManyOperandsOfOneEquation_IsRefused()
    {
        string[] inputs = [.. Enumerable.Repeat("big", 64)];
        AssertRefused(Big(1 << 23).Node("Einsum", inputs, ["y"], ("equation", $"{string.Join(',', inputs.Select(_ => "a"))}->a")).Output("y"), "64 operands over");
    }

    [Theory]
    [InlineData("a,b->a")]
    [InlineData("a,b->b")]
    public void Run_YearsOfProducts_IsRefusedBeforeTheyBegin(string equation) =>
        AssertRefused(Big(1 << 23).Node("Einsum", ["big", "big"], ["y"], ("equation", equation)).Output("y"), "products are above");

    [Fact]
    public void Run_Attention_IsBoundedByItsScores()
    {
        OnnxTensor shape = OnnxTensor.Indices(1, 1, 1 << 15, 1);
        AssertRefused(Base().Constant("s", shape).Node("ConstantOfShape", ["s"], ["q"], ("value", OnnxTensor.Of([1f], 1))).Node("Attention", ["q", "q", "q"], ["y"]).Output("y"), "scores of 32768 queries");
    }

    [Fact]
    public void Run_RepeatedAxes_AreRefused()
    {
        OnnxTensor many = OnnxTensor.Indices(new long[1000]), ends = OnnxTensor.Indices([.. Enumerable.Repeat(1L, 1000)]);
        AssertRefused(Base().Constant("m", many).Constant("e", ends).Node("Slice", ["x", "m", "e", "m"], ["y"]).Output("y"), "axes are more than");
        AssertRefused(Base().Constant("m", many).Constant("e", OnnxTensor.Indices(new long[2000])).Node("Pad", ["x", "e", "", "m"], ["y"]).Output("y"), "axes are more than");
    }

    [Fact]
    public void Run_HugeResults_AreRefused()
    {
        OnnxTensor sizes = OnnxTensor.Indices([.. Enumerable.Repeat((long)OnnxLimits.MaxElements, 32)]), ones = OnnxTensor.Indices([.. Enumerable.Repeat(1L, 32)]);
        AssertRefused(Base().Constant("o", ones).Constant("s", sizes).Node("Reshape", ["x", "o"], ["r"]).Node("Resize", ["r", "", "", "s"], ["y"]).Output("y"), "places along its axes");
        AssertRefused(Base().Constant("p", OnnxTensor.Indices(OnnxLimits.MaxElements, OnnxLimits.MaxElements)).Node("Pad", ["x", "p"], ["y"]).Output("y"), "do not fit");
        AssertRefused(Base().Constant("z", OnnxTensor.Zeros(OnnxType.Float, 0)).Constant("n", OnnxTensor.Indices(-2, 0)).Node("Reshape", ["z", "n"], ["e"], ("allowzero", 1)).Output("e"), "negative dimension");
        AssertRefused(Base().Node("Cast", ["x"], ["y"], ("to", 257)).Output("y"), "type Undefined is not offered");
    }

    [Fact]
    public void Run_ManyResultsOfOneTensor_AreRefused()
    {
        string[] inputs = [.. Enumerable.Repeat("big", 40)];
        OnnxTensor flat = OnnxTensor.Indices([1 << 23, .. Enumerable.Repeat(1L, 39)]), square = OnnxTensor.Indices(1 << 12, 1 << 11);
        AssertRefused(Big(1 << 23).Constant("f", flat).Node("Reshape", ["big", "f"], ["r"]).Node("Cast", ["r"], ["c"], ("to", 9)).Node("Not", ["c"], ["t"]).Node("NonZero", ["t"], ["y"]).Output("y"), "places of 40 dimensions");
        AssertRefused(Base().Constant("s", square).Node("ConstantOfShape", ["s"], ["big"]).Node("Einsum", inputs, ["y"], ("equation", $"{string.Join(',', inputs.Select(_ => "ab"))}->a")).Output("y"), "40 operands over");
        AssertRefused(Base().Constant("s", OnnxTensor.Indices([1, .. new long[1_000_000]])).Node("Split", ["x", "s"], ["a", "y"]).Output("y"), "in 2 outputs");
    }

    /// <summary>A zero point that its type does not have would come in millions of parts.</summary>
    [Fact]
    public void Lower_ZeroPointOutsideItsType_IsRefused()
    {
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 1).Constant("w", OnnxTensor.FromLongs(OnnxType.Int8, [1, 1], [1])).Constant("s", [1f], 1).Constant("z", OnnxTensor.FromLongs(OnnxType.Int32, [1], [5_000_000]))
            .Node("DequantizeLinear", ["w", "s", "z"], ["d"]).Node("MatMul", ["x", "d"], ["y"]).Output("y").Model();
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1f], 1, 1) }] });
        Assert.Equal("MatMul 'MatMul_y': a zero point is outside Int8", result.Error);
    }

    [Fact]
    public void Budget_Spent_EndsTheRun()
    {
        var budget = new OnnxBudget();
        for (int i = 0; i < 4; i++) budget.Spend(OnnxLimits.MaxNodeSteps);
        Assert.Throws<OnnxRefusal>(() => budget.Spend(1));
        Assert.Throws<OnnxRefusal>(() => new OnnxBudget().Spend(OnnxLimits.MaxNodeSteps + 1.0));
        Assert.Throws<OperationCanceledException>(() => new OnnxBudget(new CancellationToken(true)).Spend(1));
    }

    /// <summary>A chain of operators is no recursion: on a small stack each gets a graph or a reason.</summary>
    [Theory]
    [InlineData("Tanh")]
    [InlineData("Identity")]
    [InlineData("Add")]
    [InlineData("Mul")]
    [InlineData("Cos")]
    [InlineData("Reshape")]
    public void Lower_LongChain_NeedsNoStack(string type)
    {
        const int length = 3000;
        bool numbers = type == "Reshape";
        OnnxBytes bytes = new OnnxBytes().Input("v0", numbers ? OnnxType.Int64 : OnnxType.Float, 2).Input("x", OnnxType.Float, 2).Constant("two", OnnxTensor.Indices(2)).Constant("table", new float[16], 8, 2);
        for (int i = 0; i < length; i++) bytes.Node(type, type is "Add" or "Mul" ? [$"v{i}", "x"] : numbers ? [$"v{i}", "two"] : [$"v{i}"], [$"v{i + 1}"]);
        OnnxModel model = (numbers ? bytes.Node("Gather", ["table", $"v{length}"], ["y"]) : bytes.Node("Softmax", [$"v{length}"], ["y"])).Output("y").Model();
        var inputs = new Dictionary<string, OnnxTensor> { ["v0"] = numbers ? OnnxTensor.Indices(1, 2) : OnnxTensor.Of([0.5f, 0.25f], 2), ["x"] = OnnxTensor.Of([0.001f, 0.002f], 2) };
        LoweringResult? result = null;
        var thread = new Thread(() => result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [inputs] }), 192 * 1024);
        thread.Start();
        thread.Join();
        Assert.NotEqual(result!.Graph is null, result.Error is null);
    }

    /// <summary>A node that leaves out an output and an input does not follow from itself.</summary>
    [Fact]
    public void Lower_LeftOutNames_AreNoValue()
    {
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Float, 1, 4).Node("Clip", ["x", "", ""], ["c"]).Node("Split", ["c", ""], ["", "y"], ("axis", 1)).Output("y").Model(18);
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1, 2, 3, 4], 1, 4) }] });
        Assert.True(result.Graph is not null, result.Error);
        Assert.Equal([3, 4], LoweringTesting.Run(result.Graph, new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1, 2, 3, 4], 1, 4) })["y"].Floats().Select(v => MathF.Round(v)));
    }

    [Fact]
    public void Read_TooManyAttributes_IsRefused()
    {
        byte[] node = OnnxBytes.Message(OnnxBytes.Field(4, "Relu"), OnnxBytes.Field(5, OnnxBytes.Field(1, "a")), OnnxBytes.Field(5, OnnxBytes.Field(1, "b")));
        int left = 2;
        Assert.Equal(OnnxStatus.Ok, OnnxMessages.TryNode(node, 0, 0, ref left, out _, out _));
        left = 1;
        Assert.Equal(OnnxStatus.LimitExceeded, OnnxMessages.TryNode(node, 0, 0, ref left, out OnnxNode? made, out long at));
        Assert.Null(made);
        Assert.InRange(at, 1, node.Length);
    }

    [Fact]
    public void Lower_BatchOfMillions_IsRefused()
    {
        OnnxModel model = new OnnxBytes().Input("x", OnnxType.Int8, 1 << 22, 1).Constant("w", LoweringTesting.Random(new Random(1), OnnxType.Int8, 1, 1)).Node("MatMulInteger", ["x", "w"], ["y"]).Output("y", OnnxType.Int32).Model();
        Assert.Equal($"a batch of {1 << 22} members is above 4096", OnnxLowering.Lower(model, new LoweringOptions { Batched = true }).Error);
    }

    private static OnnxBytes Base() => new OnnxBytes().Input("x", OnnxType.Float, 1);

    private static OnnxBytes Wide() => Base().Constant("n", OnnxTensor.Indices(1_000_000)).Node("ConstantOfShape", ["n"], ["wide"], ("value", s_one));

    private static OnnxBytes Big(int count) => Base().Constant("n", OnnxTensor.Indices(count)).Node("ConstantOfShape", ["n"], ["big"], ("value", OnnxTensor.FromLongs(OnnxType.Int8, [1], [0])));

    private static void AssertRefused(OnnxBytes bytes, string reason)
    {
        OnnxRun run = OnnxEvaluator.Run(bytes.Model(23), new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1f], 1) });
        Assert.Null(run.Outputs);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }
}
