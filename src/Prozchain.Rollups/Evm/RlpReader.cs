using System.Buffers.Binary;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// Reads RLP from untrusted bytes and refuses every encoding but the shortest. Each member returns false instead of
/// throwing; lists are read as views, so nothing is allocated.
/// </summary>
internal ref struct RlpReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>True when every byte was read; a format refuses what is left over.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadBytes(out ReadOnlySpan<byte> bytes) => TryRead(isList: false, out bytes);

    public bool TryReadList(out RlpReader list)
    {
        bool ok = TryRead(isList: true, out ReadOnlySpan<byte> content);
        list = new RlpReader(content);
        return ok;
    }

    public bool TryReadInteger(out UInt128 value)
    {
        value = 0;
        if (!TryReadBytes(out ReadOnlySpan<byte> bytes) || bytes.Length > 16 || (!bytes.IsEmpty && bytes[0] == 0)) return false;
        foreach (byte digit in bytes) value = value << 8 | digit;
        return true;
    }

    public bool TryReadInteger(out ulong value)
    {
        bool ok = TryReadInteger(out UInt128 wide) && wide <= ulong.MaxValue;
        value = ok ? (ulong)wide : 0;
        return ok;
    }

    private bool TryRead(bool isList, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (_rest.IsEmpty) return false;
        byte first = _rest[0];
        if (first >= 0xC0 != isList) return false;
        if (first < 0x80)
        {
            content = _rest[..1];
            _rest = _rest[1..];
            return true;
        }
        int shortLength = first - (isList ? 0xC0 : 0x80), header = 1, length = shortLength;
        if (shortLength > 55)
        {
            int digits = shortLength - 55;
            if (digits > 4 || _rest.Length < 1 + digits || _rest[1] == 0) return false;
            Span<byte> wide = stackalloc byte[4];
            wide.Clear();
            _rest.Slice(1, digits).CopyTo(wide[(4 - digits)..]);
            uint read = BinaryPrimitives.ReadUInt32BigEndian(wide);
            if (read <= 55 || read > (uint)_rest.Length) return false;
            (header, length) = (1 + digits, (int)read);
        }
        if (_rest.Length - header < length) return false;
        content = _rest.Slice(header, length);
        if (!isList && shortLength == 1 && content[0] < 0x80) return false;
        _rest = _rest[(header + length)..];
        return true;
    }
}
