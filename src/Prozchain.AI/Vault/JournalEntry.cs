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

    /// <summary>Whether this run saw that they are there yet.</summary>
    public bool IsChecked { get; set; }

    /// <summary>But those.</summary>
    public UnwrittenPiece[] Unwritten { get; set; } = [];

    public void Write(WireWriter writer)
    {
        writer.WriteVarint((ulong)stripe.Length);
        writer.WriteByte(stripe.Codec);
        writer.WriteByte((byte)stripe.Type);
        ManifestWriter.WriteStripe(writer, stripe);
        WriteBits(writer, fresh);
    }

    /// <summary>A bit a piece, lowest first.</summary>
    public static void WriteBits(WireWriter writer, ReadOnlySpan<bool> flags)
    {
        for (int i = 0; i < flags.Length; i += 8)
        {
            int bits = 0;
            for (int j = i; j < Math.Min(i + 8, flags.Length); j++) bits |= flags[j] ? 1 << (j - i) : 0;
            writer.WriteByte((byte)bits);
        }
    }

    /// <summary>Untrusted bytes: false when they end early.</summary>
    public static bool TryReadBits(ref WireReader reader, scoped Span<bool> flags)
    {
        for (int i = 0; i < flags.Length; i += 8)
        {
            if (!reader.TryReadByte(out byte bits)) return false;
            for (int j = i; j < Math.Min(i + 8, flags.Length); j++) flags[j] = (bits >> (j - i) & 1) != 0;
        }
        return true;
    }

    /// <summary>Untrusted bytes: null when they are no entry of a store with these parameters.</summary>
    public static JournalEntry? TryRead(ref WireReader reader, int leafSize, int dataPieces, int keptPieces)
    {
        if (!reader.TryReadCount(leafSize * dataPieces, out int length) || length == 0) return null;
        if (!reader.TryReadByte(out byte codec) || !reader.TryReadByte(out byte type)) return null;
        if (TensorCodecs.Find(codec) is null || type >= TensorTypes.Count) return null;
        if (ManifestReader.ReadStripe(ref reader, length, dataPieces, codec, (TensorType)type, out StoredStripe? stripe) != VaultFormatStatus.Ok) return null;
        var fresh = new bool[keptPieces];
        if (!TryReadBits(ref reader, fresh)) return null;
        return new JournalEntry(stripe!, fresh);
    }
}
