using Prozchain.AI.Engine;

namespace Prozchain.AI.Tests.Engine;

/// <summary>What cannot be computed exactly cannot be built.</summary>
public class IntervalTests
{
    private readonly IntegerGraphBuilder _graph = new(contextCapacity: 16);

    [Fact]
    public void MatMul_LongestSum_IsAcceptedAndOneMoreRefused()
    {
        IntegerValue longest = X([1, 65_536], -127, 127), longer = X([1, 65_537], -127, 127);
        Assert.Equal(1_057_030_144, _graph.MatMul(longest, Weights(65_536, 1)).Max);
        Assert.Contains("at most 65536", Refused(() => _graph.MatMul(longer, Weights(65_537, 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void MatMul_SumsThatLeaveTheField_AreRefused()
    {
        // 65,536 · 128 · 127 is (p - 1) / 2 of KoalaBear to the one.
        IntegerValue full = X([65_536], -128, 127);
        Assert.Equal(-1_065_353_216, _graph.MatMul(full, Weights(65_536, 1)).Min);
        Assert.Contains("1065353216", Refused(() => _graph.MatMul(full, Weights(65_536, 1), _graph.Constant([1], 1))), StringComparison.Ordinal);
        IntegerValue x = X([65_536], -127, 127), most = _graph.Constant([1_065_353_216 - 1_057_030_144], 1), more = _graph.Constant([1_065_353_217 - 1_057_030_144], 1);
        Assert.Equal(1_065_353_216, _graph.MatMul(x, Weights(65_536, 1), most).Max);
        Refused(() => _graph.MatMul(x, Weights(65_536, 1), more));
        Refused(() => _graph.MatMul(X([257], -32768, 32767, ElementType.I16), Weights(257, 1)));
    }

    [Fact]
    public void Weights_Of128_AreRefused() =>
        Assert.Contains("[-127, 127]", Refused(() => _graph.MatMul(X([1], -1, 1), _graph.Constant([(sbyte)-128], 1, 1))), StringComparison.Ordinal);

    [Fact]
    public void Conv_PadValue_CountsForTheInterval() =>
        Assert.Equal(-900, _graph.Conv(X([1, 3, 3], 0, 10), _graph.Constant([.. Enumerable.Repeat((sbyte)1, 9)], 1, 1, 3, 3), pads: [1, 1, 1, 1], padValue: -100).Min);

    [Fact]
    public void Intervals_FollowTheFormulas()
    {
        IntegerValue x = X([4], -100, 50);
        Assert.Equal((-50, 25), Ends(_graph.Requantise(x, 1, 1)));
        Assert.Equal((-45, 20), Ends(_graph.Requantise(x, 1, 1, 5, -127, 20)));
        Assert.Equal((-5000, 10000), Ends(_graph.Multiply(x, x)));
        Assert.Equal((-75, 75), Ends(_graph.AddScaled(x, 1, x, -1, 1)));
        Assert.Equal((-400, 200), Ends(_graph.ReduceSum(x, [0])));
        Assert.Equal((0, 3), Ends(_graph.ArgMax(x, 0)));
        Assert.Equal((-100, 99), Ends(_graph.Pad(x, [1], [0], 99)));
        Assert.Equal((0, 15), Ends(_graph.Positions(2)));
    }

    [Fact]
    public void Operators_ThatCouldOverflow_AreRefused()
    {
        IntegerValue wide = X([4], int.MinValue, int.MaxValue, ElementType.I32);
        Refused(() => _graph.Multiply(wide, wide));
        Refused(() => _graph.AddScaled(wide, int.MaxValue, wide, int.MaxValue, 62));
        Refused(() => _graph.ReduceSum(wide, [0]));
        Refused(() => _graph.Softmax(wide, int.MaxValue, 1));
        Refused(() => _graph.LayerNorm(wide, _graph.Constant([1, 1, 1, 1], 4), null, 1, 0));
        foreach (long extreme in new[] { long.MinValue, long.MaxValue, int.MinValue, 0 })
            Assert.False(_graph.TryAdd(OperatorKind.AddScaled, [wide, wide], [0, extreme, 1, 20, 0, -127, 127], out _, out _));
        Refused(() => _graph.Requantise(wide, 0, 1));
        Refused(() => _graph.Requantise(wide, 1, 63));
        Refused(() => _graph.Requantise(wide, 1, 1, 0, -129));
        Refused(() => _graph.Gather(wide, X([1], 0, 4)));
        Refused(() => _graph.MaxPool(X([1, 4, 4], -1, 1), [2, 2], pads: [2, 0, 0, 0]));
        Refused(() => _graph.MaxPool(X([1, 4, 4], -1, 1), [2, 2], strides: [1, 5], pads: [0, 0, 0, 4]));
        Refused(() => _graph.Positions(17));
        _graph.Positions(3);
        Refused(() => _graph.Positions(4));
    }

    [Fact]
    public void TryAdd_ExtremeAttributes_NeverThrows()
    {
        long[] extremes = [long.MinValue, long.MaxValue, int.MinValue, int.MaxValue, -1, 0, 1, 1L << 62];
        var random = new Random(5);
        foreach (OperatorKind kind in Enum.GetValues<OperatorKind>())
        {
            for (ulong seed = 0; seed < 8; seed++)
            {
                IntegerNode node = new RandomGraphs(seed).Of(kind).Nodes[0];
                for (int i = 0; i < 20 * node.Attributes.Length; i++)
                {
                    long[] attributes = node.Attributes.ToArray();
                    for (int j = random.Next(1, 3); j > 0; j--) attributes[random.Next(attributes.Length)] = extremes[random.Next(extremes.Length)];
                    Inferred made = OperatorRules.Infer(kind, node.Inputs, attributes, 12);
                    Assert.True(made.Error is not null || made.Type.Range().Contains(made.Range));
                }
            }
        }
    }

    [Fact]
    public void Values_OfAnotherGraph_AreRefused()
    {
        var other = new IntegerGraphBuilder();
        IntegerValue foreign = other.Input("x", ElementType.I8, [1], 0, 1, HostType.Int8);
        Assert.Throws<ArgumentException>(() => _graph.Multiply(foreign, foreign));
        Assert.Throws<ArgumentException>(() => _graph.Output("y", foreign, HostType.Int8));
        Assert.Throws<InvalidOperationException>(() => other.Build());
        Assert.Throws<ArgumentException>(() => other.Input("x", ElementType.I8, [1], 0, 1, HostType.Int8));
        Assert.Throws<ArgumentException>(() => other.Input("z", ElementType.I8, [0], 0, 1, HostType.Int8));
        Assert.Throws<ArgumentException>(() => other.Input("z", ElementType.I8, [1], 0, 128, HostType.Int8));
        Assert.Throws<ArgumentException>(() => other.Input("z", ElementType.I8, [1], 0, 1, HostType.Int8, scale: 0.5f));
    }

    private static (int Min, int Max) Ends(IntegerValue value) => (value.Min, value.Max);

    private static string Refused(Action build) => Assert.Throws<ArgumentException>(build).Message;

    private int _names;

    private IntegerValue X(int[] shape, int min, int max, ElementType type = ElementType.I8) => _graph.Input($"x{_names++}", type, shape, min, max, HostType.Int32);

    private IntegerValue Weights(int rows, int columns) => _graph.Constant([.. Enumerable.Repeat((sbyte)127, rows * columns)], rows, columns);
}
