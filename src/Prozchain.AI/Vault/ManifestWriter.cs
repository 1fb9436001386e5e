using System.Buffers;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>The writing half of <see cref="ManifestReader"/>.</summary>
internal static class ManifestWriter
{
    public const byte Version = 0;

    public static byte[] Encode(ManifestContent content, in Bytes32 modelRoot, in Bytes32 auditRoot)
    {
        var output = new ArrayBufferWriter<byte>(256 + content.LeafRoots.Length * 2 * Bytes32.Size);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)content.Format);
        WriteText(writer, content.Name);
        writer.WriteVarint((ulong)content.Geometry.RawSize);
        writer.WriteVarint((ulong)content.Geometry.LeafSize);
        writer.WriteByte((byte)content.Geometry.DataPieces);
        writer.WriteByte((byte)content.Geometry.ParityPieces);
        writer.WriteVarint((ulong)content.StoreCount);
        writer.WriteBytes32(content.Digest);
        writer.WriteBytes32(modelRoot);
        writer.WriteBytes32(auditRoot);
        for (int i = 0; i < content.LeafRoots.Length; i++)
        {
            writer.WriteBytes32(content.LeafRoots[i]);
            writer.WriteBytes32(content.PieceRoots[i]);
        }
        if (content.Format == ModelFormat.Safetensors) WriteTensors(writer, content);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteTensors(WireWriter writer, ManifestContent content)
    {
        writer.WriteVarint((ulong)content.DataOffset);
        writer.WriteVarint((ulong)content.Tensors.Count);
        foreach (TensorInfo tensor in content.Tensors)
        {
            WriteText(writer, tensor.Name);
            writer.WriteByte((byte)tensor.Type);
            writer.WriteVarint((ulong)tensor.Shape.Length);
            foreach (long dimension in tensor.Shape) writer.WriteVarint((ulong)dimension);
        }
    }

    private static void WriteText(WireWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.WriteVarint((ulong)bytes.Length);
        writer.WriteSpan(bytes);
    }
}
