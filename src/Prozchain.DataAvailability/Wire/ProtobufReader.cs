namespace Prozchain.DataAvailability.Wire;

/// <summary>How a field's value is encoded in Protocol Buffers.</summary>
internal enum ProtobufType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of a Protocol Buffers message from untrusted bytes. Once a member has returned false the message
/// is malformed. Accepts what the format's own readers accept: fields in any order, varints of up to 10 bytes that need
/// not be shortest, groups up to 10,000 deep.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> source)
{
    private const int MaxField = (1 << 29) - 1, MaxDepth = 10_000;
    private readonly ReadOnlySpan<byte> _source = source;

    public int Offset { get; private set; }

    public readonly bool IsAtEnd => Offset == _source.Length;

    public bool TryReadTag(out int field, out ProtobufType type)
    {
        (field, type) = (0, default);
        if (!TryReadVarint(out ulong tag) || tag >> 3 is 0 or > MaxField || (tag & 7) > (ulong)ProtobufType.Fixed32) return false;
        (field, type) = ((int)(tag >> 3), (ProtobufType)(tag & 7));
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (IsAtEnd) return false;
            byte b = _source[Offset++];
            if (shift == 63 && b > 1) return false;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }
        return false;
    }

    /// <summary>The value of a field of type <see cref="ProtobufType.Bytes"/>, as a range of the source.</summary>
    public bool TryReadBytes(out Range value)
    {
        value = default;
        if (!TryReadVarint(out ulong length) || length > (ulong)(_source.Length - Offset)) return false;
        value = Offset..(Offset + (int)length);
        Offset += (int)length;
        return true;
    }

    /// <summary>Passes over the value of a field that the caller does not know.</summary>
    public bool TrySkip(int field, ProtobufType type)
    {
        if (type != ProtobufType.GroupStart) return TrySkipValue(type);
        var open = new Stack<int>();
        open.Push(field);
        while (open.Count > 0)
        {
            if (!TryReadTag(out int inner, out type)) return false;
            if (type == ProtobufType.GroupStart)
            {
                if (open.Count > MaxDepth) return false;
                open.Push(inner);
            }
            else if (type == ProtobufType.GroupEnd)
            {
                if (open.Pop() != inner) return false;
            }
            else if (!TrySkipValue(type))
            {
                return false;
            }
        }
        return true;
    }

    private bool TrySkipValue(ProtobufType type) => type switch
    {
        ProtobufType.Varint => TryReadVarint(out _),
        ProtobufType.Fixed64 => TryAdvance(8),
        ProtobufType.Bytes => TryReadBytes(out _),
        ProtobufType.Fixed32 => TryAdvance(4),
        _ => false,
    };

    private bool TryAdvance(int count)
    {
        if (count > _source.Length - Offset) return false;
        Offset += count;
        return true;
    }
}
