using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Convolutions, on every kind of lanes, against their definition.</summary>
public class ConvolutionTests
{
    [Fact]
    public void Run_RandomShapes_AreTheDefinition()
    {
        static void Body()
        {
            var random = new SeededRandom(21);
            foreach (DotKind kind in KernelData.Kinds)
                for (int i = 0; i < 70; i++)
                {
                    Check<sbyte>(random, RandomShape(random), random.Next(1, 4), kind);
                    if (DotKinds.TakesShorts(kind)) Check<short>(random, RandomShape(random), random.Next(1, 3), kind);
                }
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(7, 2, 3)]
    [InlineData(1, 2, 0)]
    public void Run_ShapesOfResNets_AreTheDefinition(int taps, int stride, int pad)
    {
        var random = new SeededRandom(22);
        ConvolutionShape shape = Square(11, 33, 28, taps, stride, pad);
        foreach (DotKind kind in KernelData.Kinds)
        {
            Check<sbyte>(random, shape, 1, kind);
            Check<sbyte>(random, shape with { Window = shape.Window with { Height = 7, Width = 7 } }, 13, kind);
        }
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(5, 2, 1)]
    [InlineData(4, 1, 3)]
    [InlineData(2, 3, 1)]
    public void Run_EachChannelByItself_IsTheDefinition(int taps, int stride, int dilation)
    {
        var random = new SeededRandom(23);
        ConvolutionShape shape = Square(6, 6, 37, taps, stride, 1) with { Groups = 6, PadValue = -5 };
        shape = shape with { Window = shape.Window with { DilationHeight = dilation, DilationWidth = dilation } };
        foreach (DotKind kind in KernelData.Kinds)
        {
            Check<sbyte>(random, shape, 2, kind);
            if (DotKinds.TakesShorts(kind)) Check<short>(random, shape, 1, kind);
        }
    }

    [Fact]
    public unsafe void Run_EmulatedBytes_IsTheDefinition()
    {
        var random = new SeededRandom(24);
        for (int i = 0; i < 40; i++)
        {
            ConvolutionShape shape = RandomShape(random);
            sbyte[] x = KernelData.Values<sbyte>(random, shape.InElements), w = KernelData.Weights(random, shape.OutChannels * shape.Depth);
            int[] expected = new int[shape.OutElements], y = new int[shape.OutElements];
            ScalarWindows.Convolve<sbyte>(x, shape, w, default, expected);
            ConvolutionWeights weights = ConvolutionWeights.For<EmulatedLanes<LikeVnni>>(w, shape);
            var memory = new byte[ConvolutionKernel<EmulatedLanes<LikeVnni>>.ScratchBytes(shape, 1, 1)];
            fixed (sbyte* from = x)
            fixed (int* into = y)
            fixed (byte* bytes = memory)
            {
                var scratch = new Scratch(bytes, memory.Length);
                int units = ConvolutionKernel<EmulatedLanes<LikeVnni>>.Plan(shape, 1).Units;
                ConvolutionKernel<EmulatedLanes<LikeVnni>>.Run(from, from + x.Length, 1, weights, default, default, into, 0, units, -1, ref scratch);
            }
            Assert.Equal(expected, y);
        }
    }

    [Fact]
    public void Run_NothingAfterWarmUp_IsAllocated()
    {
        var random = new SeededRandom(25);
        foreach (int groups in new[] { 1, 2, 16 })
        {
            ConvolutionShape shape = Square(16, 16, 14, 3, 1, 1) with { Groups = groups };
            var weights = new ConvolutionWeights(KernelData.Weights(random, shape.OutChannels * shape.Depth), shape);
            sbyte[] x = KernelData.Values<sbyte>(random, shape.InElements * 2), y = new sbyte[shape.OutElements * 2];
            byte[] scratch = new byte[Convolution.ScratchBytes(weights, 2)];
            (int[] multipliers, byte[] shifts) = KernelData.Scales(random, 16, wide: false);
            AllocationAssert.None(() => Convolution.Run<sbyte, sbyte>(
                x, 2, weights, default, new Requantisation(multipliers, shifts, 0, -127, 127), y, 0, Convolution.Units(weights, 2), scratch));
        }
    }

    internal static ConvolutionShape Square(int inChannels, int outChannels, int size, int taps, int stride, int pad) => new()
    {
        InChannels = inChannels,
        OutChannels = outChannels,
        Window = new WindowShape
        {
            Height = size,
            Width = size,
            KernelHeight = taps,
            KernelWidth = taps,
            StrideHeight = stride,
            StrideWidth = stride,
            PadTop = pad,
            PadLeft = pad,
            PadBottom = pad,
            PadRight = pad,
        },
    };

    internal static WindowShape RandomWindow(SeededRandom random)
    {
        while (true)
        {
            var window = new WindowShape
            {
                Height = random.Next(1, 14),
                Width = random.Next(1, 40),
                KernelHeight = random.Next(1, 5),
                KernelWidth = random.Next(1, 5),
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                DilationHeight = random.Next(1, 3),
                DilationWidth = random.Next(1, 3),
                PadTop = random.Next(4),
                PadLeft = random.Next(4),
                PadBottom = random.Next(4),
                PadRight = random.Next(4),
            };
            if (window is { OutHeight: > 0, OutWidth: > 0 }) return window;
        }
    }

    private static ConvolutionShape RandomShape(SeededRandom random)
    {
        int groups = random.Next(4) == 0 ? random.Next(1, 5) : 1;
        return new ConvolutionShape
        {
            Groups = groups,
            InChannels = groups * random.Next(1, 8),
            OutChannels = groups * random.Next(1, 30),
            Window = RandomWindow(random),
            PadValue = random.Next(-128, 128),
        };
    }

    private static void Check<TX>(SeededRandom random, ConvolutionShape shape, int instances, DotKind kind)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
    {
        ActivationRange range = KernelData.Range(random, kind);
        shape = shape with { PadValue = Math.Clamp(shape.PadValue, range.Low, range.High) };
        using var x = new GuardedMemory<TX>(KernelData.Values<TX>(random, instances * shape.InElements, range));
        sbyte[] w = KernelData.AnyWeights(random, shape.OutChannels * shape.Depth);
        int[] bias = random.Next(4) == 0 ? [] : KernelData.Within(random, shape.OutChannels, 1 << 20), sums = new int[instances * shape.OutElements];
        for (int i = 0; i < instances; i++)
            ScalarWindows.Convolve<TX>(x.Span.Slice(i * shape.InElements, shape.InElements), shape, w, bias, sums.AsSpan(i * shape.OutElements, shape.OutElements));

        var weights = new ConvolutionWeights(w, shape, range: range, kind: kind);
        using var scratch = new GuardedMemory<byte>(Convolution.ScratchBytes(weights, instances));
        using var y = new GuardedMemory<int>(sums.Length);
        KernelData.InPortions(random, Convolution.Units(weights, instances), (first, count) =>
            Convolution.Run<TX, int>(x.Span, instances, weights, bias, default, y.Span, first, count, scratch.Span));
        Assert.Equal(sums, y.Span.ToArray());

        (int[] multipliers, byte[] shifts) = KernelData.Scales(random, random.Next(2) == 0 ? 1 : shape.OutChannels, wide: random.Next(3) == 0);
        var to = new Requantisation(multipliers, shifts, random.Next(-9, 9), -127, 127);
        var expected = new sbyte[sums.Length];
        ScalarElements.Requantise<int, sbyte>(sums, to, shape.Window.OutArea, expected);
        using var rounded = new GuardedMemory<sbyte>(sums.Length);
        Convolution.Run<TX, sbyte>(x.Span, instances, weights, bias, to, rounded.Span, 0, Convolution.Units(weights, instances), scratch.Span);
        Assert.Equal(expected, rounded.Span.ToArray());
    }
}
