using System.Buffers.Binary;

namespace Prozchain.Rollups.Batches;

/// <summary>Bits into bytes, least significant first. The destination has 8 bytes more than the bits need.</summary>
internal ref struct BitWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private ulong _pending;
    private int _used, _at;

    /// <summary>The low <paramref name="count"/> bits (0 to 64) of a value that has no others.</summary>
    public void Write(ulong value, int count)
    {
        _pending |= value << _used;
        int total = _used + count;
        if (total >= 64)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_destination[_at..], _pending);
            _at += sizeof(ulong);
            _pending = _used == 0 ? 0 : value >> (64 - _used);
            total -= 64;
        }
        _used = total;
    }

    /// <summary>Fills the last byte with zeros; the length in bytes.</summary>
    public readonly int Finish()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[_at..], _pending);
        return _at + (_used + 7) / 8;
    }
}
