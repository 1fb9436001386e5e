using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What the audit root commits to beside the tree over the stripes.</summary>
internal readonly record struct AuditTerms(int Stripes, byte DataPieces, byte ParityPieces, Bytes32 Table)
{
    public const int Size = 4 + 2 + Bytes32.Size;

    public int TotalPieces => DataPieces + ParityPieces;

    public void Write(Span<byte> output)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output, Stripes);
        (output[4], output[5]) = (DataPieces, ParityPieces);
        Table.Span.CopyTo(output[6..]);
    }

    /// <summary>Those bytes, whatever they say.</summary>
    public static AuditTerms Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(bytes), bytes[4], bytes[5], new Bytes32(bytes[6..]));
}
