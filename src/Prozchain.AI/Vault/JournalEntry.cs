using System.Buffers;
using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One stripe in a journal.</summary>
internal sealed class JournalEntry(StoredStripe stripe, bool[] fresh)
{
    public StoredStripe Stripe => stripe;

    /// <summary>For each piece, whether its store had nothing under its key before.</summary>
    public bool[] Fresh => fresh;

    /// <summary>Whether all its pieces were put.</summary>
    public bool Done { get; set; }

    public void Write(WireWriter writer)
    {
        writer.WriteVarint((ulong)stripe.Length);
        writer.WriteByte(stripe.Codec);
        writer.WriteByte((byte)stripe.Type);
        writer.WriteBytes32(stripe.PieceRoot);
        for (int i = 0; i < stripe.Leaves.Length; i++)
        {
            writer.WriteBytes32(stripe.Leaves[i]);
            if (stripe.Encoded is { } encoded) writer.WriteVarint((ulong)encoded[i]);
        }
        for (int i = 0; i < fresh.Length; i += 8)
        {
            int bits = 0;
            for (int j = i; j < Math.Min(i + 8, fresh.Length); j++) bits |= fresh[j] ? 1 << (j - i) : 0;
            writer.WriteByte((byte)bits);
        }
    }

    /// <summary>Untrusted bytes: null when they are no entry of a store with these parameters.</summary>
    public static JournalEntry? TryRead(ref WireReader reader, int leafSize, int dataPieces, int keptPieces)
    {
        if (!reader.TryReadCount(leafSize * dataPieces, out int length) || length == 0) return null;
        if (!reader.TryReadByte(out byte codec) || !reader.TryReadByte(out byte type)) return null;
        if (TensorCodecs.Find(codec) is null || type >= TensorTypes.Count) return null;
        if (ManifestReader.ReadStripe(ref reader, length, dataPieces, codec, (TensorType)type, out StoredStripe? stripe) != VaultFormatStatus.Ok) return null;
        var fresh = new bool[keptPieces];
        for (int i = 0; i < fresh.Length; i += 8)
        {
            if (!reader.TryReadByte(out byte bits)) return null;
            for (int j = i; j < Math.Min(i + 8, fresh.Length); j++) fresh[j] = (bits >> (j - i) & 1) != 0;
        }
        return new JournalEntry(stripe!, fresh);
    }
}
