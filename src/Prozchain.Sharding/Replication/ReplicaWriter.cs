using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>The second byte of every message between shard nodes that is not the ordering protocol's.</summary>
internal enum ReplicaMessage : byte
{
    Delivery = 32,
    Acknowledgement = 33,
    WantHeader = 34,
    Header = 35,
    Transaction = 36,
    AtomicTransaction = 37,
    WantSettlement = 38,
    Settlement = 39,
    LockRequest = 40,
}

/// <summary>Encodes messages into one buffer: each result is valid until the next call.</summary>
internal sealed class ReplicaWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024), _header = new(1024);

    public ReadOnlySpan<byte> Delivery(FinalityProof header, IReadOnlyCollection<SentReceipt> receipts)
    {
        Begin(ReplicaMessage.Delivery);
        _header.ResetWrittenCount();
        header.Write(_header);
        var writer = new WireWriter(_buffer);
        writer.WriteVarint((ulong)_header.WrittenCount);
        writer.WriteSpan(_header.WrittenSpan);
        writer.WriteVarint((ulong)receipts.Count);
        foreach (SentReceipt receipt in receipts)
        {
            writer.WriteByte((byte)receipt.Kind);
            receipt.Proof.Write(_buffer);
            writer.WriteVarint((ulong)receipt.Encoding.Length);
            writer.WriteSpan(receipt.Encoding.Span);
            ReadOnlyMemory<byte> transaction = receipt.Transaction?.Encoded ?? default;
            writer.WriteVarint((ulong)transaction.Length);
            writer.WriteSpan(transaction.Span);
        }
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Acknowledgement(ShardId self, IReadOnlyCollection<ReceiptName> names)
    {
        WireWriter writer = Begin(ReplicaMessage.Acknowledgement);
        writer.WriteUInt64(self.Value);
        writer.WriteVarint((ulong)names.Count);
        foreach (ReceiptName name in names)
        {
            writer.WriteUInt64(name.Height);
            writer.WriteVarint((ulong)name.Index);
        }
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> WantHeader(ulong height)
    {
        Begin(ReplicaMessage.WantHeader).WriteUInt64(height);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> WantSettlement(in SettlementName name)
    {
        name.Write(Begin(ReplicaMessage.WantSettlement));
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Settlement(Settlement settlement)
    {
        Begin(ReplicaMessage.Settlement);
        settlement.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Header(FinalityProof header)
    {
        Begin(ReplicaMessage.Header);
        header.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Transaction(ReplicaMessage type, ReadOnlySpan<byte> transaction)
    {
        Begin(type).WriteSpan(transaction);
        return _buffer.WrittenSpan;
    }

    private WireWriter Begin(ReplicaMessage type) => _buffer.Restart((byte)type);
}
