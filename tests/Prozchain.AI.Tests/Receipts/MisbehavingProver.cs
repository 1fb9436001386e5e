using Prozchain.AI.Receipts;
using Prozchain.Shared;

namespace Prozchain.AI.Tests.Receipts;

/// <summary>A side that has a trace and does not answer from it as it should.</summary>
internal sealed class MisbehavingProver : ITraceProver
{
    private readonly TraceProver _inner;
    private readonly Misbehaviour _how;
    private readonly Bytes32[] _leaves;

    public MisbehavingProver(TraceProver inner, Misbehaviour how)
    {
        (_inner, _how) = (inner, how);
        var leaves = new List<Bytes32>();
        var digest = new byte[32];
        while (inner.TryProveLeaf(leaves.Count, digest, out _)) leaves.Add(new Bytes32(digest));
        // A trace of another number of operators: the last one twice, or not at all.
        _leaves = how == Misbehaviour.OneLeafMore ? [.. leaves, leaves[^1]] : how == Misbehaviour.OneLeafLess ? [.. leaves[..^1]] : [.. leaves];
    }

    public ReadOnlyMemory<byte> TreeRoot => MerkleTree<ReceiptHash>.Root(_leaves).Span.ToArray().AsMemory(_how == Misbehaviour.ShortRoot ? 1 : 0);

    public bool TryGetHalves(int first, int count, Span<byte> left, Span<byte> right)
    {
        if (_how == Misbehaviour.Throws) throw new IOException("gone");
        if (_how == Misbehaviour.Silent) return false;
        // As far as its own tree has the same shape.
        int end = first + count + _leaves.Length - Honest, split = TraceTree.Split(end - first);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first, split)).Span.CopyTo(left);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first + split, end - first - split)).Span.CopyTo(right);
        if (_how == Misbehaviour.OtherHalves) left[3] ^= 1;
        return true;
    }

    public bool TryProveLeaf(int leaf, Span<byte> digest, out ReadOnlyMemory<byte> path)
    {
        int at = _how == Misbehaviour.NextLeaf ? (leaf + 1) % _leaves.Length : leaf;
        _leaves[at].Span.CopyTo(digest);
        path = MerkleTree<ReceiptHash>.Prove(_leaves, at).SelectMany(s => s.Span.ToArray()).ToArray();
        if (_how == Misbehaviour.OtherPath) path = path.Length > 64 ? path[..^33] : default;
        if (_how == Misbehaviour.LongPath) path = (byte[])[.. path.Span, .. new byte[32]];
        return true;
    }

    public bool TryReveal(int leaf, out ReadOnlyMemory<byte> content)
    {
        bool answered = _inner.TryReveal(leaf, out content);
        // A challenger is not asked for content: there the lie is what it committed to.
        if (_how == Misbehaviour.OtherContent) content = new byte[content.Length];
        if (_how == Misbehaviour.LongContent) content = (byte[])[.. content.Span, 0];
        return answered;
    }

    public bool TryRevealConstant(int constant, out ReadOnlyMemory<byte> content) => _inner.TryRevealConstant(constant, out content);

    private int Honest => _how == Misbehaviour.OneLeafMore ? _leaves.Length - 1 : _how == Misbehaviour.OneLeafLess ? _leaves.Length + 1 : _leaves.Length;
}
