using System.Numerics;
using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Finality;

/// <summary>
/// Decides which claims about a rollup's state are final, as contracts/src/StateChain.sol does: Proposed, Challenged, Proven, Final,
/// Refunded, one claim a batch, none before its parent. How disputes are fought is not its business; it is told how they end.
/// Two valid proofs for different roots halt it: what was proven counts no more, until governance resumes.
/// </summary>
/// <remarks>Times are seconds of L1 and never fall; a claim that is due is final from its due time on, whenever somebody looks. The caller checks who may settle and resume.</remarks>
public sealed class FinalityLane
{
    private readonly EvidenceCheck _check;
    private readonly Digest32 _genesisRoot;
    private readonly List<FinalityClaim> _claims = [];

    // Those that can still become final, by number: parents before children.
    private readonly List<FinalityClaim> _live = [];

    // What validity proofs have shown, right or wrong claim.
    private readonly Dictionary<(SegmentRange Segment, Digest32 PreRoot), Digest32> _shown = [];

    // Which systems agree on what, and since when that is enough.
    private readonly Dictionary<(SegmentRange Segment, Digest32 PreRoot, Digest32 PostRoot), (uint Validity, uint Tee, ulong? ProvenAt)> _evidence = [];
    private ulong _resumedAt;

    /// <summary>A lane without claims.</summary>
    /// <param name="parameters">Mode, periods, policy.</param>
    /// <param name="exit">When everybody may leave.</param>
    /// <param name="genesisRoot">The first state root; final.</param>
    /// <param name="check">Checks evidence of the systems that are registered.</param>
    /// <param name="now">L1 time.</param>
    public FinalityLane(FinalityParameters parameters, ExitDelay exit, in Digest32 genesisRoot, EvidenceCheck check, ulong now)
    {
        Parameters = parameters.Check();
        (Exit, _genesisRoot, _check, LastFinalAt) = (exit, genesisRoot, check, now);
    }

    /// <summary>Mode, periods, policy.</summary>
    public FinalityParameters Parameters { get; }

    /// <summary>When everybody may leave.</summary>
    public ExitDelay Exit { get; }

    /// <summary>All claims.</summary>
    public IReadOnlyList<FinalityClaim> Claims => _claims;

    /// <summary>The newest final claim; null for the first state.</summary>
    public FinalityClaim? LastFinal { get; private set; }

    /// <summary>The newest final state root.</summary>
    public Digest32 FinalRoot => LastFinal?.Claim.FinalRoot ?? _genesisRoot;

    /// <summary>When it became final.</summary>
    public ulong LastFinalAt { get; private set; }

    /// <summary>True after two valid proofs for different roots: nothing is claimed, is proven or becomes final until governance resumes. What stands can still be disputed.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>Makes a claim.</summary>
    /// <param name="parent">Number of the claim to build upon; null for the first state.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="steps">Transactions of its batch.</param>
    /// <param name="now">L1 time.</param>
    public FinalityResult Propose(int? parent, in Claim claim, ulong steps, ulong now)
    {
        Advance(now);
        if (IsHalted) return FinalityResult.Halted;
        if (steps == 0 || Parameters.SegmentsOf(steps) > FinalityParameters.MaxSegments) return FinalityResult.WrongLength;
        FinalityClaim? below = parent is { } id ? Find(id) : null;
        if (parent is not null && below is null || below is { IsRejected: true } || below is null or { FinalAt: not null } && below != LastFinal) return FinalityResult.WrongParent;
        foreach (FinalityClaim other in _live)
            if (other.Parent == below) return FinalityResult.DuplicateClaim;
        var made = new FinalityClaim(_claims.Count, below, below?.Claim.FinalRoot ?? _genesisRoot, claim, steps, (int)Parameters.SegmentsOf(steps), now);
        _claims.Add(made);
        _live.Add(made);
        return FinalityResult.Accepted;
    }

