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

    /// <summary>A decision was recorded: this shard's own part follows it.</summary>
    public Action<AtomicRecord> OnDecided { get; set; } = static _ => { };

    /// <summary>Epochs up to which this shard's committee was frozen: their attempts are not decided any more.</summary>
    public ulong? FrozenEpoch { get; set; }

    public int Count => _ballots.Count;

    public void BeginBlock()
    {
        foreach ((Digest id, Ballot ballot) in _ballots.ToArray())
        {
            if (!ballot.IsDecided && (ballot.DecideAt <= context.Height || ballot.DeadlineMs <= context.TimeMs)) Decide(id, ballot, isCommit: false);
            // A commit is remembered until all have carried it out: so its absence from a settled set means abort.
            if (ballot.IsDecided && ballot.Awaiting.Count == 0 && ballot.DeadlineMs < context.TimeMs - context.Options.RetentionMs) _ballots.Remove(id);
        }
    }

    /// <summary>True if a vote of this shard would find or open its ballot.</summary>
    public bool CanOpen(in Digest transaction) =>
        _ballots.ContainsKey(transaction) || (context.Begun < context.Options.MaxPerBlock && _ballots.Count < context.Options.MaxRemembered);

    public AtomicResult AcceptVote(AtomicRecord vote)
    {
        if (vote.Participants[0] != context.Self.Id || vote.Participants.IndexOf(vote.Shard) < 0) return AtomicResult.NotParticipant;
        if (vote.Attempt.Epoch > context.Epoch + 1) return AtomicResult.WrongAttempt;
        if (_ballots.TryGetValue(vote.Transaction, out Ballot? ballot))
        {
            if (vote.Attempt.Number > ballot.Attempt.Number && !ballot.IsCommit)
            {
                // The voter has let go of the attempt before: that one can no longer commit with it.
                if (!ballot.IsDecided) Decide(vote.Transaction, ballot, isCommit: false);
                if (vote.DeadlineMs != ballot.DeadlineMs) return AtomicResult.Contradiction;
                ballot = new Ballot(vote.Attempt, vote.DeadlineMs, context.Height + context.Options.DecideWithinBlocks, vote.Participants.ToArray());
                _ballots[vote.Transaction] = ballot;
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
            ballot = new Ballot(vote.Attempt, vote.DeadlineMs, context.Height + context.Options.DecideWithinBlocks, vote.Participants.ToArray());
            _ballots.Add(vote.Transaction, ballot);
            if (vote.Attempt.Epoch <= FrozenEpoch) Decide(vote.Transaction, ballot, isCommit: false);
        }
        if (ballot.IsDecided || !ballot.Voted.Add(vote.Shard)) return AtomicResult.Duplicate;
        if (ballot.Outcome.IsZero) ballot.Outcome = vote.Outcome;
        if (!vote.IsCommit || vote.Outcome != ballot.Outcome) Decide(vote.Transaction, ballot, isCommit: false);
        else if (ballot.Voted.Count == ballot.Participants.Length) Decide(vote.Transaction, ballot, isCommit: true);
        return AtomicResult.Accepted;
    }

    public AtomicResult AcceptAcknowledgement(AtomicRecord done)
    {
        if (!_ballots.TryGetValue(done.Transaction, out Ballot? ballot)) return AtomicResult.Duplicate;
        if (ballot.Attempt != done.Attempt || !ballot.IsCommit) return AtomicResult.WrongAttempt;
        // NotOrdered: an heir whose parent's ending has not come here yet.
        if (ballot.Awaiting.Remove(done.Shard)) return AtomicResult.Accepted;
        bool isHeir = false;
        foreach ((ShardId participant, SortedSet<ShardId> heirs) in ballot.Awaiting.ToArray())
        {
            if (!heirs.Remove(done.Shard)) continue;
            isHeir = true;
            if (heirs.Count == 0) ballot.Awaiting.Remove(participant);
        }
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
                if (!heirs.Remove(ending.Shard)) continue;
                foreach (ShardId heir in ending.Heirs) heirs.Add(heir);
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
        }
        return true;
    }

    private void Refuse(AtomicRecord vote)
    {
        var decision = new AtomicRecord(AtomicRecordKind.Decision, vote.Transaction, context.Self.Id, vote.Attempt);
        context.Emitted.Add(decision);
        OnDecided(decision);
    }

    private void Decide(in Digest id, Ballot ballot, bool isCommit)
    {
        ballot.Decide(isCommit);
        var decision = new AtomicRecord(AtomicRecordKind.Decision, id, context.Self.Id, ballot.Attempt, isCommit, ballot.Outcome);
        context.Emitted.Add(decision);
        OnDecided(decision);
    }
}
