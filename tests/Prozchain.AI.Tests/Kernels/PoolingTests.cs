using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Pools against their definition.</summary>
public class PoolingTests
{
    [Fact]
    public void MaxAndSum_RandomWindows_AreTheDefinition()
    {
        static void Body()
        {
            var random = new SeededRandom(31);
            for (int i = 0; i < 300; i++)
            {
                WindowShape window = ConvolutionTests.RandomWindow(random);
                Check<sbyte>(random, window);
                Check<short>(random, window);
            }
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Theory]
    [InlineData(112, 3, 2, 1)]
    [InlineData(7, 7, 1, 0)]
    [InlineData(33, 33, 1, 0)]
    public void MaxAndSum_UsualWindows_AreTheDefinition(int size, int taps, int stride, int pad)
    {
        var random = new SeededRandom(32);
        WindowShape window = ConvolutionTests.Square(1, 1, size, taps, stride, pad).Window;
        Check<sbyte>(random, window);
        Check<short>(random, window);
    }

    [Fact]
    public void Max_NothingAfterWarmUp_IsAllocated()
    {
        WindowShape window = ConvolutionTests.Square(1, 1, 20, 3, 2, 1).Window;
        sbyte[] x = new sbyte[4 * window.Area], y = new sbyte[4 * window.OutArea];
        AllocationAssert.None(() => Pooling.Max<sbyte>(x, window, y));
    }

    private static void Check<T>(SeededRandom random, WindowShape window)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        const int Planes = 3;
        using var x = new GuardedMemory<T>(KernelData.Values<T>(random, Planes * window.Area));
        using var greatest = new GuardedMemory<T>(Planes * window.OutArea);
        using var sums = new GuardedMemory<int>(Planes * window.OutArea);
        Pooling.Max<T>(x.Span, window, greatest.Span);
        Pooling.Sum<T>(x.Span, window, sums.Span);
        var expected = new T[window.OutArea];
        var expectedSums = new int[window.OutArea];
        for (int plane = 0; plane < Planes; plane++)
        {
            ScalarWindows.MaxPool<T>(x.Span.Slice(plane * window.Area, window.Area), window, expected);
            ScalarWindows.SumPool<T>(x.Span.Slice(plane * window.Area, window.Area), window, expectedSums);
            Assert.Equal(expected, greatest.Span.Slice(plane * window.OutArea, window.OutArea).ToArray());
            Assert.Equal(expectedSums, sums.Span.Slice(plane * window.OutArea, window.OutArea).ToArray());
        }
    }
}
