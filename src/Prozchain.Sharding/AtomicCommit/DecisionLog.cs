using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Transactions with locks in one shard, as the decision shard: the lowest lineage of those that take part. One
/// decision per attempt, recorded when all voted commit, or one did not, or a height or the deadline came.
/// </summary>
internal sealed class DecisionLog(AtomicContext context)
{
    private readonly SortedDictionary<Digest, Ballot> _ballots = [];

    // What a block has to look at: the undecided by height and by deadline, and those that nobody awaits by deadline.
    private readonly SortedSet<(ulong Height, Digest Id)> _byHeight = [];
    private readonly SortedSet<(long DeadlineMs, Digest Id)> _byDeadline = [], _done = [];

    /// <summary>A decision was recorded: this shard's own part follows it.</summary>
    public Action<AtomicRecord> OnDecided { get; set; } = static _ => { };

    /// <summary>Epochs up to which this shard's committee was frozen: their attempts are not decided any more.</summary>
    public ulong? FrozenEpoch { get; set; }

    public int Count => _ballots.Count;

    public void BeginBlock()
    {
        while (_byHeight.Count > 0 && _byHeight.Min is var next && next.Height <= context.Height) Decide(next.Id, _ballots[next.Id], isCommit: false);
        while (_byDeadline.Count > 0 && _byDeadline.Min is var due && due.DeadlineMs <= context.TimeMs) Decide(due.Id, _ballots[due.Id], isCommit: false);
        // A commit is remembered until all have carried it out: so its absence from a settled set means abort.
        while (_done.Count > 0 && _done.Min is var old && old.DeadlineMs < context.TimeMs - context.Options.RetentionMs)
        {
            _done.Remove(old);
            _ballots.Remove(old.Id);
        }
    }

    /// <summary>True if a vote of this shard would find or open its ballot.</summary>
    public bool CanOpen(in Digest transaction) =>
        _ballots.ContainsKey(transaction) || (context.Begun < context.Options.MaxPerBlock && _ballots.Count < context.Options.MaxRemembered);

    public AtomicResult AcceptVote(AtomicRecord vote)
    {
        if (vote.Participants[0] != context.Self.Id || vote.Participants.IndexOf(vote.Shard) < 0) return AtomicResult.NotParticipant;
        if (vote.Attempt.Epoch > context.Epoch + 1) return AtomicResult.WrongAttempt;
        if (_ballots.TryGetValue(vote.Transaction, out Ballot? ballot) && context.Keeps(SafetyRule.VotesBindAttempt))
        {
            if (vote.Attempt.Number > ballot.Attempt.Number && !ballot.IsCommit)
            {
                // The voter has let go of the attempt before: that one can no longer commit with it.
                if (!ballot.IsDecided) Decide(vote.Transaction, ballot, isCommit: false);
                if (vote.DeadlineMs != ballot.DeadlineMs) return AtomicResult.Contradiction;
                _done.Remove((ballot.DeadlineMs, vote.Transaction));
                _ballots.Remove(vote.Transaction);
                ballot = Open(vote);
                if (vote.Attempt.Epoch <= FrozenEpoch || vote.DeadlineMs <= context.TimeMs) Decide(vote.Transaction, ballot, isCommit: false);
            }
            else if (vote.Attempt != ballot.Attempt)
            {
                // An attempt that this shard did not decide, beside one that it knows: it never will commit it.
                Refuse(vote);
                return AtomicResult.WrongAttempt;
            }
            else if (vote.DeadlineMs != ballot.DeadlineMs || !vote.Participants.SequenceEqual(ballot.Participants))
            {
                return AtomicResult.Contradiction;
            }
        }
        if (ballot is null)
        {
            if (vote.DeadlineMs <= context.TimeMs)
            {
                // Past its window and no commit remembered: it was aborted, or all have carried it out and ignore this.
                Refuse(vote);
                return AtomicResult.Accepted;
            }
            if (vote.DeadlineMs - context.TimeMs > context.Options.MaxValidityMs) return AtomicResult.OutsideWindow;
            if (context.Begun >= context.Options.MaxPerBlock) return AtomicResult.BlockFull;
            if (_ballots.Count >= context.Options.MaxRemembered) return AtomicResult.Full;
            context.Begun++;
            ballot = Open(vote);
            if (vote.Attempt.Epoch <= FrozenEpoch) Decide(vote.Transaction, ballot, isCommit: false);
        }
        if (ballot.IsDecided || !ballot.Voted.Add(vote.Shard)) return AtomicResult.Duplicate;
        if (ballot.Outcome.IsZero) ballot.Outcome = vote.Outcome;
        if (!vote.IsCommit || vote.Outcome != ballot.Outcome) Decide(vote.Transaction, ballot, isCommit: false);
        else if (ballot.Voted.Count == ballot.Participants.Length || !context.Keeps(SafetyRule.CommitNeedsAllVotes)) Decide(vote.Transaction, ballot, isCommit: true);
        return AtomicResult.Accepted;
    }

