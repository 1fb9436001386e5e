using Prozchain.DataAvailability.Slivers;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Tests.Slivers;

/// <summary>Blobs and what belongs to them, for the tests of slivers.</summary>
internal static class TestBlobs
{
    public static SliverBlob Of(int nodes, int length, int seed = 1) => SliverBlob.Encode(TestSquares.Random(seed, length), nodes);

    public static CheckedSliver Checked(SliverBlob blob, Axis axis, int index)
    {
        Assert.Equal(SliverCheck.Valid, blob.GetSliver(axis, index).TryCheck(blob.Header, out CheckedSliver? sliver));
        Assert.NotNull(sliver);
        return sliver;
    }

    public static CheckedSymbol Checked(SliverHeader header, SliverSymbol symbol)
    {
        Assert.Equal(SliverCheck.Valid, symbol.TryCheck(header, out CheckedSymbol? found));
        Assert.NotNull(found);
        return found;
    }

    /// <summary>The symbol of a row or column that a node proves from its own sliver across.</summary>
    public static CheckedSymbol Across(SliverBlob blob, Axis axis, int index, int node) =>
        Checked(blob.Header, Checked(blob, axis == Axis.Row ? Axis.Column : Axis.Row, node).Prove(index));

    /// <summary>
    /// What a Byzantine writer makes: a header whose row and column roots commit to symbols of which one, outside of all data, is wrong, with
    /// the symbols that a node holds of its column.
    /// </summary>
    public static (SliverHeader Header, Func<int, int, SliverSymbol> Prove) Inconsistent(int nodes, int row, int column)
    {
        SliverBlob blob = Of(nodes, 1000);
        SliverParameters parameters = blob.Header.Parameters;
        int size = parameters.SymbolSize;
        var symbols = new byte[nodes * nodes * size];
        for (int i = 0; i < nodes; i++)
        {
            CheckedSliver line = Checked(blob, Axis.Row, i);
            for (int j = 0; j < nodes; j++) line.Prove(j).Content.Span.CopyTo(symbols.AsSpan((i * nodes + j) * size));
        }
        symbols[(row * nodes + column) * size] ^= 1;
        var roots = new Bytes32[2 * nodes];
        for (int i = 0; i < nodes; i++)
        {
            roots[i] = SliverTree.Root(SliverTree.Leaves(Line(Axis.Row, i), size));
            roots[nodes + i] = SliverTree.Root(SliverTree.Leaves(Line(Axis.Column, i), size));
        }
        return (new SliverHeader(parameters, 1000, roots), Prove);

        SliverSymbol Prove(int atRow, int atColumn) => new(
            Axis.Column, atColumn, atRow, Line(Axis.Column, atColumn)[(atRow * size)..((atRow + 1) * size)],
            SliverTree.Prove(SliverTree.Leaves(Line(Axis.Column, atColumn), size), atRow));

        byte[] Line(Axis axis, int index) => [.. Enumerable.Range(0, nodes).SelectMany(i =>
            symbols.AsSpan((axis == Axis.Row ? index * nodes + i : i * nodes + index) * size, size).ToArray())];
    }
}
