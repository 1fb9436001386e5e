namespace Prozchain.Rollups.Disputes;

/// <summary>A subtree of claims in a <see cref="ParallelDispute"/>, after an agreed history. Claims that have both in common share the edge.</summary>
/// <remarks>Storage: <c>bytes32 id => (bytes32 place, bytes32 node, bytes32 prefix, bytes32 left, bytes32 right, uint8 level, uint64 index, uint64 createdAt, uint64 rivalledAt, bool proven)</c>, and <c>bytes32 place => uint32 edges, bytes32 first</c>.</remarks>
public sealed class DisputeEdge
{
    internal DisputeEdge(in Digest32 id, in Digest32 prefix, in Digest32 node, int level, ulong index, ulong now)
    {
        (Id, Prefix, Node, Level, Index, CreatedAt) = (id, prefix, node, level, index, now);
    }

    /// <summary>keccak256(place ‖ node), where place = keccak256(prefix ‖ index ‖ level), numbers as big-endian words: rivals have one place.</summary>
    public Digest32 Id { get; }

    /// <summary>Commitment to all leaves before it: zero, or keccak256(prefix ‖ subtree ‖ its level) for each that is complete.</summary>
    public Digest32 Prefix { get; }

    /// <summary>Root of the subtree; for level 0, the state root.</summary>
    public Digest32 Node { get; }

    /// <summary>Height of the subtree.</summary>
    public int Level { get; }

    /// <summary>Its index on its level.</summary>
    public ulong Index { get; }

    /// <summary>When it was made.</summary>
    public ulong CreatedAt { get; }

    /// <summary>When it got its first rival; null if it has none.</summary>
    public ulong? RivalledAt { get; internal set; }

    /// <summary>Its left half, once it was opened.</summary>
    public DisputeEdge? Left { get; internal set; }

    /// <summary>Its right half, once it was opened.</summary>
    public DisputeEdge? Right { get; internal set; }

    /// <summary>True for a leaf whose transaction was executed and gave this root.</summary>
    public bool IsProven { get; internal set; }

    /// <summary>Seconds that it has stood without a rival.</summary>
    public ulong Uncontested(ulong now) => (RivalledAt ?? now) - CreatedAt;
}
