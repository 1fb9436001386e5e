using System.Runtime.InteropServices;
using Prozchain.AI.Engine;

namespace Prozchain.AI.Tests.Engine;

public class BorderTests
{
    [Fact]
    public void Quantise_TiesAndExtremes_RoundAsOnnx()
    {
        Border border = Make(ElementType.I8, -128, 127, HostType.Float32, 0.5f, 3);
        float[] real = [0.25f, 0.75f, -0.25f, -0.75f, 1.25f, 1000, -1000, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f];
        var elements = new sbyte[real.Length];
        border.Quantise(real, MemoryMarshal.AsBytes(elements.AsSpan()));
        Assert.Equal([3, 5, 3, 1, 5, 127, -128, 3, 127, -128, 3], elements);
        var back = new float[2];
        border.Dequantise(MemoryMarshal.AsBytes(elements.AsSpan(0, 2)), back);
        Assert.Equal([0f, 1f], back);
    }

    [Theory]
    [InlineData(ElementType.I8, 127)]
    [InlineData(ElementType.I16, 32767)]
    [InlineData(ElementType.I32, int.MaxValue)]
    public void Quantise_Integers_ShiftAndSaturate(ElementType type, int max)
    {
        Border border = Make(type, -max, max, HostType.UInt8, 1, -128);
        long[] numbers = [0, 128, 255, long.MaxValue, long.MinValue], back = new long[5];
        var elements = new byte[numbers.Length * (1 << (int)type)];
        border.Quantise(numbers, elements);
        Assert.Equal([Math.Max(-128, -max), 0, 127, max, -max], NaiveGraph.Read(type, elements));
        border.Dequantise(elements, back);
        Assert.Equal(128, back[1]);
        Assert.Equal(-1, border.FindOutside(elements));
        NaiveGraph.Write(type, [-max - 1L]).CopyTo(elements.AsSpan(1 << (int)type));
        Assert.Equal(1, border.FindOutside(elements));
        Assert.Throws<ArgumentException>(() => border.Quantise(numbers, elements.AsSpan(1)));
    }

    private static Border Make(ElementType type, int min, int max, HostType host, float scale, int zeroPoint)
    {
        var graph = new IntegerGraphBuilder();
        graph.Output("y", graph.Input("x", type, [5], min, max, host, scale, zeroPoint), HostType.Int32);
        return graph.Build().Inputs[0];
    }
}
