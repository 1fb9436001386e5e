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

    public int Count => _line.Count;

    public IReadOnlyList<Waiting> Items => _line;

    public void Add(in BodySource source, long timeMs, SentReceipt sent) => _line.Add(Read(source, timeMs, sent));

    /// <summary>Adds it unless it waits here already.</summary>
    public void AddOnce(in BodySource source, long timeMs, SentReceipt sent) => Add(Read(source, timeMs, sent));

    /// <summary>Adds what waited elsewhere, unless it waits here already.</summary>
    public void Add(in Waiting item)
    {
        ReceiptName name = item.Receipt.Name;
        if (!_line.Exists(other => other.Receipt.Name == name)) _line.Add(item);
    }

    /// <summary>A block holds these; records that have outlived their transactions go too.</summary>
    public void Remove(IReadOnlySet<ReceiptName> held, long nowMs)
    {
        if (_line.Count > 0) _line.RemoveAll(item => held.Contains(item.Receipt.Name) || (item.Receipt.Kind == ReceiptKind.Record && nowMs - item.TimeMs > keepMs));
    }

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

    private static Waiting Read(in BodySource source, long timeMs, SentReceipt sent) =>
        new(timeMs, ProvenReceipt.TryRead(source, (byte)sent.Kind, sent.Encoding, sent.Proof) ?? throw new InvalidOperationException("Expected to read a receipt of this process."));

    /// <summary>A receipt and the time of the block that said it.</summary>
    internal readonly record struct Waiting(long TimeMs, ProvenReceipt Receipt);
}
