using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Transactions over declared cells in one shard: provision, execute, certify. Each shard says commit or abort once for
/// its cells; a commit needs all cells certified, an abort one. No coordinator. Why that is safe: docs/adr/0034-atomic-commit.md.
/// </summary>
internal sealed class ProvisionCommit(AtomicContext context)
{
    private readonly SortedDictionary<Digest, ProvisionEntry> _open = [];

    public int Open => _open.Count;

    public Tombstones Ended { get; } = new(context.Options.RetentionMs);

    /// <summary>True if the transaction is open here, or remembered.</summary>
    public bool Knows(in Digest transaction) => _open.ContainsKey(transaction) || Ended.TryGet(transaction, out _);

    public void BeginBlock()
    {
        Ended.Expire(context.TimeMs);
        if (_open.Count == 0) return;
        foreach (ProvisionEntry entry in _open.Values.ToArray())
        {
            if ((!entry.IsFixed || !context.Keeps(SafetyRule.OneWord)) && entry.Transaction.DeadlineMs <= context.TimeMs) Abort(entry, mustTell: true);
        }
    }

    public AtomicResult Admit(AtomicTransaction transaction)
    {
        if (_open.ContainsKey(transaction.Id) || Ended.TryGet(transaction.Id, out _)) return AtomicResult.Duplicate;
        AtomicResult can = context.CheckBegin(transaction, hasCells: true, _open.Count);
        if (can != AtomicResult.Accepted) return can;
        var entry = new ProvisionEntry(transaction, this);
        foreach (DeclaredCell cell in transaction.Cells)
        {
            if (context.IsOwn(cell)) entry.Cells.Add(cell);
        }
        if (entry.Cells.Count == 0) return AtomicResult.NotParticipant;
        context.Begun++;
        _open.Add(transaction.Id, entry);
        context.Claims.Request(entry);
        return AtomicResult.Accepted;
    }

    /// <summary>Certified records: provisions and execution certificates of other shards.</summary>
    public AtomicResult Accept(AtomicRecord record)
    {
        if (!_open.TryGetValue(record.Transaction, out ProvisionEntry? entry))
            return Ended.TryGet(record.Transaction, out _) ? AtomicResult.Duplicate : AtomicResult.NotOrdered;
        return record.Kind == AtomicRecordKind.Provision ? AcceptProvision(entry, record) : AcceptCertificate(entry, record.Shard, record.IsCommit, record.Outcome);
    }

    /// <summary>True if a record of an ended shard must be in its settled set to count: the transaction is within the window that the set covers.</summary>
    public bool MustBeSettled(AtomicRecord record) => record.Kind == AtomicRecordKind.ExecutionCertificate
        && _open.TryGetValue(record.Transaction, out ProvisionEntry? entry) && entry.Transaction.DeadlineMs >= context.Endings[record.Shard].CompleteFromMs;

    /// <summary>What an ended shard's settled set says; nothing (value empty) means that it never certified commit, and never will.</summary>
    public AtomicResult Settle(ShardId shard, in Digest transaction, ReadOnlySpan<byte> value, StateProof proof)
    {
        if (!context.TrySettled(shard, transaction, default, value, proof, out ShardEnding ending)) return AtomicResult.BadProof;
        if (!_open.TryGetValue(transaction, out ProvisionEntry? entry))
            return Ended.TryGet(transaction, out _) ? AtomicResult.Duplicate : AtomicResult.NotOrdered;
        if (!value.IsEmpty) return AcceptCertificate(entry, shard, value[0] == 1, new Digest(value[1..]));
        if (entry.Transaction.DeadlineMs < ending.CompleteFromMs) return AtomicResult.OutsideWindow;
        bool isNeeded = false;
        for (int i = 0; i < entry.Certified.Length; i++) isNeeded |= !entry.Certified[i] && context.Holds(shard, entry.Transaction.Cells[i]);
        if (!isNeeded || !context.CanHaveOrdered(ending, entry.Transaction)) return AtomicResult.NotParticipant;
        // Where this shard is fixed and the set is silent, an heir provided the cells: the heir's word counts.
        if (entry.IsFixed && context.Keeps(SafetyRule.SilenceBindsUncertifiedOnly)) return AtomicResult.NotParticipant;
        Abort(entry, mustTell: true);
        return AtomicResult.Accepted;
    }

