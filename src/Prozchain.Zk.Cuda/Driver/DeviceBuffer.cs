namespace Prozchain.Zk.Cuda.Driver;

/// <summary>A piece of a device's memory, owned by a session, which frees it at its own end if nobody did before.</summary>
internal sealed class DeviceBuffer : IDisposable
{
    private readonly DeviceSession _session;
    private bool _isFreed;

    internal DeviceBuffer(DeviceSession session, ulong address, long bytes) => (_session, Address, Bytes) = (session, address, bytes);

    /// <summary>The address on the device, a multiple of 256.</summary>
    public ulong Address { get; }

    public long Bytes { get; }

    /// <summary>Gives the memory back once all that was asked of the session's stream before is done.</summary>
    public void Dispose()
    {
        if (_isFreed) return;
        _isFreed = true;
        _session.Free(this);
    }

    /// <summary>Refuses a range that is not inside.</summary>
    public ulong At(long offset, long bytes)
    {
        ObjectDisposedException.ThrowIf(_isFreed, this);
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Expected {bytes} bytes within {Bytes}, got them from {offset} on.");
        return Address + (ulong)offset;
    }
}
