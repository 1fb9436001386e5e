using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>A side of a dispute whose answers are checked against its root; an answer that does not hold is a <see cref="ProverFault"/>.</summary>
internal sealed class CheckedProver(ITraceProver prover, TraceLayout layout, int version)
{
    private Bytes32? _root;

    public Bytes32 Root => _root ??= Ask(() => prover.TreeRoot) is { Length: Bytes32.Size } root ? new Bytes32(root.Span) : throw Fault("Expected a root of 32 bytes.");

    public Bytes32 InputDigest() => ReceiptHash.Input([.. Enumerable.Range(0, layout.InputLeaves).Select(Leaf)]);

    public Bytes32 OutputDigest() => ReceiptHash.Output([.. layout.OutputLeaves().Select(o => o.Leaf < 0 ? o.Constant : Leaf(o.Leaf))]);

    public (Bytes32 Left, Bytes32 Right) Halves(int first, int count, Bytes32 parent)
    {
        var halves = new byte[2 * Bytes32.Size];
        if (!Ask(() => prover.TryGetHalves(first, count, halves.AsSpan(0, Bytes32.Size), halves.AsSpan(Bytes32.Size))))
            throw Fault($"Expected the halves of {count} leaves from {first}.");
        var (left, right) = (new Bytes32(halves), new Bytes32(halves.AsSpan(Bytes32.Size)));
        return ReceiptHash.Inner(left, right).Equals(parent) ? (left, right) : throw Fault($"Expected halves of {count} leaves from {first} that hash to {parent}.");
    }

    public ReadOnlyMemory<byte> Content(int leaf)
    {
        (bool answered, ReadOnlyMemory<byte> content) = Ask(() => (prover.TryReveal(leaf, out ReadOnlyMemory<byte> bytes), bytes));
        return answered && layout.DigestOf(leaf, content.Span, version) is { } digest && digest.Equals(Leaf(leaf)) ? content : throw Fault($"Expected the content of {layout.Name(leaf)}.");
    }

    /// <summary>The bytes of a constant: the graph's own where they are bound.</summary>
    public ReadOnlyMemory<byte> Constant(GraphConstant constant)
    {
        if (constant.IsBound) return constant.Bytes;
        int index = constant.Value.Index - layout.Graph.Inputs.Count;
        (bool answered, ReadOnlyMemory<byte> content) = Ask(() => (prover.TryRevealConstant(index, out ReadOnlyMemory<byte> bytes), bytes));
        return answered && GraphBinding.Matches(constant, content.Span) ? content : throw Fault($"Expected constant {index} with the digest {constant.Hash}.");
    }

    private Bytes32 Leaf(int leaf)
    {
        var digest = new byte[Bytes32.Size];
        (bool answered, ReadOnlyMemory<byte> path) = Ask(() => (prover.TryProveLeaf(leaf, digest, out ReadOnlyMemory<byte> bytes), bytes));
        var hash = new Bytes32(digest);
        return answered && TraceTree.Verify(Root, layout.Count, leaf, hash, path.Span) ? hash : throw Fault($"Expected {layout.Name(leaf)} with a path to the root.");
    }

    private ProverFault Fault(string message) => new(this, message);

    private T Ask<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        // The other end of a network may fail in any way; to the referee each is no answer.
        catch (Exception e) when (e is not ProverFault)
        {
            throw Fault($"Expected an answer, got {e.GetType().Name}.");
        }
    }
}