    /// <summary>True if an open transaction may still need the word of an ended shard.</summary>
    public bool Needs(ShardId shard)
    {
        foreach (ProvisionEntry entry in _open.Values)
            if (Needs(entry, shard)) return true;
        return false;
    }

    public void Wanted(ShardId shard, List<(ShardId Shard, Digest Transaction, Attempt Attempt)> wanted)
    {
        foreach (ProvisionEntry entry in _open.Values)
            if (Needs(entry, shard)) wanted.Add((shard, entry.Id, default));
    }

    /// <summary>The entry's claims are granted: its cells cannot change until it ends.</summary>
    public void Provide(ProvisionEntry entry)
    {
        var cells = new CellValue[entry.Cells.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = CellValue.Read(context.Cells, entry.Cells[i].Key);
            entry.Provided[entry.Transaction.IndexOf(cells[i].Key)] = cells[i];
        }
        context.Emitted.Add(new AtomicRecord(AtomicRecordKind.Provision, entry.Id, context.Self.Id, cells: cells) { About = entry.Transaction });
        TryExecute(entry);
    }

    public void Abort(ProvisionEntry entry, bool mustTell)
    {
        if (mustTell) context.Emitted.Add(new AtomicRecord(AtomicRecordKind.ExecutionCertificate, entry.Id, context.Self.Id) { About = entry.Transaction });
        End(entry, isCommit: false);
    }

    /// <summary>The shard's authority ends: whatever it has not certified, it certifies as aborted.</summary>
    public void EndAll()
    {
        foreach (ProvisionEntry entry in _open.Values.ToArray())
        {
            if (!entry.IsFixed) Abort(entry, mustTell: true);
        }
    }

    public void AddSettled(List<StateWrite> settled)
    {
        foreach ((Digest id, ProvisionEntry entry) in _open)
            settled.Add(new StateWrite(ShardEnding.KeyOf(id, default), ShardEnding.ValueOf(true, entry.Outcome)));
        foreach ((Digest id, Tombstone ended) in Ended.All)
        {
            if (!_open.ContainsKey(id)) settled.Add(new StateWrite(ShardEnding.KeyOf(id, default), ShardEnding.ValueOf(ended.IsCommit, ended.Outcome)));
        }
    }

    /// <summary>Takes over what an ended parent left open: certified commits alone, for the cells that this shard holds.</summary>
    public void Inherit(ProvisionCommit parent)
    {
        if (context.Keeps(SafetyRule.HeirsRemember)) Ended.Inherit(parent.Ended);
        if (!context.Keeps(SafetyRule.HeirsGoOn)) return;
        foreach ((Digest id, ProvisionEntry theirs) in parent._open)
        {
            if (!theirs.Cells.Exists(cell => context.IsOwn(cell))) continue;
            if (!_open.TryGetValue(id, out ProvisionEntry? entry))
            {
                _open.Add(id, entry = new ProvisionEntry(theirs.Transaction, this));
                theirs.Provided.CopyTo(entry.Provided, 0);
                entry.TryExecute(context.Options.Programs[entry.Transaction.Program]);
            }
            for (int i = 0; i < theirs.Certified.Length; i++) entry.Certified[i] |= theirs.Certified[i];
            foreach (DeclaredCell cell in theirs.Cells)
            {
                if (context.IsOwn(cell)) entry.Cells.Add(cell);
            }
            entry.HeldCount = entry.Cells.Count;
            context.Claims.Restore(entry);
        }
    }

    /// <summary>After both parents of a merge: what one of them knows the end of, ends for the other's cells as well.</summary>
    public void SettleInherited()
    {
        foreach (ProvisionEntry entry in _open.Values.ToArray())
        {
            if (Ended.TryGet(entry.Id, out Tombstone ended) && ended.IsCommit) Array.Fill(entry.Certified, true);
            else if (Ended.TryGet(entry.Id, out _)) Abort(entry, mustTell: false);
            if (_open.ContainsKey(entry.Id)) TryCommit(entry);
        }
    }

    public void Write(WireWriter writer)
    {
        Ended.Write(writer);
        writer.WriteVarint((ulong)_open.Count);
        if (_open.Count == 0) return;
        foreach (ProvisionEntry entry in _open.Values) entry.Write(writer);
    }

