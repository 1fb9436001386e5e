namespace Prozchain.AI.Formats;

/// <summary>The head of one protobuf field: its number, its kind, and its value or where its bytes begin.</summary>
/// <param name="Number">1 to 2^29 - 1.</param>
/// <param name="Wire">Kind of the encoding, one of the constants.</param>
/// <param name="Value">The number of a varint or fixed field; the length of a field of bytes.</param>
/// <param name="Head">Bytes of tag and number; what follows is the payload of a field of bytes.</param>
internal readonly record struct ProtoField(int Number, int Wire, ulong Value, int Head)
{
    public const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>Longest head: a tag of ten bytes and a number of ten.</summary>
    public const int MaxHead = 20;

    /// <summary>Reads a head from the front; Truncated when the bytes end first.</summary>
    public static OnnxStatus TryRead(ReadOnlySpan<byte> bytes, out ProtoField field)
    {
        field = default;
        OnnxStatus status = TryVarint(bytes, out ulong tag, out int used);
        if (status != OnnxStatus.Ok) return status;
        int wire = (int)(tag & 7);
        if (tag >> 3 is 0 or > (1 << 29) - 1) return OnnxStatus.InvalidTag;
        int number = (int)(tag >> 3);
        ReadOnlySpan<byte> rest = bytes[used..];
        switch (wire)
        {
            case Varint or Bytes:
                status = TryVarint(rest, out ulong value, out int length);
                field = new ProtoField(number, wire, value, used + length);
                return status;
            case Fixed64:
                if (rest.Length < 8) return OnnxStatus.Truncated;
                field = new ProtoField(number, wire, BitConverter.ToUInt64(rest), used + 8);
                return OnnxStatus.Ok;
            case Fixed32:
                if (rest.Length < 4) return OnnxStatus.Truncated;
                field = new ProtoField(number, wire, BitConverter.ToUInt32(rest), used + 4);
                return OnnxStatus.Ok;
            default:
                return OnnxStatus.InvalidTag;
        }
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public static OnnxStatus TryVarint(ReadOnlySpan<byte> bytes, out ulong value, out int used)
    {
        value = 0;
        for (used = 0; used < 10; used++)
        {
            if (used == bytes.Length) return OnnxStatus.Truncated;
            byte next = bytes[used];
            if (used == 9 && next > 1) return OnnxStatus.InvalidNumber;
            value |= (ulong)(next & 0x7F) << (7 * used);
            if (next < 0x80)
            {
                used++;
                return OnnxStatus.Ok;
            }
        }
        return OnnxStatus.InvalidNumber;
    }
}
