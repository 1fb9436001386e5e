using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// What other shards said to one shard and no block of it holds yet, in the order in which it was said. Bounded by the
/// channels' credit; records of atomic transactions, of which there are as many as the shards may have open, by time.
/// </summary>
internal sealed class ReceiptLine(long keepMs)
{
    private readonly List<Waiting> _line = [];

    // Bundles and notices that a block holds, to become others.
    private readonly List<ProvenReceipt> _bundles = [], _notices = [];

    public int Count => _line.Count;

    public List<Waiting> Items => _line;

    /// <summary>Adds a copy unless it waits here already.</summary>
    public void AddOnce(in BodySource source, long timeMs, SentReceipt sent)
    {
        if (!Holds(new ReceiptName(source.Shard, source.Height, sent.Proof.Index))) Add(source, timeMs, sent);
    }

    /// <summary>Adds a copy of what waits elsewhere, unless it waits here already.</summary>
    public void AddOnce(in Waiting item)
    {
        if (!Holds(item.Receipt.Name)) _line.Add(item with { Receipt = item.Receipt.Copy() });
    }

    /// <summary>Adds a copy.</summary>
    public void Add(in BodySource source, long timeMs, SentReceipt sent)
    {
        ProvenReceipt? receipt;
        if (sent.Kind is ReceiptKind.Bundle or ReceiptKind.Notice)
        {
            List<ProvenReceipt> spare = SpareOf(sent.Kind);
            receipt = spare.Count > 0 ? spare[^1] : new ProvenReceipt();
            if (spare.Count > 0) spare.RemoveAt(spare.Count - 1);
            if (!receipt.TryBecome(source, sent)) receipt = null;
        }
        else
        {
            receipt = ProvenReceipt.TryCopy(source, sent.Kind, sent.Encoding, sent.Proof);
        }
        _line.Add(new Waiting(timeMs, receipt ?? throw new InvalidOperationException("Expected to read a receipt of this process.")));
    }

    /// <summary>A block holds these; records that have outlived their transactions go too. What went becomes another receipt at the next <see cref="Add"/>.</summary>
    public void Remove(HashSet<ReceiptName> held, long nowMs)
    {
        int kept = 0;
        for (int i = 0; i < _line.Count; i++)
        {
            Waiting item = _line[i];
            ReceiptKind kind = item.Receipt.Kind;
            bool isHeld = held.Contains(item.Receipt.Name);
            if (!isHeld && !(kind == ReceiptKind.Record && nowMs - item.TimeMs > keepMs)) _line[kept++] = item;
            else if (kind is ReceiptKind.Bundle or ReceiptKind.Notice) SpareOf(kind).Add(item.Receipt);
        }
        _line.RemoveRange(kept, _line.Count - kept);
    }

    private List<ProvenReceipt> SpareOf(ReceiptKind kind) => kind == ReceiptKind.Bundle ? _bundles : _notices;

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)_line.Count);
        foreach (Waiting item in _line)
        {
            writer.WriteUInt64((ulong)item.TimeMs);
            writer.WriteUInt64(item.Receipt.Source.Shard.Value);
            writer.WriteUInt64(item.Receipt.Source.Height);
            writer.WriteUInt64(item.Receipt.Source.Epoch);
            writer.WriteBytes32(item.Receipt.Source.ReceiptsRoot.Bytes);
            writer.WriteByte((byte)item.Receipt.Kind);
            item.Receipt.Proof.Write(output);
            writer.WriteVarint((ulong)item.Receipt.Encoding.Length);
            writer.WriteSpan(item.Receipt.Encoding.Span);
        }
    }

    /// <summary>Puts back what <see cref="Write"/> wrote; false for other bytes.</summary>
    public bool TryRead(ref WireReader reader)
    {
        _line.Clear();
        if (!reader.TryReadCount(reader.Remaining, out int count)) return false;
        for (; count > 0; count--)
        {
            if (!reader.TryReadUInt64(out ulong time) || !reader.TryReadUInt64(out ulong shard) || !reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong epoch)
                || !reader.TryReadBytes32(out Bytes32 root) || !reader.TryReadByte(out byte kind) || ReceiptProof.Read(ref reader) is not { } proof
                || !reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> encoding)) return false;
            var source = new BodySource(new ShardId(shard), height, epoch, new Digest(root));
            if (ProvenReceipt.TryRead(source, kind, encoding.ToArray(), proof) is not { } receipt) return false;
            _line.Add(new Waiting((long)time, receipt));
        }
        return true;
    }

    private bool Holds(ReceiptName name) => _line.Exists(other => other.Receipt.Name == name);

    /// <summary>A receipt and the time of the block that said it.</summary>
    internal readonly record struct Waiting(long TimeMs, ProvenReceipt Receipt);
}
