namespace Prozchain.AI.Receipts;

/// <summary>
/// One side of a dispute over a run, wherever it is: it answers a referee's questions on its trace. Nothing it says is
/// believed without a check, and no answer, a late one or an exception counts as a loss, so a host that asks over a
/// network answers false when its deadline has passed.
/// </summary>
public interface ITraceProver
{
    /// <summary>Root of the Merkle tree over the leaves of the trace, 32 bytes.</summary>
    ReadOnlyMemory<byte> TreeRoot { get; }

    /// <summary>Roots of the two halves of the subtree over leaves first to first + count - 1; the left one has the largest power of two below count.</summary>
    /// <param name="first">First leaf.</param>
    /// <param name="count">Leaves, at least 2.</param>
    /// <param name="left">Receives 32 bytes.</param>
    /// <param name="right">Receives 32 bytes.</param>
    /// <returns>Whether there is an answer.</returns>
    bool TryGetHalves(int first, int count, Span<byte> left, Span<byte> right);

    /// <summary>A leaf and its path.</summary>
    /// <param name="leaf">Which leaf.</param>
    /// <param name="digest">Receives its digest, 32 bytes.</param>
    /// <param name="path">Its siblings from the leaf up, 32 bytes each; or nothing.</param>
    /// <returns>Whether there is an answer.</returns>
    bool TryProveLeaf(int leaf, Span<byte> digest, out ReadOnlyMemory<byte> path);

    /// <summary>The bytes whose digest a leaf is.</summary>
    /// <param name="leaf">Which leaf.</param>
    /// <param name="content">The bytes, or nothing.</param>
    /// <returns>Whether there is an answer.</returns>
    bool TryReveal(int leaf, out ReadOnlyMemory<byte> content);

    /// <summary>The bytes of a constant of the graph, for a referee that has only the graph's encoding.</summary>
    /// <param name="constant">Which constant.</param>
    /// <param name="content">The bytes, or nothing.</param>
    /// <returns>Whether there is an answer.</returns>
    bool TryRevealConstant(int constant, out ReadOnlyMemory<byte> content);
}
