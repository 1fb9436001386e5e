using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Columns on the device, each of a power of two of elements of 4 bytes in Montgomery form: a trace, or its extension in the order of
/// <see cref="Commitments.ExtendedMatrix{TField}"/>.
/// </summary>
/// <param name="Values">The memory, of this matrix unless it is a view.</param>
/// <param name="LogRows">log2 of the degree bound.</param>
/// <param name="LogBlowup">log2 of the values of a column over the degree bound; 0 for a trace.</param>
/// <param name="Width">Columns.</param>
/// <param name="Stride">Elements from a column to the next.</param>
/// <param name="Offset">Elements before the first column.</param>
internal sealed record DeviceMatrix(DeviceBuffer Values, int LogRows, int LogBlowup, int Width, long Stride, long Offset = 0) : IDisposable
{
    public const int ElementSize = 4;

    /// <summary>log2 of the values of a column.</summary>
    public int LogSize => LogRows + LogBlowup;

    /// <summary>Where a column begins in the memory, in bytes.</summary>
    public long At(int column) => (Offset + column * Stride) * ElementSize;

    /// <summary>The address of a column.</summary>
    public ulong Column(int column) => Values.Address + (ulong)At(column);

    /// <summary>Some of the columns: a view.</summary>
    public DeviceMatrix Columns(int first, int count) => this with { Width = count, Offset = Offset + first * Stride };

    /// <summary>A run of 2^logRows values of each column: a view.</summary>
    /// <param name="run">Its number among runs of that length.</param>
    public DeviceMatrix Run(int run, int logRows) => this with { LogRows = logRows, LogBlowup = 0, Offset = Offset + ((long)run << logRows) };

    /// <summary>Takes memory for columns, whose values are arbitrary.</summary>
    public static DeviceMatrix Allocate(DeviceSession session, int logRows, int logBlowup, int width, string purpose)
    {
        long stride = 1L << (logRows + logBlowup);
        return new(session.Allocate(width * stride * ElementSize, purpose), logRows, logBlowup, width, stride);
    }

    public void Dispose() => Values.Dispose();
}
