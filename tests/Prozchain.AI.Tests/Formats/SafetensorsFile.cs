using System.Buffers.Binary;
using System.Text;

namespace Prozchain.AI.Tests.Formats;

/// <summary>Puts a safetensors file together from its header's text and its data.</summary>
internal static class SafetensorsFile
{
    public static byte[] Make(string header, int dataLength) => Make(Encoding.UTF8.GetBytes(header), dataLength);

    public static byte[] Make(byte[] header, int dataLength)
    {
        var file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataLength; i++) file[8 + header.Length + i] = (byte)(i * 31 + 7);
        return file;
    }

    /// <summary>As <see cref="Tensors"/>, with content that does not repeat.</summary>
    public static byte[] Distinct(int count, int elements, ulong seed)
    {
        byte[] file = Tensors(count, elements);
        GeneratedStream.Fill(0, seed, file.AsSpan(^(count * elements * 4)..));
        return file;
    }

    public static byte[] Tensors(int count, int elements)
    {
        IEnumerable<string> members = Enumerable.Range(0, count).Select(i =>
            $"\"layer.{i}\":{{\"dtype\":\"F32\",\"shape\":[{elements}],\"data_offsets\":[{i * elements * 4},{(i + 1) * elements * 4}]}}");
        return Make("{\"__metadata__\":{\"format\":\"pt\"}," + string.Join(',', members) + "}", count * elements * 4);
    }
}
