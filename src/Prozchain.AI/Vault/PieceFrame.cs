using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// What a store holds under a key (docs/formats/ai-piece.md, version 1): eight bytes of header, the Merkle path from the
/// piece to its stripe's root, the piece. A piece so proves itself against its key alone, and a key has one frame: how the
/// stripe was coded stays out of it, because one stripe (of zeros, say) can be a word of two codes.
/// </summary>
internal static class PieceFrame
{
    public const int HeaderSize = 8;

    private const byte Version = 1;

    /// <summary>Bytes before the piece.</summary>
    public static int PrefixSize(int totalPieces, int piece) =>
        HeaderSize + Bytes32.Size * MerkleTree<AuditTree>.ProofLength(totalPieces, piece);

    /// <summary>The first piece's path is as long as any.</summary>
    public static int MaxPrefixSize(int totalPieces) => PrefixSize(totalPieces, 0);

    public static int SizeOf(int pieceLength, int totalPieces, int piece) => PrefixSize(totalPieces, piece) + pieceLength;

    /// <summary>Writes what stands before a piece.</summary>
    /// <param name="totalPieces">Pieces of the stripe.</param>
    /// <param name="siblings">Of the piece's digest, from the leaf up; there may be more behind them.</param>
    /// <param name="prefix">As many bytes as <see cref="PrefixSize"/> says.</param>
    public static void WritePrefix(int totalPieces, ReadOnlySpan<Bytes32> siblings, int piece, int pieceLength, Span<byte> prefix)
    {
        prefix[0] = Version;
        prefix[1] = (byte)totalPieces;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[2..], (ushort)piece);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[4..], (uint)pieceLength);
        foreach (ref readonly Bytes32 sibling in siblings)
        {
            if (prefix.Length == HeaderSize) return;
            sibling.Span.CopyTo(prefix[HeaderSize..]);
            prefix = prefix[Bytes32.Size..];
        }
    }

    /// <summary>
    /// Untrusted bytes: true only when they are the one frame of that piece of that stripe. Then gives the piece's digest;
    /// the piece is what lies behind the prefix.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, int totalPieces, int pieceLength, int piece, in Bytes32 stripeRoot, out Bytes32 digest)
    {
        digest = default;
        int prefix = PrefixSize(totalPieces, piece);
        if (frame.Length != prefix + pieceLength) return false;
        if (frame[0] != Version || frame[1] != totalPieces) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) != piece) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != (uint)pieceLength) return false;

        Span<Bytes32> siblings = stackalloc Bytes32[(prefix - HeaderSize) / Bytes32.Size];
        ReadPath(frame, siblings);
        Bytes32 found = VaultHash.Content(frame[prefix..]);
        if (!MerkleTree<AuditTree>.Verify(stripeRoot, totalPieces, piece, found, siblings)) return false;
        digest = found;
        return true;
    }

    /// <summary>Siblings of the piece's digest, from the leaf up.</summary>
    public static void ReadPath(ReadOnlySpan<byte> frame, Span<Bytes32> siblings)
    {
        for (int i = 0; i < siblings.Length; i++) siblings[i] = new Bytes32(frame.Slice(HeaderSize + i * Bytes32.Size, Bytes32.Size));
    }
}
