namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Which transaction has claimed which cell: one writer, or any number of readers. Wound-wait: the younger wait for the
/// older or for what is fixed, and what is fixed waits for no claim, so that there is no cycle.
/// </summary>
internal sealed class ClaimTable(bool fixedKeeps)
{
    private readonly Dictionary<Digest, Claim> _claims = [];
    private readonly SortedSet<Claimant> _waiting = [];
    private bool _isStale;

    public int Claimed => _claims.Count;

    public int Waiting => _waiting.Count;

    public bool IsRead(in Digest key) => _claims.ContainsKey(key);

    public bool IsWritten(in Digest key) => _claims.TryGetValue(key, out Claim? claim) && claim.Writer is not null;

    /// <summary>Asks for all of the claimant's cells; those that it holds already stay. Granted now, or after <see cref="Pump"/>.</summary>
    public void Request(Claimant claimant)
    {
        if (_waiting.Count == 0 && TryTake(claimant)) return;
        claimant.IsWaiting = true;
        _waiting.Add(claimant);
        _isStale = true;
    }

    public void Release(Claimant claimant)
    {
        if (_waiting.Remove(claimant)) _isStale = true;
        claimant.IsWaiting = false;
        claimant.HeldCount = 0;
        foreach (DeclaredCell cell in claimant.Cells)
        {
            if (!_claims.TryGetValue(cell.Key, out Claim? claim)) continue;
            if (claim.Writer == claimant) claim.Writer = null;
            claim.Readers?.Remove(claimant);
            if (claim.Writer is null && claim.Readers is not { Count: > 0 }) _claims.Remove(cell.Key);
        }
        _isStale |= _waiting.Count > 0;
    }

    /// <summary>At the end of a block: grants what can be granted, older ones first; a younger one never passes an older one that wants the same cell.</summary>
    public void Pump()
    {
        // A grant can release others' claims, which an older one cannot have waited for: it would have taken them itself.
        if (!_isStale) return;
        _isStale = false;
        var wanted = new HashSet<Digest>();
        foreach (Claimant claimant in _waiting.ToArray())
        {
            if (!claimant.IsWaiting) continue;
            bool mayGo = true;
            foreach (DeclaredCell cell in claimant.Cells) mayGo &= !wanted.Contains(cell.Key);
            if (mayGo)
            {
                _waiting.Remove(claimant);
                if (TryTake(claimant)) continue;
                _waiting.Add(claimant);
            }
            foreach (DeclaredCell cell in claimant.Cells) wanted.Add(cell.Key);
        }
    }

    /// <summary>Puts a claim back as it was: for a restart.</summary>
    public void Restore(Claimant claimant)
    {
        if (claimant.IsWaiting) _waiting.Add(claimant);
        Hold(claimant, claimant.HeldCount);
        _isStale = true;
    }

    private bool TryTake(Claimant claimant)
    {
        var younger = new HashSet<Claimant>();
        foreach (DeclaredCell cell in claimant.Cells)
        {
            if (!_claims.TryGetValue(cell.Key, out Claim? claim)) continue;
            if (claim.Writer is { } writer && writer != claimant && !CanWound(claimant, writer, younger)) return false;
            if (!cell.IsWritten || claim.Readers is null) continue;
            foreach (Claimant reader in claim.Readers)
            {
                if (reader != claimant && !CanWound(claimant, reader, younger)) return false;
            }
        }
        foreach (Claimant loser in younger.Order())
        {
            Release(loser);
            loser.OnWounded();
        }
        claimant.IsWaiting = false;
        claimant.HeldCount = claimant.Cells.Count;
        Hold(claimant, claimant.HeldCount);
        claimant.OnGranted();
        return true;
    }

    private bool CanWound(Claimant claimant, Claimant holder, HashSet<Claimant> younger)
    {
        if ((fixedKeeps && holder.IsFixed) || holder.CompareTo(claimant) < 0) return false;
        younger.Add(holder);
        return true;
    }

    private void Hold(Claimant claimant, int count)
    {
        foreach (DeclaredCell cell in claimant.Cells.Take(count))
        {
            if (!_claims.TryGetValue(cell.Key, out Claim? claim)) _claims.Add(cell.Key, claim = new Claim());
            if (cell.IsWritten)
            {
                claim.Readers?.Remove(claimant);
                claim.Writer = claimant;
            }
            else if (claim.Writer != claimant && claim.Readers?.Contains(claimant) != true)
            {
                (claim.Readers ??= []).Add(claimant);
            }
        }
    }

    private sealed class Claim
    {
        public Claimant? Writer;
        public List<Claimant>? Readers;
    }
}
