using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Repair;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// Restores one sliver of a node from a symbol each of enough others, whose bytes together are those of the sliver: O(blob / n). A writer that
/// committed to something else than codewords is exposed. Not safe for concurrent use.
/// </summary>
public sealed class SliverRepair
{
    private readonly CheckedSymbol?[] _symbols;

    /// <summary>Starts without any symbol.</summary>
    /// <param name="header">The blob.</param>
    /// <param name="axis">Whether a row or a column is lost.</param>
    /// <param name="index">Which one: the number of the node.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below n.</exception>
    public SliverRepair(SliverHeader header, Axis axis, int index)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, header.Parameters.Nodes);
        (Header, Axis, Index) = (header, axis, index);
        _symbols = new CheckedSymbol?[header.Parameters.Nodes];
    }

    /// <summary>The blob.</summary>
    public SliverHeader Header { get; }

    /// <summary>Whether a row or a column is restored.</summary>
    public Axis Axis { get; }

    /// <summary>Which one.</summary>
    public int Index { get; }

    /// <summary>Symbols still missing; 0 if <see cref="Repair"/> can decide.</summary>
    public int Missing => Math.Max(0, Header.Parameters.SymbolsOf(Axis) - Known);

    private int Known { get; set; }

    /// <summary>Adds a symbol of the sliver, wherever its proof leads.</summary>
    /// <returns>
    /// <see cref="AddCellResult.Conflict"/> if row and column roots commit to different contents: the first is kept, and the sliver's own root
    /// decides between them at the end.
    /// </returns>
    /// <exception cref="ArgumentException">The symbol is of another blob or of another sliver.</exception>
    public AddCellResult Add(CheckedSymbol symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        if (!Header.IsSame(symbol.Header)) throw new ArgumentException("Expected a symbol of the same blob, got one of another.", nameof(symbol));
        (int line, int position) = Axis == Axis.Row ? (symbol.Symbol.Row, symbol.Symbol.Column) : (symbol.Symbol.Column, symbol.Symbol.Row);
        if (line != Index) throw new ArgumentException($"Expected a symbol of {Axis} {Index}, got one of {line}.", nameof(symbol));
        if (_symbols[position] is { } known) return known.Symbol.Content.Span.SequenceEqual(symbol.Symbol.Content.Span) ? AddCellResult.AlreadyKnown : AddCellResult.Conflict;
        _symbols[position] = symbol;
        Known++;
        return AddCellResult.Added;
    }

    /// <summary>Restores the sliver, or shows that there is none.</summary>
    public SliverRepairResult Repair()
    {
        if (Missing > 0) return new SliverRepairResult(Missing);
        CheckedSymbol[] used = [.. _symbols.OfType<CheckedSymbol>().Take(Header.Parameters.SymbolsOf(Axis))];
        Sliver sliver = Decode(Header.Parameters, Axis, Index, [.. used.Select(symbol => symbol.Symbol)]);
        return sliver.TryCheck(Header, out CheckedSliver? restored) == SliverCheck.Valid
            ? new SliverRepairResult(restored!)
            : new SliverRepairResult(new InconsistencyProof(Axis, Index, [.. used.Select(symbol => symbol.Symbol)]));
    }

    /// <summary>The sliver through as many symbols as it has, at distinct positions.</summary>
    internal static Sliver Decode(SliverParameters parameters, Axis axis, int index, IReadOnlyList<SliverSymbol> symbols)
    {
        int n = parameters.Nodes, size = parameters.SymbolSize, count = parameters.SymbolsOf(axis);
        var line = new byte[n * size];
        var present = new bool[n];
        foreach (SliverSymbol symbol in symbols)
        {
            int position = axis == Axis.Row ? symbol.Column : symbol.Row;
            symbol.Content.Span.CopyTo(line.AsSpan(position * size));
            present[position] = true;
        }
        var data = new Shards(line.AsSpan(0, count * size), count, size);
        if (parameters.Code.Decode(data, new ReadOnlyShards(line.AsSpan(count * size), n - count, size), present) != DecodeResult.Restored) throw new UnreachableException();
        return new(axis, index, line[..(count * size)]);
    }
}
