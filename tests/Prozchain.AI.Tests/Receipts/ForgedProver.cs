using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.Shared;

namespace Prozchain.AI.Tests.Receipts;

/// <summary>An honest trace but for one leaf, and for the last ones, so that the output is another one too.</summary>
internal sealed class ForgedProver : ITraceProver
{
    private readonly TraceProver _inner;
    private readonly Bytes32[] _leaves;
    private readonly int _forged;

    public ForgedProver(TraceProver inner, TraceLayout layout, int forged)
    {
        (_inner, _forged) = (inner, forged);
        _leaves = new Bytes32[layout.Count];
        var digest = new byte[32];
        for (int i = 0; i < _leaves.Length; i++)
        {
            inner.TryProveLeaf(i, digest, out _);
            if (i == forged || i == layout.Count - 1 || (i > forged && layout.OutputLeaves().Any(o => o.Leaf == i))) digest[0] ^= 1;
            _leaves[i] = new Bytes32(digest);
        }
        OutputDigest = ReceiptHash.Output([.. layout.OutputLeaves().Select(o => _leaves[o.Leaf])]).Span.ToArray();
    }

    public ReadOnlyMemory<byte> OutputDigest { get; }

    public ReadOnlyMemory<byte> TreeRoot => MerkleTree<ReceiptHash>.Root(_leaves).Span.ToArray();

    public bool TryGetHalves(int first, int count, Span<byte> left, Span<byte> right)
    {
        int split = TraceTree.Split(count);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first, split)).Span.CopyTo(left);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first + split, count - split)).Span.CopyTo(right);
        return true;
    }

    public bool TryProveLeaf(int leaf, Span<byte> digest, out ReadOnlyMemory<byte> path)
    {
        _leaves[leaf].Span.CopyTo(digest);
        path = MerkleTree<ReceiptHash>.Prove(_leaves, leaf).SelectMany(s => s.Span.ToArray()).ToArray();
        return true;
    }

    public bool TryReveal(int leaf, out ReadOnlyMemory<byte> content) => _inner.TryReveal(leaf, out content);

    public bool TryRevealConstant(int constant, out ReadOnlyMemory<byte> content) => _inner.TryRevealConstant(constant, out content);
}