    public AtomicResult AcceptAcknowledgement(AtomicRecord done)
    {
        if (!_ballots.TryGetValue(done.Transaction, out Ballot? ballot)) return AtomicResult.Duplicate;
        if (ballot.Attempt != done.Attempt || !ballot.IsCommit) return AtomicResult.WrongAttempt;
        // NotOrdered: an heir whose parent's ending has not come here yet.
        bool isHeir = ballot.Awaiting.Remove(done.Shard);
        foreach ((ShardId participant, SortedSet<ShardId> heirs) in isHeir ? [] : ballot.Awaiting.ToArray())
        {
            if (!heirs.Remove(done.Shard)) continue;
            isHeir = true;
            if (heirs.Count == 0) ballot.Awaiting.Remove(participant);
        }
        if (isHeir && ballot.Awaiting.Count == 0) _done.Add((ballot.DeadlineMs, done.Transaction));
        return isHeir ? AtomicResult.Accepted : ballot.Awaiting.Count == 0 ? AtomicResult.Duplicate : AtomicResult.NotOrdered;
    }

    /// <summary>A participant ended: its heirs carry out what it has not.</summary>
    public void Accept(ShardEnding ending)
    {
        if (ending.Heirs.IndexOf(ending.Shard) >= 0) return;
        foreach (Ballot ballot in _ballots.Values)
        {
            foreach (SortedSet<ShardId> heirs in ballot.Awaiting.Values)
            {
                if (heirs.Contains(ending.Shard)) context.ReplaceEnded(heirs);
            }
        }
    }

    public void EndAll()
    {
        foreach ((Digest id, Ballot ballot) in _ballots)
        {
            if (!ballot.IsDecided) Decide(id, ballot, isCommit: false);
        }
    }

    public void AddSettled(List<StateWrite> settled)
    {
        foreach ((Digest id, Ballot ballot) in _ballots)
            settled.Add(new StateWrite(ShardEnding.KeyOf(id, ballot.Attempt), ShardEnding.ValueOf(ballot.IsCommit, ballot.Outcome)));
    }

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64(FrozenEpoch is { } frozen ? frozen + 1 : 0);
        writer.WriteVarint((ulong)_ballots.Count);
        if (_ballots.Count == 0) return;
        foreach ((Digest id, Ballot ballot) in _ballots)
        {
            writer.WriteBytes32(id.Bytes);
            ballot.Write(writer);
        }
    }

    public bool TryRead(ref WireReader reader)
    {
        if (!reader.TryReadUInt64(out ulong frozen) || !reader.TryReadCount(reader.Remaining / Digest.Size, out int count)) return false;
        FrozenEpoch = frozen == 0 ? null : frozen - 1;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out Bytes32 id) || Ballot.TryRead(ref reader) is not { } ballot || !_ballots.TryAdd(new Digest(id), ballot)) return false;
            Track(new Digest(id), ballot);
        }
        return true;
    }

    /// <summary>The decision about an attempt, if it was taken and is remembered.</summary>
    public AtomicRecord? Find(in Digest transaction, Attempt attempt) =>
        _ballots.TryGetValue(transaction, out Ballot? ballot) && ballot.IsDecided && ballot.Attempt == attempt ? RecordOf(transaction, ballot) : null;

    private Ballot Open(AtomicRecord vote)
    {
        var ballot = new Ballot(vote.Attempt, vote.DeadlineMs, context.Height + context.Options.DecideWithinBlocks, vote.Participants.ToArray());
        _ballots.Add(vote.Transaction, ballot);
        Track(vote.Transaction, ballot);
        return ballot;
    }

    private void Track(in Digest id, Ballot ballot)
    {
        if (!ballot.IsDecided)
        {
            _byHeight.Add((ballot.DecideAt, id));
            _byDeadline.Add((ballot.DeadlineMs, id));
        }
        else if (ballot.Awaiting.Count == 0 || !context.Keeps(SafetyRule.CommitIsRemembered))
        {
            _done.Add((ballot.DeadlineMs, id));
        }
    }

    private AtomicRecord RecordOf(in Digest id, Ballot ballot) =>
        new(AtomicRecordKind.Decision, id, context.Self.Id, ballot.Attempt, ballot.IsCommit, ballot.Outcome) { Audience = ballot.Participants };

    private void Refuse(AtomicRecord vote)
    {
        var decision = new AtomicRecord(AtomicRecordKind.Decision, vote.Transaction, context.Self.Id, vote.Attempt) { Audience = vote.Participants.ToArray() };
        context.Emitted.Add(decision);
        OnDecided(decision);
    }

    private void Decide(in Digest id, Ballot ballot, bool isCommit)
    {
        _byHeight.Remove((ballot.DecideAt, id));
        _byDeadline.Remove((ballot.DeadlineMs, id));
        ballot.Decide(isCommit);
        foreach (SortedSet<ShardId> heirs in ballot.Awaiting.Values) context.ReplaceEnded(heirs);
        Track(id, ballot);
        AtomicRecord decision = RecordOf(id, ballot);
        context.Emitted.Add(decision);
        OnDecided(decision);
    }
}
