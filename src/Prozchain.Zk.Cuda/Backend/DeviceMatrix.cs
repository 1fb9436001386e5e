using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Columns on the device, each of a power of two of elements of 4 bytes in Montgomery form: a trace, or its extension in the order of
/// <see cref="Commitments.ExtendedMatrix{TField}"/>.
/// </summary>
/// <param name="Values">Column c begins at element c * Stride.</param>
/// <param name="LogRows">log2 of the degree bound.</param>
/// <param name="LogBlowup">log2 of the values of a column over the degree bound; 0 for a trace.</param>
/// <param name="Width">Columns.</param>
/// <param name="Stride">Elements from a column to the next.</param>
internal sealed record DeviceMatrix(DeviceBuffer Values, int LogRows, int LogBlowup, int Width, long Stride) : IDisposable
{
    public const int ElementSize = 4;

    /// <summary>log2 of the values of a column.</summary>
    public int LogSize => LogRows + LogBlowup;

    /// <summary>The address of a column.</summary>
    public ulong Column(int column) => Values.Address + (ulong)(column * Stride * ElementSize);

    /// <summary>Takes memory for columns, whose values are arbitrary.</summary>
    public static DeviceMatrix Allocate(DeviceSession session, int logRows, int logBlowup, int width, string purpose)
    {
        long stride = 1L << (logRows + logBlowup);
        return new(session.Allocate(width * stride * ElementSize, purpose), logRows, logBlowup, width, stride);
    }

    public void Dispose() => Values.Dispose();
}