    /// <summary>Says that a dispute about a claim has begun. There is one at most.</summary>
    public FinalityResult Challenge(int claim, ulong now)
    {
        Advance(now);
        if (Find(claim) is not { } found) return FinalityResult.NoClaim;
        if (found.IsDisputed || found.IsDecided) return FinalityResult.AlreadyDone;
        bool isProven = !IsHalted && found.ProvenAt is not null;
        if (Parameters.Mode == FinalityMode.Validity || !found.IsLive || isProven || now >= found.ProposedAt + Parameters.OptimisticPeriod) return FinalityResult.NotChallengeable;
        found.IsDisputed = true;
        found.MoveTo(FinalityStatus.Challenged);
        return FinalityResult.Accepted;
    }

    /// <summary>Says how the dispute about a claim has ended.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="stands">Whether it stands; else it falls, and all that builds upon it.</param>
    /// <param name="now">L1 time.</param>
    public FinalityResult Settle(int claim, bool stands, ulong now)
    {
        Advance(now);
        if (Find(claim) is not { } found) return FinalityResult.NoClaim;
        if (!found.IsDisputed) return FinalityResult.NoDispute;
        (found.IsDisputed, found.IsDecided, found.DecidedAt) = (false, true, now);
        if (!stands && found.IsLive) Reject(found);
        Advance(now);
        return FinalityResult.Accepted;
    }

    /// <summary>
    /// Takes evidence about a segment, for this claim and every other with the same roots around it. Once enough systems agree, one of
    /// them by a validity proof, the segment is proven, or a claim that has another root there ends, unless it is final. Of a
    /// final claim it counts for what leaves the rollup in the segment.
    /// </summary>
    public FinalityResult Prove(int claim, SegmentProof proof, ulong now)
    {
        Advance(now);
        if (Find(claim) is not { } found) return FinalityResult.NoClaim;
        if (IsHalted) return FinalityResult.Halted;
        if (!TryOpen(found, proof, out SegmentRange segment)) return FinalityResult.WrongOpening;
        if (proof.System is < 0 or > 31 || !_check(proof.Kind, proof.System, segment, proof.PreRoot, proof.ProvenRoot, proof.Proof.Span)) return FinalityResult.WrongProof;
        if (proof.Kind == EvidenceKind.ValidityProof && !_shown.TryAdd((segment, proof.PreRoot), proof.ProvenRoot) && _shown[(segment, proof.PreRoot)] != proof.ProvenRoot)
        {
            IsHalted = true;
            return FinalityResult.Accepted;
        }
        FinalityResult result = Add(segment, proof, now, out ulong? provenAt) ? FinalityResult.Accepted : FinalityResult.AlreadyDone;
        bool agrees = proof.ProvenRoot == proof.ClaimedRoot;
        if (found.IsRejected || (!agrees && found.FinalAt is not null)) return FinalityResult.AlreadyDone;
        if (provenAt is not { } when) return result;
        if (!agrees)
        {
            Reject(found);
            return FinalityResult.Accepted;
        }
        if (!found.Note(proof.Segment, when)) return result;
        Advance(now);
        return FinalityResult.Accepted;
    }

    /// <summary>Says that the bond of a final claim went back.</summary>
    public FinalityResult Refund(int claim, ulong now)
    {
        Advance(now);
        if (Find(claim) is not { } found) return FinalityResult.NoClaim;
        if (found.FinalAt is null) return FinalityResult.NotFinal;
        if (found.Status == FinalityStatus.Refunded) return FinalityResult.AlreadyDone;
        found.MoveTo(FinalityStatus.Refunded);
        return FinalityResult.Accepted;
    }

    /// <summary>Governance: goes on after a halt with a proof system that is mended. What was proven before counts no more.</summary>
    /// <param name="now">L1 time.</param>
    public void Resume(ulong now)
    {
        (IsHalted, _resumedAt) = (false, now);
        _shown.Clear();
        _evidence.Clear();
        foreach (FinalityClaim claim in _claims) claim.Forget();
        Advance(now);
    }

    /// <summary>Makes final what is due. Every other call does this first.</summary>
    public void Advance(ulong now)
    {
        while (!IsHalted && NextDue(now) is { } next)
        {
            LastFinal = next.Claim;
            _live.Remove(next.Claim);
            next.Claim.FinalAt = LastFinalAt = Math.Max(next.DueAt, Math.Max(LastFinalAt, _resumedAt));
            next.Claim.MoveTo(FinalityStatus.Final);
        }
    }

