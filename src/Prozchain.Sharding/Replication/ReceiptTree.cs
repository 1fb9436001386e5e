using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Replication;

/// <summary>The tree over what a block says: its root, and the proof of each receipt. Hashes each node once; kept from block to block.</summary>
internal sealed class ReceiptTree
{
    private Bytes32[] _leaves = new Bytes32[4];

    /// <summary>Root over the results and the receipts after them, which get their proofs.</summary>
    public Digest Seal(MicroBlockOutcome outcome, IReadOnlyList<SentReceipt> sent)
    {
        int count = sent.Count + 1;
        if (_leaves.Length < count) _leaves = new Bytes32[2 * count];
        _leaves[0] = ReceiptProof.LeafOf(ReceiptKind.Results, outcome.Results(sent.Count));
        for (int i = 1; i < count; i++)
        {
            SentReceipt receipt = sent[i - 1];
            _leaves[i] = ReceiptProof.LeafOf(receipt.Kind, receipt.Encoding.Span);
            receipt.Proof.Begin(count, i);
        }
        return new Digest(Climb(sent, 0, count));
    }

    // The shape of MerkleTree: it splits at the largest power of two below the count.
    private Bytes32 Climb(IReadOnlyList<SentReceipt> sent, int from, int count)
    {
        if (count == 1) return _leaves[from];
        int split = 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));
        Bytes32 left = Climb(sent, from, split), right = Climb(sent, from + split, count - split);
        for (int i = Math.Max(from, 1); i < from + count; i++) sent[i - 1].Proof.Add(i < from + split ? right : left);
        return TreeHash.Inner(left, right);
    }
}
