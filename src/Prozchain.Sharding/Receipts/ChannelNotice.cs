using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// A leaf of a block's receipts tree about one channel. Its numbers only grow, so that doubled, late and reordered
/// notices do no harm. 34 bytes on the wire: docs/formats/sharding-receipts.md.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Sequence">Grant: the watermark. Close: sequence of the last bundle, 0 if none was sent.</param>
/// <param name="Limit">Grant: how many receipts may have been sent in all. Close: 0.</param>
public readonly record struct ChannelNotice(ChannelNoticeKind Kind, ChannelId Channel, ulong Sequence, ulong Limit)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 2 + 4 * sizeof(ulong);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 34 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(Channel.Source.Value);
        writer.WriteUInt64(Channel.Destination.Value);
        writer.WriteUInt64(Sequence);
        writer.WriteUInt64(Limit);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="notice">The notice, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out ChannelNotice notice)
    {
        notice = default;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != WireLimits.Version) return ReadResult.UnknownVersion;
        if (source.Length < Size) return ReadResult.Truncated;
        if (source.Length > Size) return ReadResult.TrailingBytes;
        var reader = new WireReader(source[1..]);
        reader.TryReadByte(out byte kind);
        reader.TryReadUInt64(out ulong from);
        reader.TryReadUInt64(out ulong to);
        reader.TryReadUInt64(out ulong sequence);
        reader.TryReadUInt64(out ulong limit);
        if (kind is not (1 or 2) || from == 0 || to == 0 || from == to || (kind == 2 && limit != 0)) return ReadResult.NotCanonical;
        notice = new ChannelNotice((ChannelNoticeKind)kind, new ChannelId(new ShardId(from), new ShardId(to)), sequence, limit);
        return ReadResult.Ok;
    }
}
