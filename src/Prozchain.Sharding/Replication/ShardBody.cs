using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
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
    internal const byte SourceRecord = 1, NoticeRecord = 2, AtomicRecordRecord = 3, TransactionRecord = 4, EndingRecord = 5, TopologyRecord = 6, SettlementRecord = 7, AttestationRecord = 8, LockRecord = 9, PrepareRecord = 10;

    // Bundles and notices are read into these again and again.
    private readonly List<ProvenReceipt> _receipts = [];
    private int _taken;

    // An idle shard's body has no bytes.
    private static readonly byte[] s_empty = [WireLimits.Version, 0, 0, 0];

    private Digest[]? _ids;

    public MicroBlockBody Inner { get; } = new();

    public List<BodySource> Sources { get; } = [];

    public List<ProvenReceipt> Bundles { get; } = [];

    public List<ProvenReceipt> Notices { get; } = [];

    public List<ProvenReceipt> Records { get; } = [];

    public List<AtomicTransaction> Begun { get; } = [];

    /// <summary>Attempts of transactions with locks that ask for theirs here.</summary>
    public List<LockRequest> Locks { get; } = [];

    /// <summary>Attempts that are prepared here; the other shards' values are among the records.</summary>
    public List<LockRequest> Prepared { get; } = [];

    /// <summary>Attested blocks of this shard and of those that send to it, ascending by shard. Execution takes the statements from it, who judges the body checks them.</summary>
    public List<AttestationCertificate> Attested { get; } = [];

    /// <summary>The transactions' names in a pool.</summary>
    public Digest[] Ids => _ids ??= NameAll();

    public List<ProvenReceipt> Endings { get; } = [];

    /// <summary>Changes of the layout that the block takes in.</summary>
    public List<TopologyChange> Topology { get; } = [];

    /// <summary>What settled sets of ended shards say.</summary>
    public List<Settlement> Settlements { get; } = [];

    public IEnumerable<ProvenReceipt> Receipts => Notices.Concat(Records).Concat(Endings).Concat(Bundles);

    /// <summary>True if what other shards said is proven.</summary>
    public bool IsProven => AreProven(Notices) && AreProven(Records) && AreProven(Endings) && AreProven(Bundles);

    /// <summary>True if it concerns atomic transactions.</summary>
    public bool HasAtomic => Records.Count + Begun.Count + Endings.Count + Settlements.Count + Locks.Count + Prepared.Count > 0;

    /// <summary>Reads a body; null for any fault. Never throws.</summary>
    public static ShardBody? TryRead(ReadOnlyMemory<byte> encoded)
    {
        var body = new ShardBody();
        return body.Read(encoded) ? body : null;
    }

    /// <summary>
    /// Reads a body in place of the one before, bundles and notices in place of its own; false for any fault. Never throws.
    /// The bytes are kept, and not to change while they are in use.
    /// </summary>
    public bool Read(ReadOnlyMemory<byte> encoded)
    {
        Sources.Clear();
        Bundles.Clear();
        Notices.Clear();
        Records.Clear();
        Begun.Clear();
        Endings.Clear();
        Topology.Clear();
        Settlements.Clear();
        Attested.Clear();
        Locks.Clear();
        Prepared.Clear();
        _taken = 0;
        return Inner.Read(encoded.IsEmpty ? s_empty : encoded) == ReadResult.Ok && ReadParts();
    }

    /// <summary>Writes the parts of a body into a builder, and the transactions after them.</summary>
    public static void Build(MicroBlockBuilder builder, IReadOnlyList<ProvenReceipt> receipts, IEnumerable<AtomicTransaction> begun, IEnumerable<ReadOnlyMemory<byte>> transactions,
        IReadOnlyCollection<TopologyChange>? topology = null, IReadOnlyCollection<Settlement>? settlements = null, IReadOnlyCollection<AttestationCertificate>? attested = null,
        IReadOnlyCollection<LockRequest>? locks = null, IReadOnlyCollection<LockRequest>? prepared = null)
    {
        new BodyParts().Build(builder, receipts, [.. begun], topology, settlements, attested, locks, prepared);
        foreach (ReadOnlyMemory<byte> transaction in transactions) builder.AddTransaction(transaction.Span);
    }

    private bool ReadParts()
    {
        byte last = 0;
        for (int i = 0; i < Inner.RecordCount; i++)
        {
            byte kind = Inner.RecordKind(i);
            if (kind < last) return false;
            last = kind;
            if (!ReadRecord(kind, i)) return false;
        }
        _ids = null;
        for (int i = 0; i < Inner.BundleCount; i++)
        {
            var reader = new WireReader(Inner.BundleHead(i));
            ProvenReceipt receipt = TakeReceipt();
            if (!reader.TryReadCount(Sources.Count - 1, out int place) || !receipt.Proof.TryRead(ref reader) || !reader.TryReadUInt64(out ulong destination)
                || !reader.TryReadUInt64(out ulong sequence) || !reader.TryReadUInt64(out ulong value) || !reader.IsAtEnd || destination == 0 || sequence == 0) return false;
            BodySource source = Sources[place];
            if (destination == source.Shard.Value || !ReceiptList.TryCount(Inner.BundleReceipts(i), out int count) || count > WireLimits.MaxReceipts) return false;
            var channel = new ChannelId(source.Shard, new ShardId(destination));
            receipt.BecomeBundle(source, channel, sequence, value, count, Inner.BundleMemory(i));
            Bundles.Add(receipt);
        }
        return true;
    }

    private ProvenReceipt TakeReceipt()
    {
        if (_taken == _receipts.Count) _receipts.Add(new ProvenReceipt());
        return _receipts[_taken++];
    }

    private static bool AreProven(List<ProvenReceipt> receipts)
    {
        foreach (ProvenReceipt receipt in receipts)
            if (!receipt.IsProven) return false;
        return true;
    }

    private bool ReadRecord(byte kind, int index)
    {
        ReadOnlySpan<byte> bytes = Inner.Record(index);
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
            case NoticeRecord:
                ProvenReceipt notice = TakeReceipt();
                if (!reader.TryReadCount(Sources.Count - 1, out int place) || !notice.Proof.TryRead(ref reader)) return false;
                if (!notice.TryBecomeNotice(Sources[place], Inner.RecordMemory(index)[reader.Offset..])) return false;
                Notices.Add(notice);
                return true;
            case AtomicRecordRecord or EndingRecord:
                if (!reader.TryReadCount(Sources.Count - 1, out place) || ReceiptProof.Read(ref reader) is not { } proof) return false;
                byte leaf = (byte)(kind == EndingRecord ? ReceiptKind.Ending : ReceiptKind.Record);
                if (ProvenReceipt.TryRead(Sources[place], leaf, bytes[reader.Offset..].ToArray(), proof) is not { } receipt) return false;
                (kind == EndingRecord ? Endings : Records).Add(receipt);
                return true;
            case TransactionRecord:
                if (AtomicTransaction.TryRead(bytes, out AtomicTransaction? transaction) != ReadResult.Ok) return false;
                Begun.Add(transaction!);
                return true;
            case TopologyRecord:
                if (TopologyChange.TryRead(bytes, out TopologyChange? change) != ReadResult.Ok) return false;
                Topology.Add(change!);
                return true;
            case SettlementRecord:
                if (Settlement.TryRead(bytes) is not { } settlement) return false;
                Settlements.Add(settlement);
                return true;
            case AttestationRecord:
                if (Attested.Count == AttestationRules.MaxPerBody || AttestationCertificate.TryRead(bytes, out AttestationCertificate? attested) != ReadResult.Ok) return false;
                if (Attested.Count > 0 && Attested[^1].Statement.Shard >= attested!.Statement.Shard) return false;
                Attested.Add(attested!);
                return true;
            case LockRecord or PrepareRecord:
                if (LockRequest.TryRead(bytes, out LockRequest? request) != ReadResult.Ok) return false;
                (kind == LockRecord ? Locks : Prepared).Add(request!);
                return true;
            default:
                return false;
        }
    }

    private Digest[] NameAll()
    {
        var ids = new Digest[Inner.TransactionCount];
        for (int i = 0; i < ids.Length; i++) ids[i] = TransactionPool.IdOf(Inner.Transaction(i));
        return ids;
    }
}
