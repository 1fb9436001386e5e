using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Receipts;

/// <summary>The sending end of one channel.</summary>
internal sealed class OutgoingChannel
{
    private const int MaxUnattestedBlocks = 1 << 16;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly List<Unattested> _unattested = [];
    private ulong _pendingValue;

    /// <summary>Sequence of the last bundle.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Receipts ever added, those of the open block included.</summary>
    public ulong SentReceipts { get; private set; }

    /// <summary>How many may be.</summary>
    public ulong Limit { get; set; }

    public UInt128 UnattestedValue { get; private set; }

    public int PendingCount { get; private set; }

    /// <summary>False once so many blocks are unattested that no further one may add value.</summary>
    public bool MayAddValue => _pendingValue > 0 || _unattested.Count < MaxUnattestedBlocks;

    public bool TryAdd(in Digest cell, ReadOnlySpan<byte> payload, ulong value)
    {
        int length = ReceiptList.HeadSize + payload.Length;
        if (payload.Length > ExecutionLimits.MaxReceiptBytes || PendingCount == WireLimits.MaxReceipts || _pending.WrittenCount + length > ChannelBundle.MaxBytes
            || value > ulong.MaxValue - _pendingValue) return false;
        Span<byte> at = _pending.GetSpan(length);
        cell.Span.CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[Digest.Size..], (ushort)payload.Length);
        payload.CopyTo(at[ReceiptList.HeadSize..]);
        _pending.Advance(length);
        PendingCount++;
        SentReceipts++;
        _pendingValue += value;
        UnattestedValue += value;
        return true;
    }

    public ChannelBundle Seal(ChannelId channel, ulong height, bool isCapped)
    {
        var bundle = new ChannelBundle(channel, ++Sent, height, _pendingValue, PendingCount, _pending.WrittenSpan.ToArray());
        if (!isCapped) UnattestedValue -= _pendingValue;
        else if (_pendingValue > 0) _unattested.Add(new Unattested(channel.Source, channel.Destination, height, _pendingValue));
        _pending.ResetWrittenCount();
        PendingCount = 0;
        _pendingValue = 0;
        return bundle;
    }

    public void Attested(ShardId producer, ulong height)
    {
        int kept = 0;
        for (int i = 0; i < _unattested.Count; i++)
        {
            Unattested entry = _unattested[i];
            if (entry.Producer != producer || entry.Height > height) _unattested[kept++] = entry;
            else UnattestedValue -= entry.Value;
        }
        _unattested.RemoveRange(kept, _unattested.Count - kept);
    }

    public void TakeOver(OutgoingChannel closed)
    {
        var known = new HashSet<Unattested>(_unattested);
        foreach (Unattested entry in closed._unattested)
        {
            if (!known.Add(entry)) continue;
            _unattested.Add(entry);
            UnattestedValue += entry.Value;
        }
    }

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64(Sent);
        writer.WriteUInt64(SentReceipts);
        writer.WriteUInt64(Limit);
        writer.WriteVarint((ulong)_unattested.Count);
        foreach (Unattested entry in _unattested)
        {
            writer.WriteUInt64(entry.Producer.Value);
            writer.WriteUInt64(entry.Destination.Value);
            writer.WriteUInt64(entry.Height);
            writer.WriteUInt64(entry.Value);
        }
    }

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out OutgoingChannel? channel)
    {
        channel = null;
        if (!(reader.TryReadUInt64(out ulong sent) && reader.TryReadUInt64(out ulong receipts) && reader.TryReadUInt64(out ulong limit)
            && reader.TryReadCount(reader.Remaining / (4 * sizeof(ulong)), out int count)) || receipts > limit) return false;
        var read = new OutgoingChannel { Sent = sent, SentReceipts = receipts, Limit = limit };
        for (int i = 0; i < count; i++)
        {
            if (!(reader.TryReadUInt64(out ulong producer) && reader.TryReadUInt64(out ulong destination) && reader.TryReadUInt64(out ulong height) && reader.TryReadUInt64(out ulong value))) return false;
            read._unattested.Add(new Unattested(new ShardId(producer), new ShardId(destination), height, value));
            read.UnattestedValue += value;
        }
        channel = read;
        return true;
    }

    private readonly record struct Unattested(ShardId Producer, ShardId Destination, ulong Height, ulong Value);
}
