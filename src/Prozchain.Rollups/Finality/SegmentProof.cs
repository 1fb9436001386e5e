using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Finality;

/// <summary>Evidence about one segment of a claim, with the openings that tie it to the claim.</summary>
/// <param name="Segment">Number of the segment, from 0.</param>
/// <param name="Kind">What the evidence is.</param>
/// <param name="System">Which system of that kind, 0 to 31.</param>
/// <param name="PreRoot">State root before the segment, as the claim has it.</param>
/// <param name="PreOpening">Opening of it; empty for segment 0, which starts from the parent's final root.</param>
/// <param name="ClaimedRoot">State root after the segment, as the claim has it.</param>
/// <param name="ClaimedOpening">Opening of it.</param>
/// <param name="ProvenRoot">State root after it, as the evidence has it: the same, or the claim is false.</param>
/// <param name="Proof">The evidence.</param>
public sealed record SegmentProof(int Segment, EvidenceKind Kind, int System, Digest32 PreRoot, ReadOnlyMemory<Digest32> PreOpening, Digest32 ClaimedRoot, ReadOnlyMemory<Digest32> ClaimedOpening, Digest32 ProvenRoot, ReadOnlyMemory<byte> Proof);

/// <summary>A segment that is to be proven.</summary>
/// <param name="Segment">Its number, from 0.</param>
/// <param name="From">Index of its first transaction.</param>
/// <param name="To">Index after its last.</param>
/// <param name="PreRoot">State root before it.</param>
/// <param name="PostRoot">State root after it.</param>
public readonly record struct ProofTarget(int Segment, ulong From, ulong To, Digest32 PreRoot, Digest32 PostRoot)
{
    /// <summary>The segments that hold an operation which waits for a proof, in order, each once: all that needs to be proven.</summary>
    /// <param name="parameters">Policy and segments.</param>
    /// <param name="startRoot">State root before the batch.</param>
    /// <param name="tree">The batch's intermediate roots.</param>
    /// <param name="operations">The batch's operations, in any order.</param>
    /// <exception cref="ArgumentException">An operation beyond the roots.</exception>
    public static IReadOnlyList<ProofTarget> Find(FinalityParameters parameters, in Digest32 startRoot, ClaimTree tree, ReadOnlySpan<Operation> operations)
    {
        var segments = new SortedSet<ulong>();
        foreach (Operation operation in operations)
        {
            if (operation.Step >= (ulong)tree.Count) throw new ArgumentException($"Expected a step below {tree.Count}, got {operation.Step}.", nameof(operations));
            if (parameters.Policy.Requirement(operation.Kind, operation.Token, operation.Value) != FinalityRequirement.Optimistic) segments.Add(operation.Step / parameters.SegmentSteps);
        }
        var targets = new List<ProofTarget>(segments.Count);
        foreach (ulong segment in segments) targets.Add(At(parameters, startRoot, tree, (int)segment));
        return targets;
    }

    /// <summary>One segment of a batch.</summary>
    /// <param name="parameters">Size of segments.</param>
    /// <param name="startRoot">State root before the batch.</param>
    /// <param name="tree">The batch's intermediate roots.</param>
    /// <param name="segment">Number of the segment, from 0.</param>
    public static ProofTarget At(FinalityParameters parameters, in Digest32 startRoot, ClaimTree tree, int segment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)segment, parameters.SegmentsOf((ulong)tree.Count));
        ulong from = (ulong)segment * parameters.SegmentSteps, to = Math.Min(from + parameters.SegmentSteps, (ulong)tree.Count);
        return new ProofTarget(segment, from, to, from == 0 ? startRoot : tree.Leaf(from - 1), tree.Leaf(to - 1));
    }

    /// <summary>Ties evidence about this segment to the claim over a tree.</summary>
    /// <param name="tree">The claim's tree.</param>
    /// <param name="kind">What the evidence is.</param>
    /// <param name="system">Which system of that kind.</param>
    /// <param name="provenRoot">State root after the segment, as the evidence has it.</param>
    /// <param name="proof">The evidence.</param>
    public SegmentProof Submit(ClaimTree tree, EvidenceKind kind, int system, in Digest32 provenRoot, ReadOnlyMemory<byte> proof) =>
        new(Segment, kind, system, PreRoot, From == 0 ? default : tree.Open(From - 1), PostRoot, tree.Open(To - 1), provenRoot, proof);
}
