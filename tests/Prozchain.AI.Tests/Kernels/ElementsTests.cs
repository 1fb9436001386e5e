using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Operators that go element by element against their definition.</summary>
public class ElementsTests
{
    [Fact]
    public void All_EveryLength_AreTheDefinition()
    {
        static void Body()
        {
            var random = new SeededRandom(41);
            for (int length = 0; length < 140; length++)
            {
                CheckRequantise<sbyte>(random, length);
                CheckRequantise<short>(random, length);
                CheckAdd(random, length);
                CheckMultiply(random, length);
                CheckLookup(random, length);
            }
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    // Hand-computed: halves go up, towards plus infinity.
    [Theory]
    [InlineData(5, 1, 1, 3)]
    [InlineData(-5, 1, 1, -2)]
    [InlineData(3, 1, 1, 2)]
    [InlineData(-3, 1, 1, -1)]
    [InlineData(7, 3, 2, 5)]
    [InlineData(-2147483648, 2147483647, 62, -1)]
    [InlineData(2147483647, 2147483647, 62, 1)]
    public void Apply_Halves_GoUp(int sum, int multiplier, int shift, int expected) =>
        Assert.Equal(expected, new Requantisation([multiplier], [(byte)shift], 0, -127, 127).Apply(sum, 0));

    [Fact]
    public void Apply_NoLimits_IsTheFormula()
    {
        var random = new SeededRandom(42);
        for (int i = 0; i < 2000; i++)
        {
            int sum = (int)random.NextUInt64(), multiplier = random.Next(1, int.MaxValue), shift = random.Next(1, 63), zero = random.Next(-300, 300);
            BigInteger quotient = ((BigInteger)sum * multiplier + (BigInteger.One << (shift - 1))) >> shift;
            int expected = (int)BigInteger.Max(-32768, BigInteger.Min(32767, quotient + zero));
            Assert.Equal(expected, new Requantisation([multiplier], [(byte)shift], zero, -32768, 32767).Apply(sum, 0));
        }
    }

    [Fact]
    public void Lookup_EveryEntry_IsFound()
    {
        sbyte[] x = [.. Enumerable.Range(-128, 256).Select(i => (sbyte)i)], table = [.. Enumerable.Range(0, 256).Select(i => (sbyte)(i * 7))], y = new sbyte[256];
        Elements.Lookup<sbyte, sbyte>(x, table, y);
        Assert.Equal(table, y);
    }

    [Fact]
    public void Lookup_ShortTable_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Elements.Lookup<sbyte, sbyte>(new sbyte[3], new sbyte[255], new sbyte[3]));

    [Fact]
    public void Requantise_ManyBytes_IsTheDefinition()
    {
        var random = new SeededRandom(43);
        sbyte[] x = KernelData.Values<sbyte>(random, 1500), y = new sbyte[1500], expected = new sbyte[1500];
        short[] wide = new short[1500], expectedWide = new short[1500];
        var to = new Requantisation([1_500_000_000], [30], -3, -100, 127);
        ScalarElements.Requantise<sbyte, sbyte>(x, to, 1, expected);
        ScalarElements.Requantise<sbyte, short>(x, to, 1, expectedWide);
        Elements.Requantise<sbyte, sbyte>(x, to, 1, y);
        Elements.Requantise<sbyte, short>(x, to, 1, wide);
        Assert.Equal(expected, y);
        Assert.Equal(expectedWide, wide);
    }

    private static void CheckRequantise<TY>(SeededRandom random, int length)
        where TY : unmanaged, IBinaryInteger<TY>, IMinMaxValue<TY>
    {
        using var x = new GuardedMemory<int>(KernelData.Values<int>(random, length));
        int channels = random.Next(1, 60), inner = random.Next(1, 4) switch { 1 => 1, 2 => random.Next(1, 20), _ => 37 };
        (int[] multipliers, byte[] shifts) = KernelData.Scales(random, random.Next(3) == 0 ? 1 : channels, wide: random.Next(3) == 0);
        for (int i = 0; i < shifts.Length; i++) shifts[i] += (byte)random.Next(8);
        var to = new Requantisation(multipliers, shifts, random.Next(-100, 100), int.CreateChecked(TY.MinValue) + random.Next(9), int.CreateChecked(TY.MaxValue));
        using var y = new GuardedMemory<TY>(length);
        var expected = new TY[length];
        ScalarElements.Requantise<int, TY>(x.Span, to, inner, expected);
        Elements.Requantise<int, TY>(x.Span, to, inner, y.Span);
        Assert.Equal(expected, y.Span.ToArray());
        // The lanes that this machine would not take by itself.
        if (Dot512.IsSupported) Assert.Equal(expected, ByLanes<Dot512, TY>(x.Span, to, inner));
        Assert.Equal(expected, ByLanes<DotScalar, TY>(x.Span, to, inner));
    }

    private static unsafe TY[] ByLanes<TLanes, TY>(ReadOnlySpan<int> x, in Requantisation to, int inner)
        where TLanes : unmanaged, IDotLanes<TLanes>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        var y = new TY[x.Length];
        fixed (int* from = x)
        fixed (TY* into = y) RequantiseKernel<TLanes>.Run(from, x.Length, to, inner, into);
        return y;
    }

