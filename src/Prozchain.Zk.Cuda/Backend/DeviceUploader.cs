using System.Runtime.InteropServices;
using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Brings columns of the host to the device in pieces, so that a piece is copied while the one before it is worked on: through two pinned
/// buffers and two pieces of the device's memory, in a stream of its own.
/// </summary>
internal sealed class DeviceUploader : IDisposable
{
    private const int Slots = 2;

    private readonly DeviceSession _session;
    private readonly StreamHandle _stream;
    private readonly PinnedHandle[] _pinned = new PinnedHandle[Slots];
    private readonly DeviceBuffer[] _staging = new DeviceBuffer[Slots];
    private readonly EventHandle[] _copied = new EventHandle[Slots], _used = new EventHandle[Slots];
    private int _next;

    /// <param name="session">The session.</param>
    /// <param name="pieceBytes">Bytes of a piece: at least a column.</param>
    public DeviceUploader(DeviceSession session, long pieceBytes)
    {
        (_session, PieceBytes) = (session, pieceBytes);
        try
        {
            _stream = session.NewStream();
            for (int i = 0; i < Slots; i++)
            {
                _staging[i] = session.Allocate(pieceBytes, "columns on their way");
                _pinned[i] = new(pieceBytes);
                _copied[i] = new();
                _used[i] = new();
            }
            // The memory is there once the session's stream has come so far.
            foreach (EventHandle used in _used) used.Record(session.Stream);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long PieceBytes { get; }

    /// <summary>
    /// Columns on the device, which the session's stream may use at once and destroy; <see cref="Release"/> them before the next but one.
    /// </summary>
    /// <param name="columns">Where they are.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">At most as many as a piece holds.</param>
    /// <param name="logRows">log2 of the values of a column.</param>
    public DeviceMatrix Upload<TField>(Func<int, ReadOnlySpan<TField>> columns, int first, int count, int logRows) where TField : unmanaged
    {
        int slot = _next++ % Slots, bytes = DeviceMatrix.ElementSize << logRows;
        // The pinned memory is free once its last copy is done, and the device's once its last use is.
        _copied[slot].Synchronize();
        unsafe
        {
            for (int i = 0; i < count; i++)
                MemoryMarshal.AsBytes(columns(first + i)[..(1 << logRows)]).CopyTo(new Span<byte>((byte*)_pinned[slot].Address + (long)i * bytes, bytes));
        }
        _used[slot].Await(_stream);
        _session.WriteFrom(_pinned[slot].Address, _staging[slot], (long)count * bytes, _stream);
        _copied[slot].Record(_stream);
        _copied[slot].Await(_session.Stream);
        return new(_staging[slot], logRows, 0, count, 1L << logRows);
    }

    /// <summary>Says that the session's stream has been asked for all that the last columns are needed for.</summary>
    public void Release() => _used[(_next - 1) % Slots].Record(_session.Stream);

    public void Dispose()
    {
        // Pinned memory is given back once nothing is copied from it any more, whichever thread asks.
        _ = _session.Device.Context.TryEnter();
        if (_stream is { IsClosed: false }) _ = CudaApi.cuStreamSynchronize(_stream);
        for (int i = 0; i < Slots; i++)
        {
            _staging[i]?.Dispose();
            _pinned[i]?.Dispose();
            _copied[i]?.Dispose();
            _used[i]?.Dispose();
        }
        _stream?.Dispose();
    }
}
