using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>An attempt of a transaction with locks that is open in this shard.</summary>
internal sealed class LockEntry(AtomicTransaction transaction, Attempt attempt, ulong expiresAt, LockCommit owner) : Claimant
{
    public AtomicTransaction Transaction { get; } = transaction;

    public Attempt Attempt { get; } = attempt;

    /// <summary>Height at which the locks go if the shard is not prepared.</summary>
    public ulong ExpiresAt { get; } = expiresAt;

    /// <summary>All shards that take part, ascending; the first decides. Until prepared those that the request named, if it did.</summary>
    public ShardId[] Participants { get; set; } = [];

    public Digest Outcome { get; private set; }

    /// <summary>What a commit writes here.</summary>
    public CellValue[] Writes { get; private set; } = [];

    public override Digest Id => Transaction.Id;

    public override long BeginMs => Transaction.BeginMs;

    public override void OnGranted() => owner.Provide(this);

    public override void OnWounded() => owner.Drop(this);

    public void Prepare(ShardId[] participants, in Digest outcome, CellValue[] writes)
    {
        Participants = participants;
        Outcome = outcome;
        Writes = writes;
        IsFixed = true;
    }

    public void Apply(ICellStore store)
    {
        foreach (CellValue write in Writes)
        {
            if (Cells.Exists(cell => cell.Key == write.Key)) write.Apply(store);
        }
    }

    public void Write(WireWriter writer)
    {
        writer.WriteVarint((ulong)Transaction.Encoded.Length);
        writer.WriteSpan(Transaction.Encoded.Span);
        writer.WriteUInt32(Attempt.Number);
        writer.WriteUInt64(Attempt.Epoch);
        writer.WriteUInt64(ExpiresAt);
        writer.WriteByte((byte)((IsWaiting ? 1 : 0) | (IsFixed ? 2 : Participants.Length > 0 ? 4 : 0)));
        writer.WriteVarint((ulong)HeldCount);
        writer.WriteVarint((ulong)Cells.Count);
        foreach (DeclaredCell cell in Cells) cell.Write(writer);
        if (IsFixed || Participants.Length > 0) AtomicRecord.WriteShards(writer, Participants);
        if (!IsFixed) return;
        writer.WriteBytes32(Outcome.Bytes);
        CellValue.WriteAll(writer, Writes);
    }

    public static LockEntry? TryRead(ref WireReader reader, LockCommit owner)
    {
        if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)
            || AtomicTransaction.TryRead(bytes, out AtomicTransaction? transaction) != ReadResult.Ok
            || !(reader.TryReadUInt32(out uint number) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong expires)
            && reader.TryReadByte(out byte flags)) || flags is 3 or > 5
            || !reader.TryReadCount(2 * AtomicLimits.MaxCells, out int held) || !reader.TryReadCount(2 * AtomicLimits.MaxCells, out int count) || held > count) return null;
        var entry = new LockEntry(transaction!, new Attempt(number, epoch), expires, owner) { IsWaiting = (flags & 1) != 0, HeldCount = held };
        for (int i = 0; i < count; i++)
        {
            if (DeclaredCell.Read(ref reader, out DeclaredCell cell) != ReadResult.Ok) return null;
            entry.Cells.Add(cell);
        }
        if (flags < 2) return entry;
        ShardId[]? participants = AtomicRecord.TryReadShards(ref reader, AtomicLimits.MaxParticipants);
        if (participants is null or []) return null;
        entry.Participants = participants;
        if (flags != 2) return entry;
        if (!reader.TryReadBytes32(out Bytes32 outcome) || CellValue.TryReadAll(ref reader) is not { } writes) return null;
        entry.Prepare(participants, new Digest(outcome), writes);
        return entry;
    }
}
