using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The definition of the matrix products: what every faster path equals bit for bit. Sums are exact in 32 bits because the
/// graph is only made when they are.
/// </summary>
internal static class ScalarMatrix
{
    /// <summary>y [rows, N] = x [rows, K] · w [K, N] + bias [N].</summary>
    /// <param name="bias">N values, or none for zero.</param>
    public static void Gemm<TX>(ReadOnlySpan<TX> x, int rows, ReadOnlySpan<sbyte> w, int depth, int columns, ReadOnlySpan<int> bias, Span<int> y)
        where TX : unmanaged, IBinaryInteger<TX>
    {
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
            {
                int sum = bias.IsEmpty ? 0 : bias[column];
                for (int k = 0; k < depth; k++) sum += int.CreateTruncating(x[row * depth + k]) * w[k * columns + column];
                y[row * columns + column] = sum;
            }
    }

    /// <summary>One product of two activations: z [rows, N] = x [rows, K] · y, where y is [K, N] or, transposed, [N, K].</summary>
    public static void Product<TX, TY>(ReadOnlySpan<TX> x, int rows, ReadOnlySpan<TY> y, int depth, int columns, bool transposeY, Span<int> z)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
            {
                int sum = 0;
                for (int k = 0; k < depth; k++)
                    sum += int.CreateTruncating(x[row * depth + k]) * int.CreateTruncating(y[transposeY ? column * depth + k : k * columns + column]);
                z[row * columns + column] = sum;
            }
    }
}
