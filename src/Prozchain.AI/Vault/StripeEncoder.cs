using Prozchain.AI.Codec;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>From the decoded bytes of a stripe in a slot's work area to framed pieces in place.</summary>
internal static class StripeEncoder
{
    /// <summary>Codes the leaves and the parity, sets what the stripe is stored as, writes every prefix. The decoded bytes are gone then.</summary>
    public static void Encode(StripeSlot slot, StoredStripe stripe, ITensorCodec codec, StripeCode code)
    {
        int longest = stripe.LeafLength;
        int[]? encoded = null;
        if (!stripe.IsRaw)
        {
            encoded = new int[stripe.Leaves.Length];
            longest = 0;
        }
        for (int i = 0; i < stripe.Leaves.Length; i++)
        {
            ReadOnlySpan<byte> leaf = slot.Work.AsSpan(i * stripe.LeafLength, stripe.LeafLengthAt(i));
            int length = codec.Encode(leaf, stripe.Type, default, slot.Piece(i, slot.Capacity));
            if (encoded is not null) encoded[i] = length;
            longest = Math.Max(longest, length);
        }
        int pieceLength = PartLayout.RoundUp(longest);
        for (int i = 0; i < code.DataPieces; i++)
        {
            int used = i >= stripe.Leaves.Length ? 0 : encoded?[i] ?? stripe.LeafLengthAt(i);
            slot.Piece(i, pieceLength)[used..].Clear();
        }
        slot.Encode(code, pieceLength);
        for (int i = 0; i < slot.Digests.Length; i++)
        {
            bool same = stripe.IsRaw && i < stripe.Leaves.Length && stripe.LeafLengthAt(i) == pieceLength;
            slot.Digests[i] = same ? stripe.Leaves[i] : VaultHash.Content(slot.Piece(i, pieceLength));
        }
        stripe.SetPieces(pieceLength, MerkleTree<AuditTree>.Root(slot.Digests), encoded);
        WritePrefixes(slot, pieceLength);
    }

    /// <summary>Writes what stands before each piece, from the digests of all.</summary>
    public static void WritePrefixes(StripeSlot slot, int pieceLength)
    {
        for (int i = 0; i < slot.Digests.Length; i++)
        {
            Span<byte> frame = slot.Frame(i, pieceLength).Span;
            PieceFrame.WritePrefix(slot.Digests, i, pieceLength, frame[..^pieceLength]);
        }
    }
}
