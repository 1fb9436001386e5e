using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Transactions with locks in one shard, as a participant: acquire, prepare, commit or roll back on the decision
/// shard's certified record alone, release. Why that is safe: docs/adr/0034-atomic-commit.md.
/// </summary>
internal sealed partial class LockCommit(AtomicContext context, DecisionLog decisions)
{
    private readonly SortedDictionary<Digest, LockEntry> _open = [];

    // Only after a merge whose parents were prepared for different attempts of one transaction: the other's.
    private readonly SortedDictionary<(Digest Id, uint Number, ulong Epoch), LockEntry> _others = [];

    public int Open => _open.Count + _others.Count;

    /// <summary>The last attempt of each transaction that ended here. A non-zero outcome: this shard was prepared.</summary>
    public Tombstones Ended { get; } = new(context.Options.RetentionMs);

    public void BeginBlock()
    {
        Ended.Expire(context.TimeMs);
        if (_open.Count == 0) return;
        foreach (LockEntry entry in _open.Values.ToArray())
        {
            if ((!entry.IsFixed || !context.Keeps(SafetyRule.PreparedWaits)) && (entry.ExpiresAt <= context.Height || entry.Transaction.DeadlineMs <= context.TimeMs))
            {
                context.Claims.Release(entry);
                Drop(entry);
            }
        }
    }

    /// <summary>Asks for locks.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="participants">Whom its provision is for, ascending, this shard among them; none where the host brings it to whom it will.</param>
    /// <param name="cells">Cells of this shard.</param>
    public AtomicResult Acquire(AtomicTransaction transaction, Attempt attempt, ShardId[] participants, ReadOnlySpan<DeclaredCell> cells)
    {
        if (cells.IsEmpty || cells.Length > AtomicLimits.MaxCells) return AtomicResult.NotParticipant;
        foreach (DeclaredCell cell in cells)
        {
            if (!context.IsOwn(cell)) return AtomicResult.NotParticipant;
        }
        if (_open.TryGetValue(transaction.Id, out LockEntry? entry) && entry.Attempt != attempt)
        {
            if (attempt.Number <= entry.Attempt.Number || entry.IsFixed) return AtomicResult.WrongAttempt;
            context.Claims.Release(entry);
            Drop(entry);
            entry = null;
        }
        if (entry is null)
        {
            if (attempt.Number == 0 || attempt.Epoch > context.Epoch || attempt.Epoch + 1 < context.Epoch) return AtomicResult.WrongAttempt;
            if (Ended.TryGet(transaction.Id, out Tombstone ended) && (ended.IsCommit || attempt.Number <= ended.Attempt)) return AtomicResult.WrongAttempt;
            AtomicResult can = context.CheckBegin(transaction, hasCells: false, _open.Count);
            if (can != AtomicResult.Accepted) return can;
            context.Begun++;
            entry = new LockEntry(transaction, attempt, context.Height + context.Options.LockBlocks, this) { Participants = participants };
            _open.Add(entry.Id, entry);
        }
        else if (entry.IsFixed || entry.IsWaiting)
        {
            return AtomicResult.Duplicate;
        }
        int before = entry.Cells.Count;
        foreach (DeclaredCell cell in cells)
        {
            if (entry.Cells.Contains(cell) || entry.Cells.Contains(cell with { IsWritten = true })) continue;
            if (entry.Cells.Count == 2 * AtomicLimits.MaxCells) return AtomicResult.Full;
            entry.Cells.Add(cell);
        }
        if (entry.Cells.Count == before) return AtomicResult.Duplicate;
        context.Claims.Request(entry);
        return AtomicResult.Accepted;
    }

