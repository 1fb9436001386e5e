using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Wire;

/// <summary>Writes Protocol Buffers fields with numbers below 16; a field that holds its default is left out.</summary>
internal static class ProtobufWriter
{
    public static void WriteVarint(this WireWriter writer, int field, uint value)
    {
        if (value == 0) return;
        writer.WriteByte((byte)(field << 3 | (int)ProtobufType.Varint));
        writer.WriteVarint(value);
    }

    public static void WriteBytes(this WireWriter writer, int field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        writer.WriteHeader(field, value.Length);
        writer.WriteSpan(value);
    }

    /// <summary>What precedes a value of that many bytes, which the caller writes.</summary>
    public static void WriteHeader(this WireWriter writer, int field, int length)
    {
        writer.WriteByte((byte)(field << 3 | (int)ProtobufType.Bytes));
        writer.WriteVarint((ulong)length);
    }

    public static int VarintSize(uint value) => value == 0 ? 0 : 1 + WireWriter.VarintLength(value);

    public static long BytesSize(long length) => length == 0 ? 0 : 1 + WireWriter.VarintLength((ulong)length) + length;
}
