using System.Buffers;
using System.Buffers.Binary;

namespace Prozchain.Shared;

/// <summary>The writing half of <see cref="WireReader"/>: the same encodings, into the caller's buffer writer.</summary>
internal readonly ref struct WireWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    public void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_output.GetSpan(sizeof(ushort)), value);
        _output.Advance(sizeof(ushort));
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_output.GetSpan(sizeof(uint)), value);
        _output.Advance(sizeof(uint));
    }

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(sizeof(ulong)), value);
        _output.Advance(sizeof(ulong));
    }

    /// <summary>Unsigned LEB128 in the fewest bytes.</summary>
    public void WriteVarint(ulong value)
    {
        Span<byte> span = _output.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[length++] = (byte)value;
        _output.Advance(length);
    }

    public void WriteBytes32(in Bytes32 value) => _output.Write(value.Span);

    public void WriteSpan(scoped ReadOnlySpan<byte> bytes) => _output.Write(bytes);

    /// <summary>Length in bytes of <see cref="WriteVarint"/>'s output: 1 to 10.</summary>
    public static int VarintLength(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;
}