    /// <summary>Executes on this shard's locked cells and the others' certified provisions, and votes.</summary>
    public AtomicResult Prepare(in Digest transaction, Attempt attempt, ReadOnlySpan<ShardId> participants, ReadOnlySpan<AtomicRecord> provisions)
    {
        if (!AreParticipants(participants)) return AtomicResult.NotParticipant;
        if (!_open.TryGetValue(transaction, out LockEntry? entry))
        {
            if (!Ended.TryGet(transaction, out Tombstone ended)) return AtomicResult.NotOrdered;
            if (ended.IsCommit || ended.Attempt != attempt.Number || !ended.Outcome.IsZero) return AtomicResult.WrongAttempt;
            Vote(new AtomicRecord(AtomicRecordKind.PreparedVote, transaction, context.Self.Id, attempt, deadlineMs: ended.DeadlineMs, participants: participants.ToArray()) { Audience = [participants[0]] });
            return AtomicResult.Accepted;
        }
        if (entry.Attempt != attempt) return AtomicResult.WrongAttempt;
        if (entry.IsFixed) return AtomicResult.Duplicate;
        if (entry.IsWaiting) return AtomicResult.NotOrdered;
        if (participants[0] == context.Self.Id && !decisions.CanOpen(transaction)) return AtomicResult.BlockFull;
        bool isComplete = true;
        foreach (ShardId each in participants) isComplete &= each == context.Self.Id || Provides(each, provisions);
        var cells = new SortedDictionary<Digest, (CellValue Value, bool IsWritable)>();
        foreach (DeclaredCell cell in entry.Cells)
        {
            bool isWritable = cell.IsWritten || (cells.TryGetValue(cell.Key, out (CellValue, bool IsWritable) seen) && seen.IsWritable);
            cells[cell.Key] = (CellValue.Read(context.Cells, cell.Key), isWritable);
        }
        foreach (AtomicRecord provision in provisions)
        {
            if (provision.Kind != AtomicRecordKind.Provision || provision.Transaction != transaction || provision.Attempt != attempt) return AtomicResult.WrongAttempt;
            if (provision.Shard == context.Self.Id) continue;
            if (participants.IndexOf(provision.Shard) < 0) return AtomicResult.NotParticipant;
            foreach (CellValue cell in provision.Cells)
            {
                if (!context.IsForeign(provision.Shard, cell.Key)) return AtomicResult.Contradiction;
                cells[cell.Key] = (cell, true);
            }
        }
        // Who provided has begun the attempt and will vote or let go: nobody waits for a shard that a client made up.
        Digest outcome = default;
        CellValue[]? writes = !isComplete ? null : ProvidedCells.Run(context.Options.Programs[entry.Transaction.Program], entry.Transaction,
            [.. cells.Values.Select(cell => cell.Value)], [.. cells.Values.Select(cell => cell.IsWritable)], out outcome);
        if (writes is not null) entry.Prepare(participants.ToArray(), outcome, writes);
        Vote(new AtomicRecord(AtomicRecordKind.PreparedVote, transaction, context.Self.Id, attempt, writes is not null, outcome, entry.Transaction.DeadlineMs, participants.ToArray()) { Audience = [participants[0]] });
        if (writes is not null || !_open.ContainsKey(transaction)) return AtomicResult.Accepted;
        context.Claims.Release(entry);
        Drop(entry);
        return AtomicResult.Accepted;
    }

    /// <summary>A certified decision.</summary>
    public AtomicResult Accept(AtomicRecord decision)
    {
        AtomicResult found = Find(decision.Transaction, decision.Attempt, decision.Shard, out LockEntry? entry);
        if (found == AtomicResult.WrongAttempt && !decision.IsCommit && entry!.Attempt == decision.Attempt && entry.Participants is [var first, ..] && first == decision.Shard)
        {
            // Aborted before this shard was prepared: it need not be any more.
            context.Claims.Release(entry);
            Drop(entry);
            return AtomicResult.Accepted;
        }
        if (found != AtomicResult.Accepted) return found;
        Finish(entry!, decision.IsCommit, decision.Outcome);
        return AtomicResult.Accepted;
    }

    /// <summary>What an ended decision shard's settled set says; nothing (value empty) means that it never decided commit, and never will.</summary>
    public AtomicResult Settle(ShardId shard, in Digest transaction, Attempt attempt, ReadOnlySpan<byte> value, StateProof proof)
    {
        if (!context.TrySettled(shard, transaction, attempt, value, proof, out ShardEnding ending)) return AtomicResult.BadProof;
        AtomicResult found = Find(transaction, attempt, shard, out LockEntry? entry);
        if (found != AtomicResult.Accepted) return found;
        // A later attempt belongs to the shard's next life.
        if (value.IsEmpty && entry!.Attempt.Epoch > ending.Epoch) return AtomicResult.WrongAttempt;
        Finish(entry!, !value.IsEmpty && value[0] == 1, value.IsEmpty ? default : new Digest(value[1..]));
        return AtomicResult.Accepted;
    }

    public void Provide(LockEntry entry)
    {
        IEnumerable<Digest> keys = entry.Cells.Select(cell => cell.Key).Distinct().Order();
        context.Emitted.Add(new AtomicRecord(AtomicRecordKind.Provision, entry.Id, context.Self.Id, entry.Attempt, cells: [.. keys.Select(key => CellValue.Read(context.Cells, key)).Take(AtomicLimits.MaxCells)])
        {
            About = entry.Transaction, Audience = entry.Participants,
        });
    }

    /// <summary>The attempt is over here, its claims released: it was not prepared, or is now decided.</summary>
    public void Drop(LockEntry entry, bool isCommit = false)
    {
        if (_open.TryGetValue(entry.Id, out LockEntry? open) && open == entry) _open.Remove(entry.Id);
        else _others.Remove((entry.Id, entry.Attempt.Number, entry.Attempt.Epoch));
        Ended.Raise(entry.Id, new Tombstone(entry.Transaction.DeadlineMs, entry.Attempt.Number, isCommit, entry.Outcome));
    }

    /// <summary>True if a prepared attempt waits for the decision of an ended shard.</summary>
    public bool Needs(ShardId shard)
    {
        foreach (LockEntry entry in _open.Values.Concat(_others.Values))
        {
            if (entry.IsFixed && entry.Participants[0] == shard) return true;
        }
        return false;
    }

