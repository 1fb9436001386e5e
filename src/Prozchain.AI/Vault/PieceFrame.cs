using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// What a store holds under a key (docs/formats/ai-piece.md, version 0): eight bytes of header, the Merkle path from the
/// piece to its stripe's root, the piece. A piece so proves itself against its key alone, and a key has one frame: how the
/// stripe was coded stays out of it, because one stripe (of zeros, say) can be a word of two codes.
/// </summary>
internal static class PieceFrame
{
    public const int HeaderSize = 8;

    private const byte Version = 0;

    /// <summary>Bytes before the piece.</summary>
    public static int PrefixSize(int totalPieces, int piece) =>
        HeaderSize + Bytes32.Size * MerkleTree<AuditTree>.ProofLength(totalPieces, piece);

    public static int SizeOf(int pieceLength, int totalPieces, int piece) => PrefixSize(totalPieces, piece) + pieceLength;

    /// <summary>The first piece's path is as long as any.</summary>
    public static int MaxSize(int pieceLength, int totalPieces) => SizeOf(pieceLength, totalPieces, 0);

    /// <summary>Writes the frame of one piece; returns its length.</summary>
    public static int Write(ReadOnlySpan<Bytes32> digests, int piece, ReadOnlySpan<byte> content, Span<byte> output)
    {
        output[0] = Version;
        output[1] = (byte)digests.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(output[2..], (ushort)piece);
        BinaryPrimitives.WriteUInt32LittleEndian(output[4..], (uint)content.Length);
        int at = HeaderSize;
        foreach (Bytes32 sibling in MerkleTree<AuditTree>.Prove(digests, piece))
        {
            sibling.Span.CopyTo(output[at..]);
            at += Bytes32.Size;
        }
        content.CopyTo(output[at..]);
        return at + content.Length;
    }

    /// <summary>
    /// Untrusted bytes: true only when they are the one frame of that piece of that stripe. Then gives the piece, a view
    /// into the frame, and its digest.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> frame, VaultGeometry geometry, int stripe, int piece, in Bytes32 stripeRoot,
        out ReadOnlySpan<byte> content, out Bytes32 digest)
    {
        content = default;
        digest = default;
        int pieceLength = geometry.Layout.PieceLength(stripe), prefix = PrefixSize(geometry.TotalPieces, piece);
        if (frame.Length != prefix + pieceLength) return false;
        if (frame[0] != Version || frame[1] != geometry.TotalPieces) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) != piece) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != (uint)pieceLength) return false;

        Span<Bytes32> siblings = stackalloc Bytes32[(prefix - HeaderSize) / Bytes32.Size];
        for (int i = 0; i < siblings.Length; i++) siblings[i] = new Bytes32(frame.Slice(HeaderSize + i * Bytes32.Size, Bytes32.Size));
        Bytes32 found = VaultHash.Content(frame[prefix..]);
        if (!MerkleTree<AuditTree>.Verify(stripeRoot, geometry.TotalPieces, piece, found, siblings)) return false;
        content = frame[prefix..];
        digest = found;
        return true;
    }
}
