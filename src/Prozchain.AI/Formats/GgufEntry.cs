using System.Text;

namespace Prozchain.AI.Formats;

/// <summary>
/// One entry of a GGUF file's metadata. Numbers and texts are at hand; an array stays in the file, where
/// <see cref="Offset"/> and <see cref="Length"/> say. Immutable.
/// </summary>
public sealed class GgufEntry
{
    private readonly ulong _bits;
    private readonly byte[]? _text;

    internal GgufEntry(string key, GgufValueType type, GgufValueType elementType, long count, long offset, long length, ulong bits, byte[]? text)
    {
        (Key, Type, ElementType, Count, Offset, Length, _bits, _text) = (key, type, elementType, count, offset, length, bits, text);
    }

    /// <summary>Unique within its file, by convention words with dots between them.</summary>
    public string Key { get; }

    /// <summary>Type of the value.</summary>
    public GgufValueType Type { get; }

    /// <summary>Type of an array's elements; of any other value its own type.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Elements of an array; 1 for any other value.</summary>
    public long Count { get; }

    /// <summary>First byte of the value, or of an array's elements, from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Bytes of the value, or of an array's elements, little-endian, the lengths of texts included.</summary>
    public long Length { get; }

    /// <summary>The text, in which bytes that are not UTF-8 are replaced; null when the value is no text.</summary>
    public string? Text => _text is null ? null : Encoding.UTF8.GetString(_text);

    /// <summary>The bytes of a text as they are; empty when the value is no text.</summary>
    public ReadOnlyMemory<byte> TextBytes => _text;

    /// <summary>The value of a signed or unsigned integer type or a boolean, if it is one and 64 signed bits hold it.</summary>
    public bool TryGetInt64(out long value)
    {
        value = (long)_bits;
        return Type switch
        {
            GgufValueType.UInt64 => value >= 0,
            GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.Text or GgufValueType.Array => false,
            _ => true,
        };
    }

    /// <summary>The value of an integer type or a boolean, if it is one and not negative.</summary>
    public bool TryGetUInt64(out ulong value)
    {
        value = _bits;
        return Type == GgufValueType.UInt64 || (TryGetInt64(out long signed) && signed >= 0);
    }

    /// <summary>The value of a single or double precision float, if it is one.</summary>
    public bool TryGetDouble(out double value)
    {
        value = Type == GgufValueType.Float32 ? BitConverter.UInt32BitsToSingle((uint)_bits) : BitConverter.UInt64BitsToDouble(_bits);
        return Type is GgufValueType.Float32 or GgufValueType.Float64;
    }

    /// <summary>Key and type, for people.</summary>
    public override string ToString() => Type == GgufValueType.Array ? $"{Key}: {ElementType}[{Count}]" : $"{Key}: {Type}";
}
