using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Rows;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Rows;

/// <summary>The RLC of a row in vectors against symbol by symbol, at every width.</summary>
public class RlcKernelTests
{
    // One chunk, pieces that end within a group of chunks, exactly a piece of the kernel, and more than one.
    private static readonly int[] s_sizes = [64, 128, 192, 1024, 4032, 4096, 4160, 8192, 12352];

    [Fact]
    public void Combine_RandomAndEdgeRows_EqualsNaive() => Check();

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.Gfni)]
    [InlineData(InstructionSet.All)]
    public void Combine_WithoutInstructionSets_EqualsNaive(InstructionSet set) => IsaRerun.Without(set, Check);

    [Fact]
    public void Combine_WarmedUp_AllocatesNothing()
    {
        RlcCoefficients coefficients = Coefficients(8192, 1);
        byte[] row = TestSquares.Random(2, 8192), value = new byte[RlcCoefficients.ValueSize];
        AllocationAssert.None(() => coefficients.Combine(row, value));
    }

    [Fact]
    public void ToPolynomials_EverySymbol_IsTheSameFieldElement()
    {
        var row = new byte[1 << 17];
        for (int i = 0; i < 1 << 16; i++)
            (row[i / 32 * 64 + i % 32], row[i / 32 * 64 + 32 + i % 32]) = ((byte)i, (byte)(i >> 8));
        var symbols = new ushort[1 << 16];
        RlcBasis.ToPolynomials(row, symbols);
        for (int i = 0; i < symbols.Length; i++)
        {
            Assert.Equal(RlcBasis.ToPolynomial(i), symbols[i]);
            Assert.Equal(i, RlcBasis.Reduce(symbols[i]));
            Assert.Equal(CantorField.Gf16.Multiply(i, 0xBEEF), RlcBasis.Reduce(Product(symbols[i], RlcBasis.ToPolynomial(0xBEEF))));
        }
    }

    private static uint Product(uint a, uint b)
    {
        uint product = 0;
        for (int bit = 0; bit < 16; bit++) product ^= (b >> bit & 1) * (a << bit);
        return product;
    }

    private static void Check()
    {
        CheckTiles();
        byte[] expected = new byte[RlcCoefficients.ValueSize], got = new byte[RlcCoefficients.ValueSize];
        foreach (int size in s_sizes)
        {
            RlcCoefficients coefficients = Coefficients(size, size);
            byte[] ones = new byte[size], last = new byte[size];
            ones.AsSpan().Fill(0xFF);
            last[^1] = 0x80;
            foreach (byte[] row in (byte[][])[TestSquares.Random(size, size), TestSquares.Random(size + 1, size), ones, last, new byte[size]])
            {
                coefficients.CombineNaive(row, expected);
                coefficients.Combine(row, got);
                Assert.Equal(expected, got);
            }
        }
    }

    /// <summary>Tiles of 64 rows, one whole tile and a half, and what is left of them, one by one.</summary>
    private static void CheckTiles()
    {
        if (!RlcTile.IsSupported) return;
        foreach (int size in (int[])[64, 192, 320, 1024])
        {
            RlcCoefficients coefficients = Coefficients(size, size);
            byte[] rows = TestSquares.Random(size, 150 * size), masks = coefficients.Masks(1024), expected = new byte[150 * 16], got = new byte[150 * 16];
            Assert.NotEmpty(masks);
            Assert.Empty(coefficients.Masks(64));
            for (int i = 0; i < 150; i++) coefficients.CombineNaive(rows.AsSpan(i * size, size), expected.AsSpan(16 * i, 16));
            coefficients.Combine(rows, size, masks, got);
            Assert.Equal(expected, got);
            coefficients.Combine(rows, size, [], got);
            Assert.Equal(expected, got);
        }
    }

    private static RlcCoefficients Coefficients(int rowSize, int seed) => new(new Bytes32(TestSquares.Seed(seed)), new RowParameters(rowSize, 4, 12));
}
