using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Finality;

/// <summary>A claim on its way to finality.</summary>
public sealed class FinalityClaim
{
    private readonly ulong?[] _provenAt;

    internal FinalityClaim(int id, FinalityClaim? parent, in Digest32 startRoot, in Claim claim, ulong steps, int segments, ulong now)
    {
        (Id, Parent, StartRoot, Claim, Steps, ProposedAt) = (id, parent, startRoot, claim, steps, now);
        Sequence = (parent?.Sequence ?? 0) + 1;
        _provenAt = new ulong?[segments];
    }

    /// <summary>Number of the claim, from 0.</summary>
    public int Id { get; }

    /// <summary>The claim that it builds upon; null for the first state.</summary>
    public FinalityClaim? Parent { get; }

    /// <summary>State root that it starts from.</summary>
    public Digest32 StartRoot { get; }

    /// <summary>What is claimed.</summary>
    public Claim Claim { get; }

    /// <summary>Number of the batch, from 1.</summary>
    public ulong Sequence { get; }

    /// <summary>Its transactions.</summary>
    public ulong Steps { get; }

    /// <summary>When it was made.</summary>
    public ulong ProposedAt { get; }

    /// <summary>When its last segment was proven; null before, and again once a halt overtook that.</summary>
    public ulong? ProvenAt { get; private set; }

    /// <summary>When it became final; null before.</summary>
    public ulong? FinalAt { get; internal set; }

    /// <summary>How far it is.</summary>
    public FinalityStatus Status { get; private set; }

    /// <summary>True if it never can become final.</summary>
    public bool IsRejected { get; internal set; }

    /// <summary>True while a dispute about it has not ended.</summary>
    public bool IsDisputed { get; internal set; }

    internal bool IsDecided { get; set; }

    internal ulong DecidedAt { get; set; }

    internal bool IsLive => !IsRejected && FinalAt is null;

    /// <summary>Number of its segments.</summary>
    public int Segments => _provenAt.Length;

    /// <summary>True if a segment is proven.</summary>
    /// <param name="segment">Its number, from 0.</param>
    public bool IsProven(int segment) => _provenAt[segment] is not null;

    // Whether that is new.
    internal bool Note(int segment, ulong provenAt)
    {
        if (_provenAt[segment] is not null) return false;
        _provenAt[segment] = provenAt;
        if (Array.TrueForAll(_provenAt, static at => at is not null))
        {
            ProvenAt = _provenAt.Max();
            MoveTo(FinalityStatus.Proven);
        }
        return true;
    }

    // A broken system had shown it, perhaps.
    internal void Forget()
    {
        Array.Clear(_provenAt);
        ProvenAt = null;
        if (Status == FinalityStatus.Proven) Status = IsDisputed || IsDecided ? FinalityStatus.Challenged : FinalityStatus.Proposed;
    }

    // Never back.
    internal void MoveTo(FinalityStatus status)
    {
        if (status > Status) Status = status;
    }
}
