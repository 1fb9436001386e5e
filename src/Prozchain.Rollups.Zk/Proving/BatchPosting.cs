using Prozchain.Rollups.Batches;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>How the Inbox ordered a batch: what its head there is made of besides what goes before, forced items and the time.</summary>
/// <param name="Kind">Where its bytes are.</param>
/// <param name="IsWithheld">Whether the settlement layer declared them withheld.</param>
/// <param name="Data">What names them.</param>
/// <param name="Items">The list's root, as it was posted.</param>
/// <param name="Count">The list's count, as it was posted.</param>
/// <param name="Block">The settlement layer's block.</param>
/// <param name="BlockTime">That block's time, in seconds since 1970.</param>
internal readonly record struct BatchPosting(SourceKind Kind, bool IsWithheld, Digest32 Data, Digest32 Items, ulong Count, ulong Block, ulong BlockTime)
{
    /// <summary>Length, and the root over the chunks, of bytes that are more than a batch may have and so are not read; default of others.</summary>
    public (ulong Length, Digest32 Chunks) Unfit { get; init; }

    /// <summary>Reads the encoding (docs/formats/rollups-zk-input.md).</summary>
    public static bool TryRead(ref WireReader reader, out BatchPosting posting)
    {
        posting = default;
        if (!reader.TryReadByte(out byte kind) || kind > (byte)SourceKind.OffChain || !reader.TryReadByte(out byte withheld) || withheld > 1) return false;
        if (!WireParts.TryRead(ref reader, out Digest32 data) || !WireParts.TryRead(ref reader, out Digest32 items) || !reader.TryReadUInt64(out ulong count)) return false;
        if (!reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong time) || !reader.TryReadUInt64(out ulong length) || !WireParts.TryRead(ref reader, out Digest32 chunks)) return false;
        posting = new BatchPosting((SourceKind)kind, withheld == 1, data, items, count, block, time) { Unfit = (length, chunks) };
        return true;
    }

    /// <summary>Writes the encoding.</summary>
    public void Write(WireWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.WriteByte(IsWithheld ? (byte)1 : (byte)0);
        writer.WriteSpan(Data.Span);
        writer.WriteSpan(Items.Span);
        foreach (ulong number in (ReadOnlySpan<ulong>)[Count, Block, BlockTime, Unfit.Length]) writer.WriteUInt64(number);
        writer.WriteSpan(Unfit.Chunks.Span);
    }
}
