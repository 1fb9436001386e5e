using System.Buffers.Binary;

namespace Prozchain.Shared;

/// <summary>
/// Reads a wire format from untrusted bytes. Every member returns false instead of throwing when the input is
/// too short or not canonical, and then leaves its output at zero. Fixed-width integers are little-endian.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    /// <summary>Bytes consumed so far.</summary>
    public int Offset { get; private set; }

    public readonly int Remaining => _source.Length - Offset;

    /// <summary>True when every byte was consumed; a format refuses what is left over.</summary>
    public readonly bool IsAtEnd => Remaining == 0;

    public bool TryReadByte(out byte value)
    {
        if (!TryReadSpan(1, out ReadOnlySpan<byte> bytes)) { value = 0; return false; }
        value = bytes[0];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        bool ok = TryReadSpan(sizeof(ushort), out ReadOnlySpan<byte> bytes);
        value = ok ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
        return ok;
    }

    public bool TryReadUInt32(out uint value)
    {
        bool ok = TryReadSpan(sizeof(uint), out ReadOnlySpan<byte> bytes);
        value = ok ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return ok;
    }

    public bool TryReadUInt64(out ulong value)
    {
        bool ok = TryReadSpan(sizeof(ulong), out ReadOnlySpan<byte> bytes);
        value = ok ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return ok;
    }

    /// <summary>Unsigned LEB128, at most 10 bytes. A longer encoding than needed is refused.</summary>
    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        int start = Offset;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (!TryReadByte(out byte b)) break;
            if (shift == 63 && b > 1) break;
            value |= (ulong)(b & 0x7F) << shift;
            if (b >= 0x80) continue;
            if (b == 0 && shift > 0) break;
            return true;
        }
        Offset = start;
        value = 0;
        return false;
    }

    /// <summary>A varint that counts or sizes something; refused above <paramref name="max"/>, and always if that is negative.</summary>
    public bool TryReadCount(int max, out int count)
    {
        int start = Offset;
        if (TryReadVarint(out ulong value) && max >= 0 && value <= (ulong)max) { count = (int)value; return true; }
        Offset = start;
        count = 0;
        return false;
    }

    public bool TryReadBytes32(out Bytes32 value)
    {
        bool ok = TryReadSpan(Bytes32.Size, out ReadOnlySpan<byte> bytes);
        value = ok ? new Bytes32(bytes) : default;
        return ok;
    }

    /// <summary>The next <paramref name="length"/> bytes, as a view into the source.</summary>
    public bool TryReadSpan(int length, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)length > (uint)Remaining) { bytes = default; return false; }
        bytes = _source.Slice(Offset, length);
        Offset += length;
        return true;
    }
}
