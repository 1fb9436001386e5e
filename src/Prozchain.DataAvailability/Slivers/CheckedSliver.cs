using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// A sliver that was found to be the one its header commits to, with its extension at hand, from which a node answers others that repair
/// theirs. Only <see cref="Sliver.TryCheck"/> makes one. Immutable.
/// </summary>
public sealed class CheckedSliver
{
    private readonly byte[] _symbols;
    private readonly Bytes32[] _leaves;

    internal CheckedSliver(SliverHeader header, Sliver sliver, byte[] symbols, Bytes32[] leaves) =>
        (Header, Sliver, _symbols, _leaves) = (header, sliver, symbols, leaves);

    /// <summary>The header that it was checked against.</summary>
    public SliverHeader Header { get; }

    /// <summary>The sliver.</summary>
    public Sliver Sliver { get; }

    /// <summary>The symbol where this sliver crosses that of another node, which needs it to repair its own, with the proof of its place.</summary>
    /// <param name="node">0 to n - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such node.</exception>
    public SliverSymbol Prove(int node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(node, Header.Parameters.Nodes);
        return new(Sliver.Axis, Sliver.Index, node, Symbol(node).ToArray(), SliverTree.Prove(_leaves, node));
    }

    internal ReadOnlySpan<byte> Symbol(int position) => _symbols.AsSpan(position * Header.Parameters.SymbolSize, Header.Parameters.SymbolSize);
}
