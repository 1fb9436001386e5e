using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class Gf256Tests
{
    [Theory]
    [InlineData(0x02, 0x80, 0x1D)] // the polynomial itself
    [InlineData(0x03, 0x04, 0x0C)] // no reduction: as polynomials over GF(2)
    [InlineData(0x8E, 0x02, 0x01)] // 1/2
    [InlineData(0xFF, 0x01, 0xFF)]
    [InlineData(0xFF, 0x00, 0x00)]
    public void Multiply_KnownProduct_Matches(byte a, byte b, byte product) => Assert.Equal(product, Gf256.Multiply(a, b));

    [Fact]
    public void Multiply_AllPairs_EqualsShiftAndAdd()
    {
        for (int a = 0; a < 256; a++)
            for (int b = 0; b < 256; b++)
                Assert.Equal(LongMultiplication(a, b), Gf256.Multiply((byte)a, (byte)b));
    }

    [Fact]
    public void Multiply_AllTriples_AssociatesAndDistributes()
    {
        for (int a = 0; a < 256; a++)
            for (int b = a; b < 256; b++)
            {
                if (Gf256.Multiply((byte)a, (byte)b) != Gf256.Multiply((byte)b, (byte)a)) Assert.Fail($"{a} * {b} does not commute.");
                for (int c = 0; c < 256; c++)
                {
                    byte ab = Gf256.Multiply((byte)a, (byte)b), bc = Gf256.Multiply((byte)b, (byte)c), ac = Gf256.Multiply((byte)a, (byte)c);
                    if (Gf256.Multiply(ab, (byte)c) != Gf256.Multiply((byte)a, bc)) Assert.Fail($"{a} * {b} * {c} does not associate.");
                    if (Gf256.Multiply((byte)a, (byte)(b ^ c)) != (ab ^ ac)) Assert.Fail($"{a} * ({b} + {c}) does not distribute.");
                }
            }
    }

    [Fact]
    public void Inverse_EveryNonZero_MultipliesToOne()
    {
        for (int a = 1; a < 256; a++) Assert.Equal(1, Gf256.Multiply((byte)a, Gf256.Inverse((byte)a)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Gf256.Inverse(0));
    }

    [Fact]
    public void MultiplyAdd_AllConstantsAndLengths_EqualsElementwise()
    {
        var random = new Random(7);
        for (int constant = 0; constant < 256; constant++)
        {
            var source = new byte[constant];
            var destination = new byte[constant];
            random.NextBytes(source);
            random.NextBytes(destination);
            byte[] expected = [.. destination.Select((d, i) => (byte)(d ^ Gf256.Multiply((byte)constant, source[i])))];
            Gf256.MultiplyAdd((byte)constant, source, destination);
            Assert.Equal(expected, destination);
        }
    }

    [Fact]
    public void TryInvert_RandomMatrices_ProductIsIdentity()
    {
        var random = new Random(8);
        int inverted = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            int size = 1 + trial % 12;
            var matrix = new byte[size * size];
            random.NextBytes(matrix);
            byte[] work = [.. matrix], inverse = new byte[matrix.Length], product = new byte[matrix.Length];
            if (!Gf256Matrix.TryInvert(work, inverse, size)) continue;
            inverted++;
            Gf256Matrix.Multiply(matrix, inverse, product, size);
            for (int i = 0; i < product.Length; i++) Assert.Equal(i % (size + 1) == 0 ? 1 : 0, product[i]);
        }
        Assert.True(inverted > 150, $"Expected nearly all random matrices to be regular, got {inverted} of 200.");
    }

    [Fact]
    public void TryInvert_DependentRows_ReturnsFalse()
    {
        byte[] matrix = [1, 2, 3, 4, 5, 6, 1 ^ 4, 2 ^ 5, 3 ^ 6];
        Assert.False(Gf256Matrix.TryInvert(matrix, new byte[9], 3));
    }

    [Fact]
    public void MultiplyAdd_WarmedUp_AllocatesNothing()
    {
        var source = new byte[100];
        var destination = new byte[100];
        AllocationAssert.None(() => Gf256.MultiplyAdd(29, source, destination));
    }

    private static byte LongMultiplication(int a, int b)
    {
        int product = 0;
        for (int bit = 0; bit < 8; bit++)
            if ((b >> bit & 1) != 0) product ^= a << bit;
        for (int bit = 14; bit >= 8; bit--)
            if ((product >> bit & 1) != 0) product ^= Gf256.Polynomial << (bit - 8);
        return (byte)product;
    }
}
