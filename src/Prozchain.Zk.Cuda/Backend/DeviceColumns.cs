namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Columns of a matrix, or of its salts, where they lie on the device: elements of 4 bytes in Montgomery form.</summary>
/// <param name="Address">The first column's element in row 0.</param>
/// <param name="Count">Columns.</param>
/// <param name="Stride">Elements from a column to the next.</param>
/// <param name="RowStride">Elements from a row to the next: 1 for a column that lies together, which is read fastest.</param>
internal readonly record struct DeviceColumns(ulong Address, int Count, long Stride, int RowStride = 1)
{
    /// <summary>All columns of a matrix.</summary>
    public static DeviceColumns Of(DeviceMatrix matrix) => new(matrix.Column(0), matrix.Width, matrix.Stride);

    /// <summary>The address of an element.</summary>
    public ulong At(int row, int column) => Address + (ulong)((column * Stride + (long)row * RowStride) * DeviceMatrix.ElementSize);
}
