using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// A leaf of a block's receipts tree: what one shard says about one atomic transaction. It counts under a certified
/// header only; see <see cref="RecordOrigin"/>. Immutable. Wire form: docs/formats/sharding-atomic.md.
/// </summary>
public sealed class AtomicRecord
{
    private readonly ShardId[] _participants;
    private readonly CellValue[] _cells;

    internal AtomicRecord(AtomicRecordKind kind, in Digest transaction, ShardId shard, Attempt attempt = default, bool isCommit = false, in Digest outcome = default,
        long deadlineMs = 0, ShardId[]? participants = null, CellValue[]? cells = null)
    {
        Kind = kind;
        Transaction = transaction;
        Shard = shard;
        Attempt = attempt;
        IsCommit = isCommit;
        Outcome = outcome;
        DeadlineMs = deadlineMs;
        _participants = participants ?? [];
        _cells = cells ?? [];
    }

    /// <summary>What it says.</summary>
    public AtomicRecordKind Kind { get; }

    /// <summary>Id of the transaction.</summary>
    public Digest Transaction { get; }

    /// <summary>The shard that says it.</summary>
    public ShardId Shard { get; }

    /// <summary>The attempt; number 0 for a transaction over declared cells.</summary>
    public Attempt Attempt { get; }

    /// <summary>Certificate, vote, decision: commit or abort.</summary>
    public bool IsCommit { get; }

    /// <summary>Certificate, vote, decision: digest of what is written on all shards; zero for an abort.</summary>
    public Digest Outcome { get; }

    /// <summary>Vote: the transaction's deadline.</summary>
    public long DeadlineMs { get; }

    /// <summary>Vote: all shards that take part, ascending; the lowest decides.</summary>
    public ReadOnlySpan<ShardId> Participants => _participants;

    /// <summary>Provision: the cells, ascending by key.</summary>
    public ReadOnlySpan<CellValue> Cells => _cells;

    /// <summary>On the shard that says it: the transaction over declared cells that it is about, which names those who must hear it. Not on the wire.</summary>
    internal AtomicTransaction? About { get; init; }

    /// <summary>On the shard that says it: the shards of a transaction with locks that must hear it; none for declared cells. Not on the wire.</summary>
    internal ShardId[] Audience { get; init; } = [];

    private bool HasAttempt => Kind is not AtomicRecordKind.ExecutionCertificate;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)Kind);
        writer.WriteBytes32(Transaction.Bytes);
        writer.WriteUInt64(Shard.Value);
        if (HasAttempt)
        {
            writer.WriteUInt32(Attempt.Number);
            writer.WriteUInt64(Attempt.Epoch);
        }
        if (Kind == AtomicRecordKind.Provision) CellValue.WriteAll(writer, _cells);
        if (Kind is AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.PreparedVote or AtomicRecordKind.Decision) writer.WriteByte(IsCommit ? (byte)1 : (byte)0);
        if (Kind is AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.PreparedVote or AtomicRecordKind.Decision) writer.WriteBytes32(Outcome.Bytes);
        if (Kind != AtomicRecordKind.PreparedVote) return;
        writer.WriteUInt64((ulong)DeadlineMs);
        WriteShards(writer, _participants);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="record">The record, when the result is <see cref="ReadResult.Ok"/>; nothing proves yet that its shard said it.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out AtomicRecord record)
    {
        record = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadByte(out byte code) && reader.TryReadBytes32(out Bytes32 transaction) && reader.TryReadUInt64(out ulong shard))) return ReadResult.Truncated;
        if (code is 0 or > 5 || shard == 0) return ReadResult.NotCanonical;
        var kind = (AtomicRecordKind)code;
        Attempt attempt = default;
        if (kind != AtomicRecordKind.ExecutionCertificate)
        {
            if (!(reader.TryReadUInt32(out uint number) && reader.TryReadUInt64(out ulong epoch))) return ReadResult.Truncated;
            attempt = new Attempt(number, epoch);
            if (number == 0 && (epoch != 0 || kind != AtomicRecordKind.Provision)) return ReadResult.NotCanonical;
        }
        CellValue[]? cells = null;
        ShardId[]? participants = null;
        byte commit = 0;
        Bytes32 outcome = default;
        ulong deadline = 0;
        if (kind == AtomicRecordKind.Provision && (cells = CellValue.TryReadAll(ref reader)) is null) return ReadResult.NotCanonical;
        if (kind is AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.PreparedVote or AtomicRecordKind.Decision && !reader.TryReadByte(out commit)) return ReadResult.Truncated;
        if (kind is AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.PreparedVote or AtomicRecordKind.Decision && !reader.TryReadBytes32(out outcome)) return ReadResult.Truncated;
        if (commit > 1 || (commit == 0 && !outcome.IsZero)) return ReadResult.NotCanonical;
        if (kind == AtomicRecordKind.PreparedVote)
        {
            if (!reader.TryReadUInt64(out deadline)) return ReadResult.Truncated;
            if (deadline > long.MaxValue || (participants = TryReadShards(ref reader, AtomicLimits.MaxParticipants)) is null or []) return ReadResult.NotCanonical;
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        record = new AtomicRecord(kind, new Digest(transaction), new ShardId(shard), attempt, commit == 1, new Digest(outcome), (long)deadline, participants, cells);
        return ReadResult.Ok;
    }

    internal static void WriteShards(WireWriter writer, ReadOnlySpan<ShardId> shards)
    {
        writer.WriteVarint((ulong)shards.Length);
        foreach (ShardId shard in shards) writer.WriteUInt64(shard.Value);
    }

    /// <summary>Strictly ascending ids; null if the bytes are anything else.</summary>
    internal static ShardId[]? TryReadShards(ref WireReader reader, int max)
    {
        if (!reader.TryReadCount(max, out int count) || count * sizeof(ulong) > reader.Remaining) return null;
        var shards = new ShardId[count];
        for (int i = 0; i < count; i++)
        {
            reader.TryReadUInt64(out ulong id);
            shards[i] = new ShardId(id);
            if (id <= (i > 0 ? shards[i - 1].Value : 0)) return null;
        }
        return shards;
    }
}
