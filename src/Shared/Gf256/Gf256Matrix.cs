using System.Diagnostics;

namespace Prozchain.Shared;

/// <summary>Small square matrices over <see cref="Gf256"/>, row by row in the caller's spans.</summary>
internal static class Gf256Matrix
{
    /// <summary>
    /// Gauss-Jordan elimination. Writes the inverse of the <paramref name="size"/> by <paramref name="size"/> matrix and
    /// destroys the input; false, with both spans in no useful state, when it has none.
    /// </summary>
    public static bool TryInvert(Span<byte> matrix, Span<byte> inverse, int size)
    {
        Debug.Assert(matrix.Length == size * size && inverse.Length == size * size);
        inverse.Clear();
        for (int i = 0; i < size; i++) inverse[i * size + i] = 1;
        for (int column = 0; column < size; column++)
        {
            int pivot = column;
            while (pivot < size && matrix[pivot * size + column] == 0) pivot++;
            if (pivot == size) return false;
            Swap(matrix, pivot, column, size);
            Swap(inverse, pivot, column, size);
            byte scale = Gf256.Inverse(matrix[column * size + column]);
            Scale(matrix.Slice(column * size, size), scale);
            Scale(inverse.Slice(column * size, size), scale);
            for (int row = 0; row < size; row++)
            {
                byte factor = matrix[row * size + column];
                if (row == column || factor == 0) continue;
                Gf256.MultiplyAdd(factor, matrix.Slice(column * size, size), matrix.Slice(row * size, size));
                Gf256.MultiplyAdd(factor, inverse.Slice(column * size, size), inverse.Slice(row * size, size));
            }
        }
        return true;
    }

    /// <summary>Multiplies two square matrices. The output overlaps neither.</summary>
    public static void Multiply(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> product, int size)
    {
        product.Clear();
        for (int row = 0; row < size; row++)
            for (int i = 0; i < size; i++)
                Gf256.MultiplyAdd(left[row * size + i], right.Slice(i * size, size), product.Slice(row * size, size));
    }

    private static void Scale(Span<byte> row, byte factor)
    {
        ReadOnlySpan<byte> products = Gf256.Row(factor);
        for (int i = 0; i < row.Length; i++) row[i] = products[row[i]];
    }

    private static void Swap(Span<byte> matrix, int a, int b, int size)
    {
        if (a == b) return;
        for (int i = 0; i < size; i++) (matrix[a * size + i], matrix[b * size + i]) = (matrix[b * size + i], matrix[a * size + i]);
    }
}
