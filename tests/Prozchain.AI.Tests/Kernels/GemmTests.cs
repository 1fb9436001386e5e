using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>The product with constant weights, on every kind of lanes, against its definition.</summary>
public class GemmTests
{
    private static readonly int[] s_sizes = [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 47, 65];

    [Fact]
    public void Run_EveryTail_IsTheDefinition()
    {
        static void Body()
        {
            var random = new SeededRandom(1);
            foreach (DotKind kind in KernelData.Kinds)
                for (int i = 0; i < 120; i++)
                    Check<sbyte>(random, s_sizes[random.Next(s_sizes.Length)], s_sizes[random.Next(s_sizes.Length)], s_sizes[random.Next(s_sizes.Length)], kind);
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Fact]
    public void Run_Shorts_IsTheDefinition()
    {
        var random = new SeededRandom(2);
        foreach (DotKind kind in KernelData.Kinds.Where(DotKinds.TakesShorts))
            for (int i = 0; i < 60; i++) Check<short>(random, random.Next(1, 30), random.Next(1, 50), random.Next(1, 70), kind);
    }

    [Fact]
    public void Run_ManyBlocks_IsTheDefinition()
    {
        var random = new SeededRandom(3);
        foreach (DotKind kind in KernelData.Kinds)
        {
            Check<sbyte>(random, 210, 700, 70, kind);
            Check<sbyte>(random, 3, 130, 900, kind);
        }
    }

    [Fact]
    public void Run_EmulatedBytes_IsTheDefinition()
    {
        var random = new SeededRandom(4);
        for (int i = 0; i < 60; i++)
        {
            CheckEmulated<EmulatedLanes<LikeVnni>>(random, random.Next(1, 30), random.Next(1, 40), random.Next(1, 40));
            CheckEmulated<EmulatedLanes<LikeArm>>(random, random.Next(1, 30), random.Next(1, 40), random.Next(1, 40));
        }
    }

    [Fact]
    public void Run_TransposedWeights_AreTheSame()
    {
        var random = new SeededRandom(5);
        sbyte[] w = KernelData.Weights(random, 19 * 23), x = KernelData.Values<sbyte>(random, 5 * 19), transposed = new sbyte[w.Length];
        for (int k = 0; k < 19; k++)
            for (int n = 0; n < 23; n++) transposed[n * 19 + k] = w[k * 23 + n];
        Assert.Equal(Sums(x, 5, new GemmWeights(w, 19, 23)), Sums(x, 5, new GemmWeights(transposed, 19, 23, transposed: true)));
    }

    [Fact]
    public void Run_GreatestDepth_IsExact()
    {
        const int Depth = 65536;
        sbyte[] x = new sbyte[Depth], w = new sbyte[Depth];
        x.AsSpan().Fill(-128);
        w.AsSpan().Fill(127);
        Assert.Equal(-128 * 127 * Depth, Assert.Single(Sums(x, 1, new GemmWeights(w, Depth, 1))));
    }

    [Fact]
    public void Run_WrongSpans_AreRefused()
    {
        var weights = new GemmWeights(new sbyte[12], 3, 4);
        var scratch = new byte[Gemm.ScratchBytes(2, weights)];
        Assert.Throws<ArgumentException>(() => new GemmWeights(new sbyte[11], 3, 4));
        Assert.Throws<ArgumentException>(() => Gemm.Run<sbyte, int>(new sbyte[5], 2, weights, default, default, new int[8], 0, 1, scratch));
        Assert.Throws<ArgumentException>(() => Gemm.Run<sbyte, int>(new sbyte[6], 2, weights, default, default, new int[7], 0, 1, scratch));
        Assert.Throws<ArgumentException>(() => Gemm.Run<sbyte, int>(new sbyte[6], 2, weights, new int[3], default, new int[8], 0, 1, scratch));
        Assert.Throws<ArgumentException>(() => Gemm.Run<sbyte, int>(new sbyte[6], 2, weights, default, default, new int[8], 1, 1000, scratch));
        Assert.Throws<ArgumentException>(() => Gemm.Run<sbyte, int>(new sbyte[6], 2, weights, default, default, new int[8], 0, 1, new byte[8]));
    }

    [Fact]
    public void Run_NothingAfterWarmUp_IsAllocated()
    {
        var random = new SeededRandom(6);
        sbyte[] x = KernelData.Values<sbyte>(random, 13 * 40), y = new sbyte[13 * 50];
        var weights = new GemmWeights(KernelData.Weights(random, 40 * 50), 40, 50);
        (int[] multipliers, byte[] shifts) = KernelData.Scales(random, 50, wide: false);
        var scratch = new byte[Gemm.ScratchBytes(13, weights)];
        var shape = new ProductShape(1, 13, 10, 13, true);
        var products = new int[13 * 13];
        var memory = new byte[BatchProduct.ScratchBytes<sbyte, sbyte>(shape)];
        AllocationAssert.None(() =>
        {
            Gemm.Run<sbyte, sbyte>(x, 13, weights, default, new Requantisation(multipliers, shifts, 0, -127, 127), y, 0, Gemm.Units(13, weights), scratch);
            BatchProduct.Run<sbyte, sbyte, int>(x, y, shape, default, products, 0, BatchProduct.Units<sbyte, sbyte>(shape), memory);
            Elements.Requantise<int, sbyte>(products, new Requantisation(multipliers.AsSpan(0, 1), shifts.AsSpan(0, 1), 0, -127, 127), 1, y);
            Elements.AddScaled<sbyte, sbyte, sbyte>(x, x, 1, new ScaledSum(20000, 20000, 16, 0, -127, 127), x);
        });
    }

    private static int[] Sums(sbyte[] x, int rows, GemmWeights weights)
    {
        var y = new int[rows * weights.Columns];
        Gemm.Run(x, rows, weights, default, default, y.AsSpan(), 0, Gemm.Units(rows, weights), new byte[Gemm.ScratchBytes(rows, weights)]);
        return y;
    }

    private static void Check<TX>(SeededRandom random, int rows, int depth, int columns, DotKind kind)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
    {
        ActivationRange range = KernelData.Range(random, kind);
        using var x = new GuardedMemory<TX>(KernelData.Values<TX>(random, rows * depth, range));
        sbyte[] w = KernelData.AnyWeights(random, depth * columns);
        int[] bias = random.Next(4) == 0 ? [] : KernelData.Within(random, columns, 1 << 20), sums = new int[rows * columns];
        ScalarMatrix.Gemm<TX>(x.Span, rows, w, depth, columns, bias, sums);

        var weights = new GemmWeights(w, depth, columns, range: range, kind: kind);
        using var scratch = new GuardedMemory<byte>(Gemm.ScratchBytes(rows, weights));
        using var y = new GuardedMemory<int>(rows * columns);
        KernelData.InPortions(random, Gemm.Units(rows, weights), (first, count) => Gemm.Run<TX, int>(x.Span, rows, weights, bias, default, y.Span, first, count, scratch.Span));
        Assert.Equal(sums, y.Span.ToArray());
        CheckRounded<TX, sbyte>(random, x.Span, rows, weights, bias, sums);
        CheckRounded<TX, short>(random, x.Span, rows, weights, bias, sums);
    }

    private static void CheckRounded<TX, TY>(SeededRandom random, ReadOnlySpan<TX> x, int rows, GemmWeights weights, int[] bias, int[] sums)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>, IMinMaxValue<TY>
    {
        (int[] multipliers, byte[] shifts) = KernelData.Scales(random, random.Next(2) == 0 ? 1 : weights.Columns, wide: random.Next(3) == 0);
        var to = new Requantisation(multipliers, shifts, random.Next(-9, 9), int.CreateChecked(TY.MinValue) + random.Next(3), int.CreateChecked(TY.MaxValue));
        var expected = new TY[sums.Length];
        ScalarElements.Requantise<int, TY>(sums, to, 1, expected);
        using var y = new GuardedMemory<TY>(sums.Length);
        Gemm.Run(x, rows, weights, bias, to, y.Span, 0, Gemm.Units(rows, weights), new byte[Gemm.ScratchBytes(rows, weights)]);
        Assert.Equal(expected, y.Span.ToArray());
    }

    private static unsafe void CheckEmulated<TLanes>(SeededRandom random, int rows, int depth, int columns)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        sbyte[] x = KernelData.Values<sbyte>(random, rows * depth), w = KernelData.Weights(random, depth * columns);
        int[] sums = new int[rows * columns], bias = KernelData.Within(random, columns, 1000), y = new int[sums.Length];
        ScalarMatrix.Gemm<sbyte>(x, rows, w, depth, columns, bias, sums);
        GemmWeights weights = GemmWeights.For<TLanes>(w, depth, columns);
        var memory = new byte[GemmKernel<TLanes>.ScratchBytes(rows, depth)];
        fixed (sbyte* from = x)
        fixed (int* into = y)
        fixed (byte* bytes = memory)
        {
            var scratch = new Scratch(bytes, memory.Length);
            GemmKernel<TLanes>.Run(from, rows, weights, bias, default, into, 0, GemmKernel<TLanes>.Units(rows, depth, columns), -1, ref scratch);
        }
        Assert.Equal(sums, y);
    }
}
