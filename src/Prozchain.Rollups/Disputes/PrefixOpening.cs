namespace Prozchain.Rollups.Disputes;

/// <summary>Shows the last leaf of an edge's prefix: the rightmost one of the subtree that was added last.</summary>
/// <param name="Root">The leaf: the state root before the edge.</param>
/// <param name="Before">The prefix before that subtree.</param>
/// <param name="Siblings">Left siblings from the leaf up; as many as the subtree is high.</param>
public readonly record struct PrefixOpening(Digest32 Root, Digest32 Before, ReadOnlyMemory<Digest32> Siblings)
{
    internal bool Matches(in Digest32 prefix)
    {
        if (Siblings.Length > Claim.MaxHeight) return false;
        Digest32 node = Root;
        foreach (Digest32 sibling in Siblings.Span) node = Hashing.Pair(sibling, node);
        return ParallelDispute.Extend(Before, node, Siblings.Length) == prefix;
    }
}