    private static void CheckAdd(SeededRandom random, int length)
    {
        using var x = new GuardedMemory<sbyte>(KernelData.Values<sbyte>(random, length));
        (GuardedMemory<sbyte> y, int inner) = Second(random, length);
        bool isShort = random.Next(2) == 0;
        int bound = isShort ? 32767 : int.MaxValue - 1;
        var sum = new ScaledSum(random.Next(-bound, bound), random.Next(-bound, bound), isShort ? random.Next(1, 31) : random.Next(1, 50), random.Next(-9, 9), -127, 127);
        using var z = new GuardedMemory<sbyte>(length);
        var expected = new sbyte[length];
        ScalarElements.AddScaled<sbyte, sbyte, sbyte>(x.Span, y.Span, inner, sum, expected);
        Elements.AddScaled<sbyte, sbyte, sbyte>(x.Span, y.Span, inner, sum, z.Span);
        Assert.Equal(expected, z.Span.ToArray());
        Elements.AddScaled<sbyte, sbyte, sbyte>(x.Span, y.Span, inner, sum, x.Span);
        Assert.Equal(expected, x.Span.ToArray());
        ((IDisposable)y).Dispose();
    }

    private static void CheckMultiply(SeededRandom random, int length)
    {
        using var x = new GuardedMemory<sbyte>(KernelData.Values<sbyte>(random, length));
        (GuardedMemory<sbyte> y, int inner) = Second(random, length);
        using var z = new GuardedMemory<int>(length);
        var expected = new int[length];
        ScalarElements.Multiply<sbyte, sbyte>(x.Span, y.Span, inner, expected);
        Elements.Multiply<sbyte, sbyte>(x.Span, y.Span, inner, z.Span);
        Assert.Equal(expected, z.Span.ToArray());
        ((IDisposable)y).Dispose();
    }

    /// <summary>A second operand as long as the first, or a suffix, or a value for each channel.</summary>
    private static (GuardedMemory<sbyte> Values, int Inner) Second(SeededRandom random, int length)
    {
        (int count, int inner) = random.Next(3) switch { 0 => (Math.Max(1, length), 1), 1 => (random.Next(1, 40), 1), _ => (random.Next(1, 6), random.Next(2, 40)) };
        return (new GuardedMemory<sbyte>(KernelData.Values<sbyte>(random, count)), inner);
    }

    private static void CheckLookup(SeededRandom random, int length)
    {
        using var x = new GuardedMemory<sbyte>(KernelData.Values<sbyte>(random, length));
        using var table = new GuardedMemory<sbyte>(KernelData.Values<sbyte>(random, 256));
        using var y = new GuardedMemory<sbyte>(length);
        var expected = new sbyte[length];
        ScalarElements.Lookup<sbyte, sbyte>(x.Span, table.Span, expected);
        Elements.Lookup<sbyte, sbyte>(x.Span, table.Span, y.Span);
        Assert.Equal(expected, y.Span.ToArray());
    }
}
