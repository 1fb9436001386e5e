using System.Buffers;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>The writing half of <see cref="ManifestReader"/>.</summary>
internal static class ManifestWriter
{
    public const byte Version = 1, VersionWithBases = 2;

    public static byte[] Encode(ManifestContent content, ReadOnlySpan<byte> tensorTable, in Bytes32 modelRoot, in Bytes32 auditRoot)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var writer = new WireWriter(output);
        writer.WriteByte(content.Bases.Count == 0 ? Version : VersionWithBases);
        writer.WriteByte((byte)content.Format);
        WriteText(writer, content.Name);
        writer.WriteVarint((ulong)content.LeafSize);
        writer.WriteByte((byte)content.DataPieces);
        writer.WriteByte((byte)content.ParityPieces);
        writer.WriteByte((byte)content.KeptPieces);
        content.Table.Write(writer);
        writer.WriteBytes32(modelRoot);
        writer.WriteBytes32(auditRoot);
        if (content.Bases.Count > 0)
        {
            writer.WriteVarint((ulong)content.Bases.Count);
            foreach (Bytes32 root in content.Bases) writer.WriteBytes32(root);
        }
        writer.WriteVarint((ulong)content.Parts.Count);
        foreach (ModelPart part in content.Parts)
        {
            writer.WriteVarint((ulong)part.Length);
            writer.WriteByte(part.Codec);
            writer.WriteByte((byte)part.Type);
            if (part.Codec == ModelPart.Mixed) writer.WriteVarint((ulong)part.Base);
            foreach (StoredStripe stripe in part.Stripes)
            {
                if (part.Codec == ModelPart.Mixed) writer.WriteByte(stripe.Codec);
                WriteStripe(writer, stripe);
            }
        }
        writer.WriteSpan(tensorTable);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] EncodeTensors(ManifestContent content)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)content.Tensors.Count);
        ModelPart?[] parts = ManifestContent.Match(content.Parts, content.Tensors);
        long end = 0;
        for (int i = 0, small = 0; i < parts.Length; i++)
        {
            TensorInfo tensor = content.Tensors[i];
            writer.WriteVarint((ulong)(tensor.Offset - end));
            WriteText(writer, tensor.Name);
            writer.WriteByte((byte)tensor.Type);
            writer.WriteVarint((ulong)tensor.Shape.Length);
            foreach (long dimension in tensor.Shape) writer.WriteVarint((ulong)dimension);
            if (parts[i] is null) writer.WriteBytes32(content.SmallRoots[small++]);
            end = tensor.Offset + tensor.Length;
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A stripe whose length, codec and type are known: before it its base, if it has one.</summary>
    public static void WriteStripe(WireWriter writer, StoredStripe stripe)
    {
        if (stripe.Base is { } from)
        {
            writer.WriteByte(from.Codec);
            WriteStripe(writer, from);
        }
        writer.WriteBytes32(stripe.PieceRoot);
        for (int i = 0; i < stripe.Leaves.Length; i++)
        {
            writer.WriteBytes32(stripe.Leaves[i]);
            // Raw leaves say nothing here. What the pieces' length is follows from the longest.
            if (stripe.Encoded is { } encoded) writer.WriteVarint((ulong)encoded[i]);
        }
    }

    private static void WriteText(WireWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.WriteVarint((ulong)bytes.Length);
        writer.WriteSpan(bytes);
    }
}
