using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>Every kernel that this machine has against the field's definition, one byte at a time.</summary>
public unsafe class Gf256ProductTests
{
    private static IEnumerable<Gf256Product> Kernels()
    {
        yield return Gf256Product.Best;
        yield return new Gf256Kernel<Gf256Scalar, byte, byte>();
        yield return new Gf256Kernel<Gf256Shuffle128, Vector128<byte>, Gf256Shuffle128.Nibbles>();
        if (Avx2.IsSupported) yield return new Gf256Kernel<Gf256Shuffle256, Vector256<byte>, Gf256Shuffle256.Nibbles>();
        if (Avx512BW.IsSupported) yield return new Gf256Kernel<Gf256Shuffle512, Vector512<byte>, Gf256Shuffle512.Nibbles>();
        if (Gfni.V256.IsSupported) yield return new Gf256Kernel<Gf256Affine256, Vector256<byte>, Vector256<byte>>();
        if (Gfni.V512.IsSupported) yield return new Gf256Kernel<Gf256Affine512, Vector512<byte>, Vector512<byte>>();
    }

    [Fact]
    public void Multiply_EveryFactorAndByte_EqualsField()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        foreach (Gf256Product kernel in Kernels())
            for (int factor = 0; factor < 256; factor++)
                Assert.Equal(Gf256.Row((byte)factor), Product(kernel, [(byte)factor], 1, 1, all, 256));
    }

    [Fact]
    public void Multiply_EveryLength_EqualsField()
    {
        foreach (Gf256Product kernel in Kernels())
            for (int length = 0; length <= 300; length++) CheckOne(kernel, 1 + length % 7, 1 + length % 5, length);
    }

    [Fact]
    public void Multiply_EveryShape_EqualsField()
    {
        foreach (Gf256Product kernel in Kernels())
            foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 25, 60])
                foreach (int columns in (int[])[1, 2, 3, 10, 17, 64]) CheckOne(kernel, rows, columns, 128 + rows);
    }

    [Fact]
    public void Multiply_BlocksOfColumns_EqualsField()
    {
        foreach (Gf256Product kernel in Kernels())
        {
            CheckOne(kernel, 8, 3, 20_001);
            CheckOne(kernel, 7, 100, 1_100);
            CheckOne(kernel, 128, 128, 530);
        }
    }

    [Fact]
    public void AddColumn_ColumnByColumn_EqualsProduct()
    {
        foreach (Gf256Product kernel in Kernels())
            foreach ((int rows, int columns, int length) in ((int, int, int)[])[(1, 1, 1), (4, 10, 1000), (6, 3, 127), (7, 5, 129), (13, 4, 64)])
                CheckColumns(kernel, rows, columns, length);
    }

    private static void CheckColumns(Gf256Product kernel, int rows, int columns, int length)
    {
        byte[] matrix = Bytes(rows * columns, 1), inputs = Bytes(columns * length, 2), sums = new byte[rows * length];
        byte[] prepared = Prepared(kernel, matrix, rows, columns);
        byte** outputs = stackalloc byte*[rows];
        fixed (byte* input = inputs, output = sums)
        {
            for (int i = 0; i < rows; i++) outputs[i] = output + i * length;
            for (int i = columns - 1; i >= 0; i--) kernel.AddColumn(prepared, rows, columns, i, input + i * length, outputs, length);
        }
        Assert.Equal(ByField(matrix, rows, columns, inputs, length), sums);
    }

    [Fact]
    public void Multiply_OnGuardPages_StaysWithin()
    {
        foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            foreach (Gf256Product kernel in Kernels())
            {
                // Long enough to start at a cache line, and not at one.
                CheckGuarded(kernel, side, 9001);
                for (int length = 1; length < 280; length += length < 140 ? 1 : 13) CheckGuarded(kernel, side, length);
            }
    }

    private static void CheckGuarded(Gf256Product kernel, GuardSide side, int length)
    {
        byte[] matrix = Bytes(6, 3), first = Bytes(length, 4), second = Bytes(length, 5), prepared = Prepared(kernel, matrix, 3, 2);
        using GuardedMemory<byte> a = new(first, side), b = new(second, side), x = new(length, side), y = new(length, side), z = new(length, side);
        byte** inputs = stackalloc byte*[2], outputs = stackalloc byte*[3];
        fixed (byte* pa = a.Span, pb = b.Span, px = x.Span, py = y.Span, pz = z.Span)
        {
            inputs[0] = pa;
            inputs[1] = pb;
            outputs[0] = px;
            outputs[1] = py;
            outputs[2] = pz;
            kernel.Multiply(prepared, 3, 2, inputs, outputs, length);
        }
        byte[] inputsBefore = [.. first, .. second], inputsAfter = [.. a.Span, .. b.Span], result = [.. x.Span, .. y.Span, .. z.Span];
        Assert.Equal(ByField(matrix, 3, 2, inputsBefore, length), result);
        Assert.Equal(inputsBefore, inputsAfter);
    }

    [Fact]
    public void Multiply_WarmedUp_AllocatesNothing()
    {
        byte[] matrix = Bytes(40, 1), inputs = Bytes(10 * 333, 2), sums = new byte[4 * 333];
        byte[] prepared = new byte[40 * Gf256Product.Best.FactorSize];
        AllocationAssert.None(() =>
        {
            Gf256Product.Best.Prepare(matrix, 4, 10, prepared);
            Run(Gf256Product.Best, prepared, 4, 10, inputs, sums, 333);
        });
    }

    [Theory]
    [InlineData(InstructionSet.Gfni)]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Multiply_WithoutInstructionSets_EqualsField(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        Assert.Equal(set != InstructionSet.All, Gf256Product.Best is not Gf256Kernel<Gf256Scalar, byte, byte>);
        for (int length = 0; length < 300; length += 7) CheckOne(Gf256Product.Best, 1 + length % 13, 1 + length % 5, length);
        CheckOne(Gf256Product.Best, 20, 60, 1500);
    });

    private static void CheckOne(Gf256Product kernel, int rows, int columns, int length)
    {
        byte[] matrix = Bytes(rows * columns, rows), inputs = Bytes(columns * length, columns);
        Assert.True(
            ByField(matrix, rows, columns, inputs, length).AsSpan().SequenceEqual(Product(kernel, matrix, rows, columns, inputs, length)),
            $"{kernel.GetType()}: {rows} x {columns}, {length} bytes differ.");
    }

    private static byte[] Product(Gf256Product kernel, byte[] matrix, int rows, int columns, byte[] inputs, int length)
    {
        byte[] result = Bytes(rows * length, 9);
        Run(kernel, Prepared(kernel, matrix, rows, columns), rows, columns, inputs, result, length);
        return result;
    }

    private static void Run(Gf256Product kernel, byte[] prepared, int rows, int columns, byte[] inputs, byte[] result, int length)
    {
        byte** starts = stackalloc byte*[columns], outputs = stackalloc byte*[rows];
        fixed (byte* input = inputs, output = result)
        {
            for (int i = 0; i < columns; i++) starts[i] = input + i * length;
            for (int i = 0; i < rows; i++) outputs[i] = output + i * length;
            kernel.Multiply(prepared, rows, columns, starts, outputs, length);
        }
    }

    private static byte[] Prepared(Gf256Product kernel, byte[] matrix, int rows, int columns)
    {
        var prepared = new byte[matrix.Length * kernel.FactorSize];
        kernel.Prepare(matrix, rows, columns, prepared);
        return prepared;
    }

    private static byte[] ByField(byte[] matrix, int rows, int columns, byte[] inputs, int length)
    {
        var result = new byte[rows * length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                Gf256.MultiplyAdd(matrix[row * columns + column], inputs.AsSpan(column * length, length), result.AsSpan(row * length, length));
        return result;
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
