using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A medium for one append log. What was flushed stays; of what was written since then a crash leaves a prefix, after
/// which the length may already have grown over zeros.
/// </summary>
internal sealed class SimulatedDisk(long capacity) : ILogStorage
{
    private byte[] _bytes = new byte[512];
    private int _length, _durable;

    public long Length => _length;

    public long Undurable => _length - _durable;

    public bool HasRoom(long bytes) => _length + bytes <= capacity;

    public void Read(long offset, Span<byte> destination) => _bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        int end = checked((int)offset + source.Length);
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        source.CopyTo(_bytes.AsSpan((int)offset));
        _length = Math.Max(_length, end);
    }

    public void Truncate(long length)
    {
        _bytes.AsSpan((int)length, _length - (int)length).Clear();
        _length = (int)length;
        _durable = Math.Min(_durable, _length);
    }

    public void Flush() => _durable = _length;

    /// <summary>The power goes: everything beyond <paramref name="kept"/> bytes after the durable ones is lost.</summary>
    public void Lose(long kept, bool lengthStays)
    {
        int end = _length;
        Truncate(_durable + kept);
        if (lengthStays) _length = end;
        _durable = _length;
    }
}
