using Prozchain.Shared;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>One attempt at its decision shard: the votes, then the decision and who has yet to carry it out.</summary>
internal sealed class Ballot(Attempt attempt, long deadlineMs, ulong decideAt, ShardId[] participants)
{
    public Attempt Attempt { get; } = attempt;

    public long DeadlineMs { get; } = deadlineMs;

    /// <summary>Height at which a missing vote means abort.</summary>
    public ulong DecideAt { get; } = decideAt;

    public ShardId[] Participants { get; } = participants;

    public SortedSet<ShardId> Voted { get; } = [];

    public Digest Outcome { get; set; }

    public bool IsDecided { get; private set; }

    public bool IsCommit { get; private set; }

    /// <summary>After a commit: each participant that has not said that it is done, with the shards that hold its part now.</summary>
    public SortedDictionary<ShardId, SortedSet<ShardId>> Awaiting { get; } = [];

    public void Decide(bool isCommit)
    {
        IsDecided = true;
        IsCommit = isCommit;
        if (!isCommit) { Outcome = default; return; }
        foreach (ShardId participant in Participants) Awaiting.Add(participant, [participant]);
    }

    public void Write(WireWriter writer)
    {
        writer.WriteUInt32(Attempt.Number);
        writer.WriteUInt64(Attempt.Epoch);
        writer.WriteUInt64((ulong)DeadlineMs);
        writer.WriteUInt64(DecideAt);
        AtomicRecord.WriteShards(writer, Participants);
        AtomicRecord.WriteShards(writer, Voted.ToArray());
        writer.WriteBytes32(Outcome.Bytes);
        writer.WriteByte((byte)((IsDecided ? 1 : 0) | (IsCommit ? 2 : 0)));
        writer.WriteVarint((ulong)Awaiting.Count);
        foreach ((ShardId participant, SortedSet<ShardId> heirs) in Awaiting)
        {
            writer.WriteUInt64(participant.Value);
            AtomicRecord.WriteShards(writer, heirs.ToArray());
        }
    }

    public static Ballot? TryRead(ref WireReader reader)
    {
        if (!(reader.TryReadUInt32(out uint number) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong deadline) && reader.TryReadUInt64(out ulong decideAt))
            || deadline > long.MaxValue) return null;
        ShardId[]? participants = AtomicRecord.TryReadShards(ref reader, AtomicLimits.MaxParticipants), voted = AtomicRecord.TryReadShards(ref reader, AtomicLimits.MaxParticipants);
        if (participants is null or [] || voted is null || !reader.TryReadBytes32(out Bytes32 outcome) || !reader.TryReadByte(out byte flags) || flags is 2 or > 3
            || !reader.TryReadCount(AtomicLimits.MaxParticipants, out int awaiting)) return null;
        var ballot = new Ballot(new Attempt(number, epoch), (long)deadline, decideAt, participants)
        {
            Outcome = new Digest(outcome), IsDecided = (flags & 1) != 0, IsCommit = (flags & 2) != 0,
        };
        foreach (ShardId shard in voted) ballot.Voted.Add(shard);
        for (int i = 0; i < awaiting; i++)
        {
            if (!reader.TryReadUInt64(out ulong participant) || AtomicRecord.TryReadShards(ref reader, Layout.ShardLayout.MaxShards) is not { } heirs
                || !ballot.Awaiting.TryAdd(new ShardId(participant), [.. heirs])) return null;
        }
        return ballot;
    }
}
