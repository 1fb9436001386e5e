using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Products of two activations against their definition.</summary>
public class BatchProductTests
{
    [Fact]
    public void Run_EveryTail_IsTheDefinition()
    {
        static void Body()
        {
            var random = new SeededRandom(11);
            for (int i = 0; i < 150; i++)
            {
                var shape = new ProductShape(random.Next(1, 4), random.Next(1, 40), random.Next(1, 50), random.Next(1, 70), i % 2 == 0);
                Check<sbyte, sbyte>(random, shape);
                Check<short, sbyte>(random, shape);
                Check<sbyte, short>(random, shape);
                Check<short, short>(random, shape with { Depth = 1 });
            }
            Check<sbyte, sbyte>(random, new ProductShape(2, 130, 900, 65, true));
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Fact]
    public void Run_EveryKindOfLanes_IsTheDefinition()
    {
        CheckLanes<EmulatedLanes<LikeVnni>>();
        CheckLanes<EmulatedLanes<LikeArm>>();
        CheckLanes<DotScalar>();
        if (Dot256.IsSupported) CheckLanes<Dot256>();
        if (Dot512.IsSupported) CheckLanes<Dot512>();
    }

    private static unsafe void CheckLanes<TLanes>()
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        var random = new SeededRandom(12);
        for (int i = 0; i < 40; i++)
        {
            var shape = new ProductShape(random.Next(1, 3), random.Next(1, 20), random.Next(1, 30), random.Next(1, 40), i % 2 == 0);
            sbyte[] x = KernelData.Values<sbyte>(random, shape.Batches * shape.Rows * shape.Depth), y = KernelData.Values<sbyte>(random, shape.Batches * shape.Depth * shape.Columns);
            var z = new int[shape.Batches * shape.Rows * shape.Columns];
            var memory = new byte[ProductKernel<TLanes>.ScratchBytes(shape)];
            fixed (sbyte* left = x, right = y)
            fixed (int* into = z)
            fixed (byte* bytes = memory)
            {
                var scratch = new Scratch(bytes, memory.Length);
                ProductKernel<TLanes>.Run(left, right, shape, default, into, 0, ProductKernel<TLanes>.Units(shape), ref scratch);
            }
            Assert.Equal(Sums<sbyte, sbyte>(x, y, shape), z);
        }
    }

    private static int[] Sums<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, ProductShape shape)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        (int left, int right, int area) = (shape.Rows * shape.Depth, shape.Depth * shape.Columns, shape.Rows * shape.Columns);
        var sums = new int[shape.Batches * area];
        for (int i = 0; i < shape.Batches; i++)
            ScalarMatrix.Product(x.Slice(i * left, left), shape.Rows, y.Slice(i * right, right), shape.Depth, shape.Columns, shape.TransposeY, sums.AsSpan(i * area, area));
        return sums;
    }

    private static void Check<TX, TY>(SeededRandom random, ProductShape shape)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
        where TY : unmanaged, IBinaryInteger<TY>, IMinMaxValue<TY>
    {
        using var x = new GuardedMemory<TX>(KernelData.Values<TX>(random, shape.Batches * shape.Rows * shape.Depth));
        using var y = new GuardedMemory<TY>(KernelData.Values<TY>(random, shape.Batches * shape.Depth * shape.Columns));
        int[] sums = Sums<TX, TY>(x.Span, y.Span, shape);
        using var z = new GuardedMemory<int>(sums.Length);
        using var scratch = new GuardedMemory<byte>(BatchProduct.ScratchBytes<TX, TY>(shape));
        KernelData.InPortions(random, BatchProduct.Units<TX, TY>(shape), (first, count) => BatchProduct.Run<TX, TY, int>(x.Span, y.Span, shape, default, z.Span, first, count, scratch.Span));
        Assert.Equal(sums, z.Span.ToArray());

        (int[] multipliers, byte[] shifts) = KernelData.Scales(random, random.Next(2) == 0 ? 1 : shape.Columns, wide: random.Next(3) == 0);
        if (typeof(TX) == typeof(short) && typeof(TY) == typeof(short)) return;
        var to = new Requantisation(multipliers, shifts, 3, -127, 127);
        sbyte[] expected = new sbyte[sums.Length], rounded = new sbyte[sums.Length];
        ScalarElements.Requantise<int, sbyte>(sums, to, 1, expected);
        BatchProduct.Run<TX, TY, sbyte>(x.Span, y.Span, shape, to, rounded, 0, BatchProduct.Units<TX, TY>(shape), scratch.Span);
        Assert.Equal(expected, rounded);
    }
}
