using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// The state roots along one batch, before it and after each transfer, and the Merkle commitment to those after. What
/// an assertion claims, and what its author opens in a dispute.
/// </summary>
public sealed class BatchTrace
{
    private readonly Digest32[] _roots;
    private readonly Bytes32[] _leaves;

    /// <summary>Commits to a sequence of roots.</summary>
    /// <param name="roots">The root before the batch, then the root after each transfer: at least one.</param>
    /// <exception cref="ArgumentException">No roots.</exception>
    public BatchTrace(ReadOnlySpan<Digest32> roots)
    {
        if (roots.IsEmpty) throw new ArgumentException("Expected at least the root before the batch, got none.", nameof(roots));
        _roots = roots.ToArray();
        _leaves = new Bytes32[Count];
        for (int i = 0; i < Count; i++) _leaves[i] = TraceHash.Leaf(_roots[i + 1].Span);
        Commitment = new Digest32(MerkleTree<TraceHash>.Root(_leaves));
    }

    /// <summary>Number of transfers.</summary>
    public int Count => _roots.Length - 1;

    /// <summary>The root before the batch.</summary>
    public Digest32 PreRoot => _roots[0];

    /// <summary>The root after it.</summary>
    public Digest32 PostRoot => _roots[^1];

    /// <summary>Root of the tree whose leaf i is the state root after i + 1 transfers.</summary>
    public Digest32 Commitment { get; }

    /// <summary>The root after a number of transfers, 0 to <see cref="Count"/>.</summary>
    public Digest32 this[int position] => _roots[position];

    /// <summary>Opens the commitment at a position, 1 to <see cref="Count"/>: siblings from the leaf up.</summary>
    public Digest32[] Open(int position) =>
        MemoryMarshal.Cast<Bytes32, Digest32>(MerkleTree<TraceHash>.Prove(_leaves, position - 1)).ToArray();

    /// <summary>Checks an opening. Untrusted input: false unless it is the one opening of that root at that position.</summary>
    public static bool VerifyOpening(in Digest32 commitment, int count, int position, in Digest32 root, ReadOnlySpan<Digest32> siblings) =>
        MerkleTree<TraceHash>.Verify(commitment.Value, count, position - 1, TraceHash.Leaf(root.Span), MemoryMarshal.Cast<Digest32, Bytes32>(siblings));
}
