using System.Buffers.Binary;

namespace Prozchain.Rollups.Evm;

/// <summary>Writes RLP (Ethereum Yellow Paper, appendix B): strings of bytes, integers without leading zeros, lists.</summary>
internal sealed class RlpWriter
{
    private byte[] _buffer = new byte[256];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public RlpWriter Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 1 || bytes[0] >= 0x80) WriteHeader(0x80, bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    public RlpWriter Write(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Write(bytes.TrimStart((byte)0));
    }

    /// <summary>Writes what <paramref name="content"/> writes as the items of a list.</summary>
    public RlpWriter WriteList(Action<RlpWriter> content)
    {
        var inner = new RlpWriter();
        content(inner);
        WriteHeader(0xC0, inner.Length);
        inner.Written.CopyTo(Take(inner.Length));
        return this;
    }

    /// <summary>Writes a byte that is no item: the type of a typed transaction.</summary>
    public RlpWriter WriteRaw(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    /// <summary>Writes what is encoded already.</summary>
    public RlpWriter WriteRaw(ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(Take(encoded.Length));
        return this;
    }

    private void WriteHeader(byte kind, int length)
    {
        if (length <= 55)
        {
            WriteRaw((byte)(kind + length));
            return;
        }
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        ReadOnlySpan<byte> digits = bytes.TrimStart((byte)0);
        WriteRaw((byte)(kind + 55 + digits.Length));
        digits.CopyTo(Take(digits.Length));
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - Length < count) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, checked(Length + count)));
        Length += count;
        return _buffer.AsSpan(Length - count, count);
    }
}
