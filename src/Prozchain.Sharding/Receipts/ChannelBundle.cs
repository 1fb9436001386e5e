using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// All receipts of one block of one shard for one other shard, numbered per channel from 1 without gaps. A receipt is
/// the key of the cell it is for and a payload of up to 1,024 bytes. Immutable. Wire form: docs/formats/sharding-receipts.md.
/// </summary>
public sealed class ChannelBundle
{
    /// <summary>The most bytes of the receipts of one bundle: 16 MiB.</summary>
    public const int MaxBytes = 1 << 24;

    internal ChannelBundle(ChannelId channel, ulong sequence, ulong sourceHeight, ulong value, int count, ReadOnlyMemory<byte> messages) =>
        Set(channel, sequence, sourceHeight, value, count, messages);

    /// <summary>From whom to whom.</summary>
    public ChannelId Channel { get; private set; }

    /// <summary>Place in the channel, from 1.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Height of the source's block that sent it.</summary>
    public ulong SourceHeight { get; private set; }

    /// <summary>What the source let go of with these receipts, in the network's smallest unit: counted until attested.</summary>
    public ulong Value { get; private set; }

    /// <summary>Number of receipts, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>The receipts one after the other: key (32), length of the payload (2, little-endian), payload.</summary>
    public ReadOnlyMemory<byte> Messages { get; private set; }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output) => Write(output, Channel, Sequence, SourceHeight, Value, Messages.Span);

    internal static void Write(IBufferWriter<byte> output, ChannelId channel, ulong sequence, ulong sourceHeight, ulong value, ReadOnlySpan<byte> messages)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(channel.Source.Value);
        writer.WriteUInt64(channel.Destination.Value);
        writer.WriteUInt64(sequence);
        writer.WriteUInt64(sourceHeight);
        writer.WriteUInt64(value);
        writer.WriteVarint((ulong)messages.Length);
        writer.WriteSpan(messages);
    }

    /// <summary>Becomes another bundle, for who reads one body after the other.</summary>
    internal void Set(ChannelId channel, ulong sequence, ulong sourceHeight, ulong value, int count, ReadOnlyMemory<byte> messages) =>
        (Channel, Sequence, SourceHeight, Value, Count, Messages) = (channel, sequence, sourceHeight, value, count, messages);

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="bundle">The bundle, when the result is <see cref="ReadResult.Ok"/>; nothing proves yet that it was sent.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out ChannelBundle bundle)
    {
        bundle = null;
        ReadResult result = Read(source, out ChannelId channel, out ulong sequence, out ulong height, out ulong value, out int length, out int count);
        if (result == ReadResult.Ok) bundle = new ChannelBundle(channel, sequence, height, value, count, source[^length..].ToArray());
        return result;
    }

    /// <summary>Becomes the bundle that is read, over the memory of its encoding; as it was for any fault.</summary>
    internal bool TryBecome(ReadOnlyMemory<byte> encoding)
    {
        if (Read(encoding.Span, out ChannelId channel, out ulong sequence, out ulong height, out ulong value, out int length, out int count) != ReadResult.Ok) return false;
        Set(channel, sequence, height, value, count, encoding[^length..]);
        return true;
    }

    // The messages are what is last.
    private static ReadResult Read(ReadOnlySpan<byte> source, out ChannelId channel, out ulong sequence, out ulong height, out ulong value, out int length, out int count)
    {
        (channel, sequence, height, value, length, count) = (default, 0, 0, 0, 0, 0);
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong from) && reader.TryReadUInt64(out ulong to) && reader.TryReadUInt64(out sequence)
            && reader.TryReadUInt64(out height) && reader.TryReadUInt64(out value))) return ReadResult.Truncated;
        if (from == 0 || to == 0 || from == to || sequence == 0 || height == 0) return ReadResult.NotCanonical;
        if (!reader.TryReadVarint(out ulong bytes)) return ReadResult.NotCanonical;
        if (bytes > MaxBytes) return ReadResult.TooLarge;
        length = (int)bytes;
        if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> messages)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (!ReceiptList.TryCount(messages, out count)) return ReadResult.NotCanonical;
        if (count > WireLimits.MaxReceipts) return ReadResult.TooLarge;
        channel = new ChannelId(new ShardId(from), new ShardId(to));
        return ReadResult.Ok;
    }
}
