using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// The sending ends of a shard's channels, part of its replicated state: numbers, credit and unattested value. One
/// bundle a channel and block; nothing leaves beyond what the destination granted, and no more value than the cap out of
/// blocks that are not attested. Deterministic; one caller at a time. What it means under split and merge:
/// docs/formats/sharding-receipts.md.
/// </summary>
public sealed class OutgoingChannels
{
    private readonly ShardRange _self;
    private readonly ChannelOptions _options;
    private readonly SortedTable<ShardId, OutgoingChannel> _channels = [];
    private readonly List<ChannelNotice> _closes = [];
    private PeerTable _peers;

    /// <summary>Starts with no channel open: each opens with its first receipt.</summary>
    /// <param name="self">The shard.</param>
    /// <param name="options">The network's bounds.</param>
    /// <param name="live">All live shards; this one may be among them.</param>
    public OutgoingChannels(in ShardRange self, ChannelOptions options, IEnumerable<ShardRange> live)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _self = self;
        _options = options;
        _peers = new PeerTable(self, live);
    }

    /// <summary>Names the whole state: BLAKE3, derive-key, of its wire form.</summary>
    public Digest Digest
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            return new Digest(Domains.Channels.Hash(output.WrittenSpan));
        }
    }

    /// <summary>Value that has left for a shard in blocks that are not attested.</summary>
    /// <param name="destination">The shard.</param>
    public UInt128 Unattested(ShardId destination) => _channels.TryGetValue(destination, out OutgoingChannel? channel) ? channel.UnattestedValue : 0;

    /// <summary>Whether receipts could be sent, all of them or none: asked before a transaction executes.</summary>
    /// <param name="cell">The cell they are for, of this shard's class.</param>
    /// <param name="count">How many.</param>
    /// <param name="value">Their value in all.</param>
    public SendResult CanSend(in Digest cell, int count, ulong value)
    {
        if (!_peers.TryFind(_self.Class, cell, out ShardRange peer)) return SendResult.NoChannel;
        _channels.TryGetValue(peer.Id, out OutgoingChannel? channel);
        return CanSend(channel, count, value);
    }

    private SendResult CanSend(OutgoingChannel? channel, int count, ulong value)
    {
        ulong limit = channel?.Limit ?? (ulong)_options.InitialCredit;
        if ((UInt128)(channel?.SentReceipts ?? 0) + (uint)count > limit) return SendResult.NoCredit;
        if (value > 0 && channel?.MayAddValue == false) return SendResult.UnattestedCap;
        return (channel?.UnattestedValue ?? 0) + value > _options.MaxUnattested ? SendResult.UnattestedCap : SendResult.Sent;
    }

    /// <summary>Sends a receipt with the block that is being executed.</summary>
    /// <param name="cell">The cell it is for, of this shard's class.</param>
    /// <param name="payload">Up to 1,024 bytes.</param>
    /// <param name="value">What the source lets go of with it.</param>
    public SendResult TrySend(in Digest cell, ReadOnlySpan<byte> payload, ulong value) => TrySend(_self.Class, cell, payload, value);

    /// <summary>Sends a receipt to a shard of any class.</summary>
    /// <param name="layoutClass">The class that the cell is of.</param>
    /// <param name="cell">The cell it is for.</param>
    /// <param name="payload">Up to 1,024 bytes.</param>
    /// <param name="value">What the source lets go of with it.</param>
    public SendResult TrySend(LayoutClass layoutClass, in Digest cell, ReadOnlySpan<byte> payload, ulong value)
    {
        if (!_peers.TryFind(layoutClass, cell, out ShardRange peer)) return SendResult.NoChannel;
        _channels.TryGetValue(peer.Id, out OutgoingChannel? channel);
        SendResult can = CanSend(channel, 1, value);
        if (can != SendResult.Sent) return can;
        if (channel is null)
            _channels.Add(peer.Id, channel = new OutgoingChannel { Limit = (ulong)_options.InitialCredit });
        return channel.TryAdd(cell, payload, value) ? SendResult.Sent : SendResult.TooLarge;
    }

    /// <summary>The block is executed: its bundles in the order of destinations, and what it closes.</summary>
    /// <param name="height">The block's height, at least 1.</param>
    /// <param name="bundles">Receives the bundles.</param>
    /// <param name="notices">Receives the notices.</param>
    public void Seal(ulong height, List<ChannelBundle> bundles, List<ChannelNotice> notices)
    {
        ArgumentNullException.ThrowIfNull(bundles);
        ArgumentNullException.ThrowIfNull(notices);
        ArgumentOutOfRangeException.ThrowIfZero(height);
        // Without a cap nothing would ever clear the book.
        bool isCapped = _options.MaxUnattested < ulong.MaxValue;
        for (int i = 0; i < _channels.Count; i++)
        {
            OutgoingChannel channel = _channels.ValueAt(i);
            if (channel.PendingCount > 0) bundles.Add(channel.Seal(new ChannelId(_self.Id, _channels.KeyAt(i)), height, isCapped));
        }
        notices.AddRange(_closes);
        _closes.Clear();
    }

    /// <summary>The same, with the bundles written where they go.</summary>
    internal void Seal(ulong height, IBundleOutput bundles, List<ChannelNotice> notices)
    {
        bool isCapped = _options.MaxUnattested < ulong.MaxValue;
        for (int i = 0; i < _channels.Count; i++)
        {
            OutgoingChannel channel = _channels.ValueAt(i);
            if (channel.PendingCount > 0) channel.Seal(new ChannelId(_self.Id, _channels.KeyAt(i)), height, isCapped, bundles);
        }
        notices.AddRange(_closes);
        _closes.Clear();
    }

    /// <summary>A certified grant of a destination; anything else is ignored, and so is an older grant.</summary>
    /// <param name="notice">The notice.</param>
    public void Accept(in ChannelNotice notice)
    {
        if (notice.Kind != ChannelNoticeKind.Grant || notice.Channel.Source != _self.Id) return;
        if (_channels.TryGetValue(notice.Channel.Destination, out OutgoingChannel? channel) && notice.Sequence <= channel.Sent && notice.Limit > channel.Limit)
            channel.Limit = notice.Limit;
    }

    /// <summary>Blocks of a shard, this one or a parent, are attested: their value no longer counts against the cap.</summary>
    /// <param name="producer">The shard.</param>
    /// <param name="height">Up to which height.</param>
    public void Attested(ShardId producer, ulong height)
    {
        for (int i = 0; i < _channels.Count; i++) _channels.ValueAt(i).Attested(producer, height);
    }

    /// <summary>True if value of a shard's blocks up to a height is not attested: <see cref="Attested"/> would release some.</summary>
    internal bool HasUnattested(ShardId producer, ulong height)
    {
        for (int i = 0; i < _channels.Count; i++)
            if (_channels.ValueAt(i).HasUnattested(producer, height)) return true;
        return false;
    }

    /// <summary>
    /// Between two blocks: the shard takes in a new topology. Channels to ended shards close; what they carry
    /// unattested counts against each heir that overlaps.
    /// </summary>
    /// <param name="live">All live shards.</param>
    public void Adopt(IEnumerable<ShardRange> live)
    {
        var next = new PeerTable(_self, live);
        foreach (ShardRange old in _peers.All)
        {
            if (next.Contains(old.Id)) continue;
            _channels.Remove(old.Id, out OutgoingChannel? closed);
            if (closed?.PendingCount > 0) throw new InvalidOperationException("Expected a sealed block before a topology is taken in.");
            _closes.Add(new ChannelNotice(ChannelNoticeKind.Close, new ChannelId(_self.Id, old.Id), closed?.Sent ?? 0, 0));
            if (closed is not null) CarryOver(closed, old, next);
        }
        _peers = next;
    }

    /// <summary>The shard ends with the block to be sealed next: closes its channel to every live shard, used or not.</summary>
    public void End()
    {
        foreach (ShardRange peer in _peers.All)
        {
            ulong sent = _channels.TryGetValue(peer.Id, out OutgoingChannel? channel) ? channel.Sent + (channel.PendingCount > 0 ? 1UL : 0) : 0;
            _closes.Add(new ChannelNotice(ChannelNoticeKind.Close, new ChannelId(_self.Id, peer.Id), sent, 0));
        }
    }

    /// <summary>An heir's channels: all new, but for the unattested value of its parents.</summary>
    /// <param name="heir">The heir.</param>
    /// <param name="live">All live shards of the new topology.</param>
    /// <param name="parents">The ended states: one for a split, two for a merge.</param>
    public static OutgoingChannels Inherit(in ShardRange heir, IEnumerable<ShardRange> live, params ReadOnlySpan<OutgoingChannels> parents)
    {
        var state = new OutgoingChannels(heir, parents[0]._options, live);
        foreach (OutgoingChannels parent in parents)
        {
            foreach (ShardRange peer in parent._peers.All)
            {
                if (parent._channels.TryGetValue(peer.Id, out OutgoingChannel? channel)) state.CarryOver(channel, peer, state._peers);
            }
        }
        return state;
    }

    /// <summary>Writes the state; between blocks.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Wire.WireLimits.Version);
        writer.WriteVarint((ulong)_channels.Count);
        for (int i = 0; i < _channels.Count; i++)
        {
            writer.WriteUInt64(_channels.KeyAt(i).Value);
            _channels.ValueAt(i).Write(writer);
        }
        writer.WriteVarint((ulong)_closes.Count);
        foreach (ChannelNotice close in _closes) close.Write(output);
    }

    /// <summary>Puts a state back that <see cref="Write"/> wrote. Never throws, whatever the bytes.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <returns>False if the bytes are not such a state; this one is then as new.</returns>
    public bool TryRestore(ReadOnlySpan<byte> source)
    {
        _channels.Clear();
        _closes.Clear();
        var reader = new WireReader(source);
        if (TryRead(ref reader) && reader.IsAtEnd) return true;
        _channels.Clear();
        _closes.Clear();
        return false;
    }

    private bool TryRead(ref WireReader reader)
    {
        if (!reader.TryReadByte(out byte version) || version != Wire.WireLimits.Version) return false;
        if (!reader.TryReadCount(ShardLayout.MaxShards, out int count)) return false;
        ulong last = 0;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out ulong id) || id <= last || !OutgoingChannel.TryRead(ref reader, out OutgoingChannel? channel)) return false;
            _channels.Add(new ShardId(last = id), channel);
        }
        if (!reader.TryReadCount(ShardLayout.MaxShards, out int closes)) return false;
        for (int i = 0; i < closes; i++)
        {
            if (!reader.TryReadSpan(ChannelNotice.Size, out ReadOnlySpan<byte> bytes)) return false;
            if (ChannelNotice.TryRead(bytes, out ChannelNotice notice) != Wire.ReadResult.Ok || notice.Kind != ChannelNoticeKind.Close) return false;
            _closes.Add(notice);
        }
        return true;
    }

    private void CarryOver(OutgoingChannel closed, in ShardRange old, PeerTable next)
    {
        if (closed.UnattestedValue == 0) return;
        foreach (ShardRange heir in next.All)
        {
            if (!heir.Overlaps(old)) continue;
            if (!_channels.TryGetValue(heir.Id, out OutgoingChannel? channel))
                _channels.Add(heir.Id, channel = new OutgoingChannel { Limit = (ulong)_options.InitialCredit });
            channel.TakeOver(closed);
        }
    }
}
