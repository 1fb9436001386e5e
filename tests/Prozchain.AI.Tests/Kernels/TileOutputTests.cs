using System.Globalization;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>How tiles of sums leave the registers, against the one rounding of the engine.</summary>
public class TileOutputTests
{
    [Fact]
    public void Write_TilesOfBytes_AreTheRounding()
    {
        static void Body()
        {
            var random = new SeededRandom(61);
            for (int i = 0; i < 3000; i++)
            {
                Check<DotScalar>(random);
                if (Dot256.IsSupported) Check<Dot256>(random);
                if (Dot256.IsSupported) Check<ByteLanes<Dot256, NoSign>>(random);
                if (Dot512.IsSupported) Check<Dot512>(random);
                if (Dot512.IsSupported) Check<ByteLanes<Dot512, WithSign>>(random);
            }
        }
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
    }

    /// <summary>Sums to the ends of 32 bits; shifts on both sides of where the products' high halves serve; limits and zeros to the ends of what shorts hold.</summary>
    private static unsafe void Check<TLanes>(SeededRandom random) where TLanes : unmanaged, IDotLanes<TLanes>
    {
        int width = 2 * TLanes.Count, rows = random.Next(1, TLanes.TileRows + 1), columns = random.Next(3) == 0 ? random.Next(1, width + 1) : width;
        int least = random.Next(4) == 0 ? 31 : 33, spread = random.Next(0, 63 - least);
        var multipliers = new int[rows];
        var shifts = new byte[rows];
        int[] bias = KernelData.Within(random, rows, 1 << random.Next(1, 29));
        for (int row = 0; row < rows; row++)
        {
            multipliers[row] = random.Next(4) == 0 ? int.MaxValue : random.Next(1, int.MaxValue);
            shifts[row] = (byte)(least + random.Next(spread + 1));
        }
        int zero = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(2) == 0 ? 16_383 - 127 : -16_383 + 128 };
        int low = random.Next(2) == 0 ? -128 : random.Next(-128, 100), high = random.Next(low, 128);
        var to = new Requantisation(multipliers, shifts, zero, low, high);
        int bound = random.Next(2) == 0 ? int.MaxValue - (1 << 29) : 1 << random.Next(1, 30);
        using var memory = new GuardedMemory<sbyte>(rows * columns);
        int[] tile = KernelData.Within(random, rows * width + 16, bound);
        fixed (int* sums = tile)
        fixed (sbyte* into = memory.Span)
        {
            var output = new TileOutput<TLanes, PixelColumns, sbyte>(to, anySums: true);
            output.Fill(0, rows, bias, default, to);
            output.Write(sums, width, rows, columns, into, columns);
        }
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                Assert.True(
                    to.Apply(tile[row * width + column] + bias[row], row) == memory.Span[row * columns + column],
                    string.Create(CultureInfo.InvariantCulture, $"{typeof(TLanes)}: sum {tile[row * width + column]} + {bias[row]}, {multipliers[row]} / 2^{shifts[row]}, zero {zero}, [{low}, {high}]: {memory.Span[row * columns + column]}"));
    }
}
