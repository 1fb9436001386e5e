using System.Buffers;
using Prozchain.AI.Codec;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>From the decoded bytes of a stripe in a slot's work area to framed pieces in place.</summary>
internal static class StripeEncoder
{
    /// <summary>Codes the leaves and the parity, sets what the stripe is stored as, writes every prefix. The decoded bytes are gone then.</summary>
    public static void Encode(StripeSlot slot, StoredStripe stripe, ITensorCodec codec, StripeCode code) =>
        Complete(slot, stripe, EncodeLeaves(slot, stripe, codec), code);

    /// <summary>The first half of that.</summary>
    /// <returns>The length of each coded leaf; null where leaves are raw.</returns>
    public static int[]? EncodeLeaves(StripeSlot slot, StoredStripe stripe, ITensorCodec codec)
    {
        slot.Shape(stripe.LeafLength);
        // The place of parity, which comes later, is room for the codec: rented, every thread would keep some.
        int[]? encoded = stripe.IsRaw ? null : new int[stripe.Leaves.Length];
        for (int i = 0; i < stripe.Leaves.Length; i++)
        {
            ReadOnlySpan<byte> leaf = slot.Work.AsSpan(i * stripe.LeafLength, stripe.LeafLengthAt(i));
            int length = codec.Encode(leaf, stripe.Type, default, slot.Piece(i, slot.Capacity), slot.Spare);
            if (encoded is not null) encoded[i] = length;
        }
        return encoded;
    }

    /// <summary>The second half.</summary>
    public static void Complete(StripeSlot slot, StoredStripe stripe, int[]? encoded, StripeCode code)
    {
        int pieceLength = PartLayout.RoundUp(encoded is null ? stripe.LeafLength : encoded.Max());
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
        stripe.SetPieces(pieceLength, WritePrefixes(slot, pieceLength), encoded);
    }

    /// <summary>Writes what stands before each piece, from the digests of all; returns their root.</summary>
    public static Bytes32 WritePrefixes(StripeSlot slot, int pieceLength)
    {
        int total = slot.Digests.Length, stride = MerkleTree<AuditTree>.ProofLength(total, 0);
        Bytes32[] siblings = ArrayPool<Bytes32>.Shared.Rent(total * stride);
        Bytes32 root = MerkleTree<AuditTree>.ProveAll(slot.Digests, siblings, stride);
        for (int i = 0; i < total; i++)
            PieceFrame.WritePrefix(total, siblings.AsSpan(i * stride, stride), i, pieceLength, slot.Frame(i, pieceLength).Span[..^pieceLength]);
        ArrayPool<Bytes32>.Shared.Return(siblings);
        return root;
    }
}
