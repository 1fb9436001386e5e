using Prozchain.Shared;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// The receiving end of one channel for one range of keys. A shard that lives has one for each channel to it; its
/// heirs take them over, each for its own keys, so that after a merge one channel can have two.
/// </summary>
internal sealed class IncomingPiece
{
    public required ChannelId Channel { get; init; }

    /// <summary>The keys that this piece credits, with the shard that it was cut for.</summary>
    public required ShardRange Range { get; init; }

    /// <summary>Sequence of the last bundle applied: the watermark.</summary>
    public ulong Applied { get; set; }

    /// <summary>Receipts of all bundles applied, whoever's keys they are for.</summary>
    public ulong Receipts { get; set; }

    /// <summary>Receipts granted in all.</summary>
    public ulong Limit { get; set; }

    /// <summary>Receipts that wait for claimed cells.</summary>
    public int Deferred { get; set; }

    /// <summary>Sequence of the channel's last bundle, once known.</summary>
    public ulong? Last { get; set; }

    /// <summary>Something was applied since the last grant.</summary>
    public bool GrantDue { get; set; }

    public bool IsDrained => Last == Applied && Deferred == 0;

    /// <summary>Receipts that may still come or wait here.</summary>
    public long Outstanding => IsDrained ? 0 : (long)(Limit - Receipts) + Deferred;

    public IncomingPiece For(in ShardRange heir) => new()
    {
        Channel = Channel, Range = heir.Depth > Range.Depth ? heir : Range, Applied = Applied, Receipts = Receipts, Limit = Limit, Last = Last, GrantDue = GrantDue,
    };

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64(Channel.Source.Value);
        writer.WriteUInt64(Channel.Destination.Value);
        writer.WriteUInt64(Range.Id.Value);
        writer.WriteBytes32(Range.Prefix.Bytes);
        writer.WriteByte((byte)Range.Depth);
        writer.WriteUInt64(Applied);
        writer.WriteUInt64(Receipts);
        writer.WriteUInt64(Limit);
        writer.WriteByte((byte)((Last is null ? 0 : 1) | (GrantDue ? 2 : 0)));
        writer.WriteUInt64(Last ?? 0);
    }

    public static bool TryRead(ref WireReader reader, LayoutClass layoutClass, out IncomingPiece piece)
    {
        piece = null!;
        if (!(reader.TryReadUInt64(out ulong source) && reader.TryReadUInt64(out ulong destination) && reader.TryReadUInt64(out ulong id)
            && reader.TryReadBytes32(out Bytes32 prefix) && reader.TryReadByte(out byte depth) && reader.TryReadUInt64(out ulong applied)
            && reader.TryReadUInt64(out ulong receipts) && reader.TryReadUInt64(out ulong limit) && reader.TryReadByte(out byte flags)
            && reader.TryReadUInt64(out ulong last))) return false;
        if (flags > 3 || receipts > limit || limit > long.MaxValue || ((flags & 1) == 0 ? last != 0 : last < applied)) return false;
        piece = new IncomingPiece
        {
            Channel = new ChannelId(new ShardId(source), new ShardId(destination)), Range = new ShardRange(new ShardId(id), new Digest(prefix), depth) { Class = layoutClass },
            Applied = applied, Receipts = receipts, Limit = limit, Last = (flags & 1) == 0 ? null : last, GrantDue = (flags & 2) != 0,
        };
        return true;
    }
}
