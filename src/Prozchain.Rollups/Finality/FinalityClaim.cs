using System.Numerics;
using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Finality;

/// <summary>A claim on its way to finality.</summary>
/// <remarks>
/// Storage: <c>(bytes32 root, bytes32 finalRoot, uint32 parent, uint64 sequence, uint64 steps, uint64 proposedAt, uint64 provenAt,
/// uint64 decidedAt, uint64 finalAt, uint8 dispute, uint8 status, bool rejected, uint256 provenSegments)</c> and, for more
/// than one agreeing system, <c>segment => (uint32 zk, uint32 tee)</c>.
/// </remarks>
public sealed class FinalityClaim
{
    private readonly (uint Validity, uint Tee)[] _evidence;

    internal FinalityClaim(int id, FinalityClaim? parent, in Digest32 startRoot, in Claim claim, ulong steps, int segments, ulong now)
    {
        (Id, Parent, StartRoot, Claim, Steps, ProposedAt) = (id, parent, startRoot, claim, steps, now);
        Sequence = (parent?.Sequence ?? 0) + 1;
        _evidence = new (uint, uint)[segments];
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
    public int Segments => _evidence.Length;

    /// <summary>True if enough systems agree on a segment, at least one of them by a validity proof.</summary>
    public bool IsProven(int segment, FinalityParameters parameters) =>
        _evidence[segment].Validity != 0 && BitOperations.PopCount(_evidence[segment].Validity) + BitOperations.PopCount(_evidence[segment].Tee) >= parameters.AgreeingSystems;

    internal bool Add(SegmentProof proof)
    {
        ref uint systems = ref proof.Kind == EvidenceKind.ValidityProof ? ref _evidence[proof.Segment].Validity : ref _evidence[proof.Segment].Tee;
        uint before = systems;
        systems |= 1U << proof.System;
        return systems != before;
    }

    internal void MarkProven(FinalityParameters parameters, ulong now)
    {
        for (int segment = 0; segment < Segments; segment++)
            if (!IsProven(segment, parameters)) return;
        ProvenAt ??= now;
        MoveTo(FinalityStatus.Proven);
    }

    // A broken system had shown it, perhaps.
    internal void Forget()
    {
        Array.Clear(_evidence);
        ProvenAt = null;
        if (Status == FinalityStatus.Proven) Status = IsDisputed || IsDecided ? FinalityStatus.Challenged : FinalityStatus.Proposed;
    }

    // Never back.
    internal void MoveTo(FinalityStatus status)
    {
        if (status > Status) Status = status;
    }
}