    public bool TryRead(ref WireReader reader)
    {
        if (!Ended.TryRead(ref reader) || !reader.TryReadCount(2 * context.Options.MaxOpen, out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (ProvisionEntry.TryRead(ref reader, this, context) is not { } entry || !_open.TryAdd(entry.Id, entry)) return false;
            context.Claims.Restore(entry);
        }
        return true;
    }

    private bool Needs(ProvisionEntry entry, ShardId shard)
    {
        if (context.Endings.TryGetValue(shard, out ShardEnding? ending) && !context.CanHaveOrdered(ending, entry.Transaction)) return false;
        for (int i = 0; i < entry.Certified.Length; i++)
        {
            if (!entry.Certified[i] && context.Holds(shard, entry.Transaction.Cells[i])) return true;
        }
        return false;
    }

    private AtomicResult AcceptProvision(ProvisionEntry entry, AtomicRecord record)
    {
        foreach (CellValue cell in record.Cells)
        {
            int at = entry.Transaction.IndexOf(cell.Key);
            if (at < 0 || !context.Holds(record.Shard, entry.Transaction.Cells[at])) return AtomicResult.Contradiction;
        }
        bool isNew = false;
        foreach (CellValue cell in record.Cells)
        {
            int at = entry.Transaction.IndexOf(cell.Key);
            ref CellValue? provided = ref entry.Provided[at];
            if (provided is not null || context.IsOwn(entry.Transaction.Cells[at])) continue;
            provided = cell;
            isNew = true;
        }
        if (!isNew) return AtomicResult.Duplicate;
        TryExecute(entry);
        return AtomicResult.Accepted;
    }

    private AtomicResult AcceptCertificate(ProvisionEntry entry, ShardId shard, bool isCommit, in Digest outcome)
    {
        bool isParticipant = false, isNew = false;
        for (int i = 0; i < entry.Certified.Length; i++)
        {
            bool holds = context.Holds(shard, entry.Transaction.Cells[i]);
            isParticipant |= holds;
            isNew |= holds && !entry.Certified[i];
        }
        if (!isParticipant) return AtomicResult.NotParticipant;
        if (!isNew) return AtomicResult.Duplicate;
        if (!isCommit)
        {
            Abort(entry, mustTell: !entry.IsFixed);
            return AtomicResult.Accepted;
        }
        if ((entry.IsFixed ? entry.Outcome : entry.Claimed ?? outcome) != outcome) return AtomicResult.Contradiction;
        entry.Claimed ??= outcome;
        for (int i = 0; i < entry.Certified.Length; i++)
        {
            // Its own cells a shard certifies itself, whatever an ancestor says of them.
            DeclaredCell cell = entry.Transaction.Cells[i];
            entry.Certified[i] |= context.Holds(shard, cell) && !context.IsOwn(cell);
        }
        TryCommit(entry);
        return AtomicResult.Accepted;
    }

    private void TryExecute(ProvisionEntry entry)
    {
        if (entry.IsFixed || !Array.TrueForAll(entry.Provided, value => value is not null)) return;
        if (!entry.TryExecute(context.Options.Programs[entry.Transaction.Program]))
        {
            Abort(entry, mustTell: true);
            return;
        }
        context.Emitted.Add(new AtomicRecord(AtomicRecordKind.ExecutionCertificate, entry.Id, context.Self.Id, isCommit: true, outcome: entry.Outcome) { About = entry.Transaction });
        foreach (DeclaredCell cell in entry.Cells) entry.Certified[entry.Transaction.IndexOf(cell.Key)] = true;
        TryCommit(entry);
    }

    private void TryCommit(ProvisionEntry entry)
    {
        if (!entry.IsFixed || (context.Keeps(SafetyRule.CommitNeedsAllCells) && !Array.TrueForAll(entry.Certified, certified => certified))) return;
        entry.Apply(context.Cells);
        End(entry, isCommit: true);
    }

    private void End(ProvisionEntry entry, bool isCommit)
    {
        _open.Remove(entry.Id);
        context.Claims.Release(entry);
        Ended.Set(entry.Id, new Tombstone(entry.Transaction.DeadlineMs, 0, isCommit, isCommit ? entry.Outcome : default));
    }
}