    /// <summary>True if nothing became final for so long that everybody may leave.</summary>
    public bool IsExitDue(ulong now)
    {
        Advance(now);
        return now - LastFinalAt >= Exit.Seconds;
    }

    /// <summary>True if what leaves the rollup may do so: its claim is final, and it is proven if the policy demands that.</summary>
    /// <param name="claim">The claim about its batch.</param>
    /// <param name="operation">What leaves; that it stands in the batch is for the caller to check.</param>
    /// <param name="now">L1 time.</param>
    public bool IsFinal(int claim, in Operation operation, ulong now)
    {
        Advance(now);
        if (Find(claim) is not { FinalAt: not null } found || operation.Step >= found.Steps) return false;
        FinalityRequirement requirement = Parameters.Mode == FinalityMode.Hybrid ? Parameters.Policy.Requirement(operation.Kind, operation.Token, operation.Value) : FinalityRequirement.Optimistic;
        if (requirement == FinalityRequirement.Optimistic) return true;
        if (IsHalted || !found.IsProven((int)(operation.Step / Parameters.SegmentSteps))) return false;
        return requirement == FinalityRequirement.Prove || now >= found.ProposedAt + Parameters.OptimisticPeriod;
    }

    /// <summary>When a claim becomes final if nothing more happens, its parent aside; null if something must happen first.</summary>
    public ulong? DueAt(FinalityClaim claim)
    {
        ulong? proven = Parameters.Mode == FinalityMode.Optimistic ? null : claim.ProvenAt + Parameters.ValidityDelay;
        if (Parameters.Mode == FinalityMode.Validity || claim.IsDisputed) return proven;
        ulong waited = Math.Max(claim.ProposedAt + Parameters.OptimisticPeriod, claim.DecidedAt);
        return proven < waited ? proven : waited;
    }

    private (FinalityClaim Claim, ulong DueAt)? NextDue(ulong now)
    {
        (FinalityClaim, ulong DueAt)? first = null;
        foreach (FinalityClaim claim in _live)
            if (claim.Parent == LastFinal && DueAt(claim) is { } due && due <= now && (first is null || due < first.Value.DueAt)) first = (claim, due);
        return first;
    }

    private void Reject(FinalityClaim claim)
    {
        foreach (FinalityClaim each in _live)
        {
            if (each != claim && each.Parent is not { IsRejected: true }) continue;
            each.IsRejected = true;
            each.MoveTo(FinalityStatus.Refunded);
        }
        _live.RemoveAll(static each => each.IsRejected);
    }

    private bool Add(in SegmentRange segment, SegmentProof proof, ulong now, out ulong? provenAt)
    {
        (SegmentRange, Digest32, Digest32) key = (segment, proof.PreRoot, proof.ProvenRoot);
        (uint validity, uint tee, provenAt) = _evidence.GetValueOrDefault(key);
        (uint Validity, uint Tee) before = (validity, tee);
        if (proof.Kind == EvidenceKind.ValidityProof) validity |= 1U << proof.System;
        else tee |= 1U << proof.System;
        if (validity != 0 && BitOperations.PopCount(validity) + BitOperations.PopCount(tee) >= Parameters.AgreeingSystems) provenAt ??= now;
        _evidence[key] = (validity, tee, provenAt);
        return (validity, tee) != before;
    }

    private bool TryOpen(FinalityClaim claim, SegmentProof proof, out SegmentRange segment)
    {
        segment = default;
        if (proof.Segment < 0 || proof.Segment >= claim.Segments) return false;
        int height = Claim.HeightOf(claim.Steps);
        ulong from = (ulong)proof.Segment * Parameters.SegmentSteps, to = Math.Min(from + Parameters.SegmentSteps, claim.Steps);
        segment = new SegmentRange(claim.Sequence, from, to);
        bool starts = from == 0
            ? proof.PreRoot == claim.StartRoot && proof.PreOpening.IsEmpty
            : Claim.VerifyOpening(claim.Claim.Root, height, from - 1, proof.PreRoot, proof.PreOpening.Span);
        return starts && Claim.VerifyOpening(claim.Claim.Root, height, to - 1, proof.ClaimedRoot, proof.ClaimedOpening.Span);
    }

    private FinalityClaim? Find(int id) => id >= 0 && id < _claims.Count ? _claims[id] : null;
}