    public void Wanted(ShardId shard, List<(ShardId Shard, Digest Transaction, Attempt Attempt)> wanted)
    {
        foreach (LockEntry entry in _open.Values.Concat(_others.Values))
            if (entry.IsFixed && entry.Participants[0] == shard) wanted.Add((shard, entry.Id, entry.Attempt));
    }

    public void EndAll()
    {
        foreach (LockEntry entry in _open.Values.ToArray())
        {
            if (entry.IsFixed) continue;
            context.Claims.Release(entry);
            Drop(entry);
        }
    }

    /// <summary>Takes over the prepared attempts of an ended parent, every heir all of them: each carries out its own cells and says so.</summary>
    public void Inherit(LockCommit parent)
    {
        if (context.Keeps(SafetyRule.HeirsRemember)) Ended.Inherit(parent.Ended);
        if (!context.Keeps(SafetyRule.HeirsGoOn)) return;
        foreach (LockEntry theirs in parent._open.Values.Concat(parent._others.Values))
        {
            LockEntry? entry = Lookup(theirs.Id, theirs.Attempt);
            if (entry is null)
            {
                Add(entry = new LockEntry(theirs.Transaction, theirs.Attempt, theirs.ExpiresAt, this));
                entry.Prepare(theirs.Participants, theirs.Outcome, theirs.Writes);
            }
            entry.Cells.AddRange(theirs.Cells.Where(cell => context.IsOwn(cell)));
            entry.HeldCount = entry.Cells.Count;
            context.Claims.Restore(entry);
        }
    }

    public void Write(WireWriter writer)
    {
        Ended.Write(writer);
        writer.WriteVarint((ulong)Open);
        if (Open == 0) return;
        foreach (LockEntry entry in _open.Values) entry.Write(writer);
        foreach (LockEntry entry in _others.Values) entry.Write(writer);
    }

    public bool TryRead(ref WireReader reader)
    {
        if (!Ended.TryRead(ref reader) || !reader.TryReadCount(2 * context.Options.MaxOpen, out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (LockEntry.TryRead(ref reader, this) is not { } entry || !context.Options.Programs.ContainsKey(entry.Transaction.Program) || Lookup(entry.Id, entry.Attempt) is not null) return false;
            Add(entry);
            context.Claims.Restore(entry);
        }
        return true;
    }

    private AtomicResult Find(in Digest transaction, Attempt attempt, ShardId decider, out LockEntry? entry)
    {
        if (_others.TryGetValue((transaction, attempt.Number, attempt.Epoch), out entry)) return entry.Participants[0] == decider ? AtomicResult.Accepted : AtomicResult.NotParticipant;
        if (!_open.TryGetValue(transaction, out entry)) return Ended.TryGet(transaction, out _) ? AtomicResult.Duplicate : AtomicResult.NotOrdered;
        if ((entry.Attempt != attempt && context.Keeps(SafetyRule.DecisionsBindAttempt)) || !entry.IsFixed) return AtomicResult.WrongAttempt;
        return entry.Participants[0] == decider ? AtomicResult.Accepted : AtomicResult.NotParticipant;
    }

    private void Finish(LockEntry entry, bool isCommit, in Digest outcome)
    {
        // A commit of another outcome, among shards that did not count this one in, is an abort of what was prepared here.
        isCommit &= outcome == entry.Outcome;
        if (isCommit) entry.Apply(context.Cells);
        context.Claims.Release(entry);
        Drop(entry, isCommit);
        if (!isCommit) return;
        var done = new AtomicRecord(AtomicRecordKind.Acknowledgement, entry.Id, context.Self.Id, entry.Attempt) { Audience = [entry.Participants[0]] };
        context.Emitted.Add(done);
        if (entry.Participants[0] == context.Self.Id) decisions.AcceptAcknowledgement(done);
    }

    private void Vote(AtomicRecord vote)
    {
        context.Emitted.Add(vote);
        if (vote.Participants[0] != context.Self.Id) return;
        decisions.AcceptVote(vote);
        // Decided before this shard was prepared: it hears its own decision now.
        if (decisions.Find(vote.Transaction, vote.Attempt) is { } decision) Accept(decision);
    }

    private LockEntry? Lookup(in Digest id, Attempt attempt) =>
        _open.TryGetValue(id, out LockEntry? entry) && entry.Attempt == attempt ? entry : _others.GetValueOrDefault((id, attempt.Number, attempt.Epoch));

    private void Add(LockEntry entry)
    {
        if (!_open.TryAdd(entry.Id, entry)) _others.Add((entry.Id, entry.Attempt.Number, entry.Attempt.Epoch), entry);
    }

    private static bool Provides(ShardId shard, ReadOnlySpan<AtomicRecord> provisions)
    {
        foreach (AtomicRecord provision in provisions)
        {
            if (provision.Shard == shard) return true;
        }
        return false;
    }

    private bool AreParticipants(ReadOnlySpan<ShardId> participants)
    {
        for (int i = 1; i < participants.Length; i++)
        {
            if (participants[i] <= participants[i - 1]) return false;
        }
        return participants.Length is > 0 and <= AtomicLimits.MaxParticipants && participants.IndexOf(context.Self.Id) >= 0;
    }
}
