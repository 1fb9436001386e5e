namespace Prozchain.DataAvailability.Slivers;

/// <summary>A symbol that was found to be one its header commits to. Only <see cref="SliverSymbol.TryCheck"/> makes one.</summary>
public sealed class CheckedSymbol
{
    internal CheckedSymbol(SliverHeader header, SliverSymbol symbol) => (Header, Symbol) = (header, symbol);

    /// <summary>The header that it was checked against.</summary>
    public SliverHeader Header { get; }

    /// <summary>The symbol, which proves itself to others.</summary>
    public SliverSymbol Symbol { get; }
}
