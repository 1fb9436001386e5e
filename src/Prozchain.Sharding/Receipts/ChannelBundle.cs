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

    private readonly byte[] _messages;

    internal ChannelBundle(ChannelId channel, ulong sequence, ulong sourceHeight, ulong value, int count, byte[] messages)
    {
        Channel = channel;
        Sequence = sequence;
        SourceHeight = sourceHeight;
        Value = value;
        Count = count;
        _messages = messages;
    }

    /// <summary>From whom to whom.</summary>
    public ChannelId Channel { get; }

    /// <summary>Place in the channel, from 1.</summary>
    public ulong Sequence { get; }

    /// <summary>Height of the source's block that sent it.</summary>
    public ulong SourceHeight { get; }

    /// <summary>What the source let go of with these receipts, in the network's smallest unit: counted until attested.</summary>
    public ulong Value { get; }

    /// <summary>Number of receipts, at least 1.</summary>
    public int Count { get; }

    /// <summary>The receipts one after the other: key (32), length of the payload (2, little-endian), payload.</summary>
    public ReadOnlyMemory<byte> Messages => _messages;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(Channel.Source.Value);
        writer.WriteUInt64(Channel.Destination.Value);
        writer.WriteUInt64(Sequence);
        writer.WriteUInt64(SourceHeight);
        writer.WriteUInt64(Value);
        writer.WriteVarint((ulong)_messages.Length);
        writer.WriteSpan(_messages);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="bundle">The bundle, when the result is <see cref="ReadResult.Ok"/>; nothing proves yet that it was sent.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out ChannelBundle bundle)
    {
        bundle = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong from) && reader.TryReadUInt64(out ulong to) && reader.TryReadUInt64(out ulong sequence)
            && reader.TryReadUInt64(out ulong height) && reader.TryReadUInt64(out ulong value))) return ReadResult.Truncated;
        if (from == 0 || to == 0 || from == to || sequence == 0 || height == 0) return ReadResult.NotCanonical;
        if (!reader.TryReadVarint(out ulong length)) return ReadResult.NotCanonical;
        if (length > MaxBytes) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> messages)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (!ReceiptList.TryCount(messages, out int count)) return ReadResult.NotCanonical;
        if (count > WireLimits.MaxReceipts) return ReadResult.TooLarge;
        bundle = new ChannelBundle(new ChannelId(new ShardId(from), new ShardId(to)), sequence, height, value, count, messages.ToArray());
        return ReadResult.Ok;
    }
}
