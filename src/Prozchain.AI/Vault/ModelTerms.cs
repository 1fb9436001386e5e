using System.Buffers.Binary;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What the model root commits to beside the tree over the parts.</summary>
internal readonly record struct ModelTerms(long RawSize, ModelFormat Format, int LeafSize, byte DataPieces, int Parts, Bytes32 TensorTable)
{
    public const int Size = 8 + 1 + 4 + 1 + 4 + Bytes32.Size;

    public void Write(Span<byte> output)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output, RawSize);
        output[8] = (byte)Format;
        BinaryPrimitives.WriteInt32LittleEndian(output[9..], LeafSize);
        output[13] = DataPieces;
        BinaryPrimitives.WriteInt32LittleEndian(output[14..], Parts);
        TensorTable.Span.CopyTo(output[18..]);
    }

    /// <summary>Those bytes, whatever they say.</summary>
    public static ModelTerms Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes), (ModelFormat)bytes[8], BinaryPrimitives.ReadInt32LittleEndian(bytes[9..]), bytes[13],
        BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]), new Bytes32(bytes[18..]));
}
