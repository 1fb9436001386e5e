using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>Writes all of a body but its transactions (<see cref="ShardBody"/>). Used again; then bundles and notices allocate nothing.</summary>
internal sealed class BodyParts
{
    private static readonly Comparison<BodySource> s_byHeight = (a, b) => (a.Shard, a.Height).CompareTo((b.Shard, b.Height));

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Dictionary<(ShardId, ulong), int> _places = [];
    private readonly List<BodySource> _sources = [];

    public void Build(MicroBlockBuilder builder, IReadOnlyList<ProvenReceipt> receipts, IReadOnlyList<AtomicTransaction> begun,
        IReadOnlyCollection<TopologyChange>? topology = null, IReadOnlyCollection<Settlement>? settlements = null, IReadOnlyCollection<AttestationCertificate>? attested = null,
        IReadOnlyCollection<LockRequest>? locks = null, IReadOnlyCollection<LockRequest>? prepared = null)
    {
        builder.Clear();
        AddSources(builder, receipts);
        for (ReceiptKind kind = ReceiptKind.Bundle; kind < ReceiptKind.Ending; kind++)
            for (int i = 0; i < receipts.Count; i++)
                if (receipts[i].Kind == kind) Add(builder, receipts[i]);
        for (int i = 0; i < begun.Count; i++) builder.AddRecord(ShardBody.TransactionRecord, begun[i].Encoded.Span);
        for (int i = 0; i < receipts.Count; i++)
            if (receipts[i].Kind == ReceiptKind.Ending) Add(builder, receipts[i]);
        foreach (TopologyChange change in topology ?? [])
        {
            change.Write(_output);
            Flush(builder, ShardBody.TopologyRecord);
        }
        foreach (Settlement settlement in settlements ?? [])
        {
            settlement.Write(_output);
            Flush(builder, ShardBody.SettlementRecord);
        }
        foreach (AttestationCertificate certificate in attested ?? [])
        {
            certificate.Write(_output);
            Flush(builder, ShardBody.AttestationRecord);
        }
        foreach (LockRequest request in locks ?? []) builder.AddRecord(ShardBody.LockRecord, request.Encoded.Span);
        foreach (LockRequest request in prepared ?? []) builder.AddRecord(ShardBody.PrepareRecord, request.Encoded.Span);
    }

    // Each block once, ascending by shard and height; receipts then name its place.
    private void AddSources(MicroBlockBuilder builder, IReadOnlyList<ProvenReceipt> receipts)
    {
        _output.ResetWrittenCount();
        _places.Clear();
        _sources.Clear();
        for (int i = 0; i < receipts.Count; i++)
            if (_places.TryAdd((receipts[i].Source.Shard, receipts[i].Source.Height), 0)) _sources.Add(receipts[i].Source);
        _sources.Sort(s_byHeight);
        for (int i = 0; i < _sources.Count; i++)
        {
            BodySource source = _sources[i];
            _places[(source.Shard, source.Height)] = i;
            var writer = new WireWriter(_output);
            writer.WriteUInt64(source.Shard.Value);
            writer.WriteUInt64(source.Height);
            writer.WriteUInt64(source.Epoch);
            writer.WriteBytes32(source.ReceiptsRoot.Bytes);
            Flush(builder, ShardBody.SourceRecord);
        }
    }

    private void Add(MicroBlockBuilder builder, ProvenReceipt receipt)
    {
        var writer = new WireWriter(_output);
        writer.WriteVarint((ulong)_places[(receipt.Source.Shard, receipt.Source.Height)]);
        receipt.Proof.Write(_output);
        if (receipt.Kind != ReceiptKind.Bundle)
        {
            writer.WriteSpan(receipt.Encoding.Span);
            Flush(builder, receipt.Kind switch
            {
                ReceiptKind.Notice => ShardBody.NoticeRecord,
                ReceiptKind.Record => ShardBody.AtomicRecordRecord,
                _ => ShardBody.EndingRecord,
            });
            return;
        }
        writer.WriteUInt64(receipt.Bundle!.Channel.Destination.Value);
        writer.WriteUInt64(receipt.Bundle.Sequence);
        writer.WriteUInt64(receipt.Bundle.Value);
        builder.AddBundle(_output.WrittenSpan, receipt.Bundle.Messages.Span);
        _output.ResetWrittenCount();
    }

    private void Flush(MicroBlockBuilder builder, byte kind)
    {
        builder.AddRecord(kind, _output.WrittenSpan);
        _output.ResetWrittenCount();
    }
}
