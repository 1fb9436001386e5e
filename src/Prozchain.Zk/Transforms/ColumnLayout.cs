namespace Prozchain.Zk.Transforms;

/// <summary>Columns one after the other in a span, each in one piece: column c starts at element c * <see cref="Stride"/>.</summary>
/// <param name="Count">Columns.</param>
/// <param name="Stride">
/// Elements from the start of one column to that of the next, at least a column's length. A stride somewhat above a
/// power of two keeps columns apart in the caches.
/// </param>
public readonly record struct ColumnLayout(int Count, int Stride)
{
    /// <summary>A stride for columns of a length: the next multiple of 16, and off the powers of two by a cache line and a page.</summary>
    public static int PaddedStride(int length) => (length + 15) / 16 * 16 + (length >= 1024 ? 16 : 0);

    internal void Check(int length, int available, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Count);
        if (Count > 0 && Stride < length) throw new ArgumentException($"Expected a stride of at least {length}, got {Stride}.", name);
        long needed = Count == 0 ? 0 : (long)(Count - 1) * Stride + length;
        if (available < needed) throw new ArgumentException($"Expected at least {needed} elements, got {available}.", name);
    }
}
