using System.Buffers.Binary;
using System.Text;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Tests.Formats;

/// <summary>Puts a GGUF file together, field by field.</summary>
internal sealed class GgufFile
{
    private readonly List<byte> _entries = [], _tensors = [], _data = [];
    private int _entryCount, _tensorCount;

    public int Alignment { get; private init; } = 32;

    public static GgufFile Aligned(int alignment) =>
        new GgufFile { Alignment = alignment }.Entry("general.alignment", GgufValueType.UInt32, BitConverter.GetBytes(alignment));

    public GgufFile Entry(string key, GgufValueType type, params byte[] value)
    {
        _entries.AddRange([.. Text(key), .. BitConverter.GetBytes((uint)type), .. value]);
        _entryCount++;
        return this;
    }

    public GgufFile Array(string key, GgufValueType type, long count, params byte[] elements) =>
        Entry(key, GgufValueType.Array, [.. BitConverter.GetBytes((uint)type), .. BitConverter.GetBytes(count), .. elements]);

    /// <summary>Dimensions innermost first.</summary>
    public GgufFile Tensor(string name, uint type, long[] dimensions, byte[] data, long? offset = null)
    {
        while (_data.Count % Alignment != 0) _data.Add(0);
        _tensors.AddRange([.. Text(name), .. BitConverter.GetBytes(dimensions.Length)]);
        foreach (long dimension in dimensions) _tensors.AddRange(BitConverter.GetBytes(dimension));
        _tensors.AddRange([.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(offset ?? _data.Count)]);
        _data.AddRange(data);
        _tensorCount++;
        return this;
    }

    public byte[] Make(uint version = 3)
    {
        var head = new byte[24];
        "GGUF"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), version);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), _tensorCount);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), _entryCount);
        List<byte> file = [.. head, .. _entries, .. _tensors];
        while (file.Count % Alignment != 0) file.Add(0);
        return [.. file, .. _data];
    }

    public static byte[] Text(string text) => [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
