using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// A micro-block's body with its parts read: what it relies on, what other shards said, the atomic transactions that it
/// begins. Wire form: docs/formats/sharding-replica.md.
/// </summary>
internal sealed class ShardBody
{
    private const byte SourceRecord = 1, NoticeRecord = 2, AtomicRecordRecord = 3, TransactionRecord = 4;

    // An idle shard's body has no bytes.
    private static readonly byte[] s_empty = [WireLimits.Version, 0, 0, 0];

    public MicroBlockBody Inner { get; } = new();

    public List<BodySource> Sources { get; } = [];

    public List<ProvenReceipt> Bundles { get; } = [];

    public List<ProvenReceipt> Notices { get; } = [];

    public List<ProvenReceipt> Records { get; } = [];

    public List<AtomicTransaction> Begun { get; } = [];

    public IEnumerable<ProvenReceipt> Receipts => Notices.Concat(Records).Concat(Bundles);

    /// <summary>Reads a body; null for any fault. Never throws.</summary>
    public static ShardBody? TryRead(ReadOnlyMemory<byte> encoded)
    {
        var body = new ShardBody();
        return body.Read(encoded) ? body : null;
    }

    /// <summary>Reads a body in place of the one before; false for any fault. Never throws.</summary>
    public bool Read(ReadOnlyMemory<byte> encoded)
    {
        Sources.Clear();
        Bundles.Clear();
        Notices.Clear();
        Records.Clear();
        Begun.Clear();
        return Inner.Read(encoded.IsEmpty ? s_empty : encoded) == ReadResult.Ok && ReadParts();
    }

    /// <summary>Writes the parts of a body into a builder, and the transactions after them.</summary>
    public static void Build(MicroBlockBuilder builder, IReadOnlyCollection<ProvenReceipt> receipts, IEnumerable<AtomicTransaction> begun, IEnumerable<ReadOnlyMemory<byte>> transactions)
    {
        builder.Clear();
        var output = new ArrayBufferWriter<byte>();
        var places = new Dictionary<(ShardId, ulong), int>();
        foreach (BodySource source in receipts.Select(receipt => receipt.Source).DistinctBy(source => (source.Shard, source.Height)).OrderBy(source => (source.Shard, source.Height)))
        {
            places.Add((source.Shard, source.Height), places.Count);
            var writer = new WireWriter(output);
            writer.WriteUInt64(source.Shard.Value);
            writer.WriteUInt64(source.Height);
            writer.WriteUInt64(source.Epoch);
            writer.WriteBytes32(source.ReceiptsRoot.Bytes);
            Flush(SourceRecord);
        }
        foreach (ProvenReceipt receipt in receipts.OrderBy(receipt => receipt.Kind))
        {
            var writer = new WireWriter(output);
            writer.WriteVarint((ulong)places[(receipt.Source.Shard, receipt.Source.Height)]);
            receipt.Proof.Write(output);
            if (receipt.Kind != ReceiptKind.Bundle)
            {
                writer.WriteSpan(receipt.Encoding.Span);
                Flush(receipt.Kind == ReceiptKind.Notice ? NoticeRecord : AtomicRecordRecord);
                continue;
            }
            writer.WriteUInt64(receipt.Bundle!.Channel.Destination.Value);
            writer.WriteUInt64(receipt.Bundle.Sequence);
            writer.WriteUInt64(receipt.Bundle.Value);
            builder.AddBundle(output.WrittenSpan, receipt.Bundle.Messages.Span);
            output.ResetWrittenCount();
        }
        foreach (AtomicTransaction transaction in begun) builder.AddRecord(TransactionRecord, transaction.Encoded.Span);
        foreach (ReadOnlyMemory<byte> transaction in transactions) builder.AddTransaction(transaction.Span);

        void Flush(byte kind)
        {
            builder.AddRecord(kind, output.WrittenSpan);
            output.ResetWrittenCount();
        }
    }

    private bool ReadParts()
    {
        byte last = 0;
        for (int i = 0; i < Inner.RecordCount; i++)
        {
            byte kind = Inner.RecordKind(i);
            if (kind < last) return false;
            last = kind;
            if (!ReadRecord(kind, Inner.Record(i))) return false;
        }
        for (int i = 0; i < Inner.BundleCount; i++)
        {
            var reader = new WireReader(Inner.BundleHead(i));
            if (!reader.TryReadCount(Sources.Count - 1, out int place) || ReceiptProof.Read(ref reader) is not { } proof || !reader.TryReadUInt64(out ulong destination)
                || !reader.TryReadUInt64(out ulong sequence) || !reader.TryReadUInt64(out ulong value) || !reader.IsAtEnd || destination == 0 || sequence == 0) return false;
            BodySource source = Sources[place];
            ReadOnlySpan<byte> receipts = Inner.BundleReceipts(i);
            if (destination == source.Shard.Value || !ReceiptList.TryCount(receipts, out int count) || count > WireLimits.MaxReceipts) return false;
            var channel = new ChannelId(source.Shard, new ShardId(destination));
            Bundles.Add(ProvenReceipt.Of(source, new ChannelBundle(channel, sequence, source.Height, value, count, receipts.ToArray()), proof));
        }
        return true;
    }

    private bool ReadRecord(byte kind, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        switch (kind)
        {
            case SourceRecord:
                if (bytes.Length != BodySource.Size) return false;
                reader.TryReadUInt64(out ulong shard);
                reader.TryReadUInt64(out ulong height);
                reader.TryReadUInt64(out ulong epoch);
                reader.TryReadBytes32(out Bytes32 root);
                if (shard == 0 || height == 0 || (Sources.Count > 0 && (Sources[^1].Shard, Sources[^1].Height).CompareTo((new ShardId(shard), height)) >= 0)) return false;
                Sources.Add(new BodySource(new ShardId(shard), height, epoch, new Digest(root)));
                return true;
            case NoticeRecord or AtomicRecordRecord:
                if (!reader.TryReadCount(Sources.Count - 1, out int place) || ReceiptProof.Read(ref reader) is not { } proof) return false;
                byte leaf = (byte)(kind == NoticeRecord ? ReceiptKind.Notice : ReceiptKind.Record);
                if (ProvenReceipt.TryRead(Sources[place], leaf, bytes[reader.Offset..].ToArray(), proof) is not { } receipt) return false;
                (kind == NoticeRecord ? Notices : Records).Add(receipt);
                return true;
            case TransactionRecord:
                if (AtomicTransaction.TryRead(bytes, out AtomicTransaction? transaction) != ReadResult.Ok) return false;
                Begun.Add(transaction!);
                return true;
            default:
                return false;
        }
    }
}
