namespace Prozchain.AI.Formats;

/// <summary>What every <see cref="IModelReader"/> can do.</summary>
public static class ModelReaders
{
    /// <summary>Reads elements of one tensor, as bytes in the order of the file.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="tensor">One of the reader's tensors.</param>
    /// <param name="offset">First byte within the tensor, 0 to its length.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <returns>Bytes read: the length of the destination, or fewer at the end of the tensor.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is outside the tensor.</exception>
    public static ValueTask<int> ReadTensorAsync(
        this IModelReader reader, TensorInfo tensor, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Length);
        int length = (int)Math.Min(destination.Length, tensor.Length - offset);
        return reader.ReadAsync(tensor.Offset + offset, destination[..length], cancellationToken);
    }
}
