using Prozchain.AI.Receipts;

namespace Prozchain.AI.Tests.Receipts;

/// <summary>A side that has a trace and does not answer from it as it should.</summary>
internal sealed class MisbehavingProver(TraceProver inner, Misbehaviour how) : ITraceProver
{
    public ReadOnlyMemory<byte> TreeRoot => how == Misbehaviour.ShortRoot ? inner.TreeRoot[1..] : inner.TreeRoot;

    public bool TryGetHalves(int first, int count, Span<byte> left, Span<byte> right)
    {
        if (how == Misbehaviour.Throws) throw new IOException("gone");
        bool answered = how != Misbehaviour.Silent && inner.TryGetHalves(first, count, left, right);
        if (how == Misbehaviour.OtherHalves) left[3] ^= 1;
        return answered;
    }

    public bool TryProveLeaf(int leaf, Span<byte> digest, out ReadOnlyMemory<byte> path)
    {
        bool answered = inner.TryProveLeaf(leaf, digest, out path);
        if (how == Misbehaviour.OtherPath) path = path.Length > 64 ? path[..^33] : default;
        return answered;
    }

    public bool TryReveal(int leaf, out ReadOnlyMemory<byte> content)
    {
        bool answered = inner.TryReveal(leaf, out content);
        // A challenger is not asked for content: there the lie is what it committed to.
        if (how == Misbehaviour.OtherContent) content = new byte[content.Length];
        return answered;
    }

    public bool TryRevealConstant(int constant, out ReadOnlyMemory<byte> content) => inner.TryRevealConstant(constant, out content);
}
