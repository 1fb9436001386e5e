using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// How a blob is spread over n storage nodes of which f = ⌊(n - 1) / 3⌋ may be Byzantine: n - 2f rows of n - f symbols, each
/// row and each column extended to n symbols. Node i keeps row i before its extension and column i before its extension.
/// </summary>
/// <remarks>
/// The two-dimensional code of Walrus ("RedStuff": Danezis, Giuliari, Kokoris Kogias, Legner, Smith, Sonnino, Wüst, "Walrus: an efficient
/// decentralized storage network", 2025, section 4), whose primary slivers are the rows here and whose secondary ones the columns.
/// Stored bytes are about 4.5 times the blob's for large n. Any n - 2f rows, or any n - f columns, give the blob; a lost sliver is
/// repaired from one symbol of each of n - f (for a row) or n - 2f (for a column) other nodes, which is the size of the sliver.
/// </remarks>
public sealed class SliverParameters
{
    /// <summary>Fewest nodes: the least that tolerate one fault.</summary>
    public const int MinNodes = 4;

    /// <summary>Most nodes.</summary>
    public const int MaxNodes = 1024;

    /// <summary>Checks and holds the shape.</summary>
    /// <param name="nodes">n, 4 to 1024.</param>
    /// <param name="symbolSize">Bytes of a symbol: a multiple of the code's alignment; n² symbols fit into one array (2 GiB).</param>
    /// <param name="code">The code of rows and columns, the same for everyone; <see cref="LeopardReedSolomon"/>'s if null.</param>
    /// <exception cref="ArgumentException">A size is not in its range.</exception>
    public SliverParameters(int nodes, int symbolSize, IErasureCode? code = null)
    {
        Code = code ?? LeopardReedSolomon.Instance;
        if (nodes is < MinNodes or > MaxNodes) throw new ArgumentException($"Expected {MinNodes} to {MaxNodes} nodes, got {nodes}.", nameof(nodes));
        if (symbolSize < 1 || symbolSize % Code.ShardAlignment != 0)
            throw new ArgumentException($"Expected a positive multiple of {Code.ShardAlignment} bytes, got {symbolSize}.", nameof(symbolSize));
        if (!Fits(nodes, symbolSize))
            throw new ArgumentException($"Expected at most {Array.MaxLength} bytes for all symbols, got {(long)nodes * nodes * symbolSize}.", nameof(symbolSize));
        (Nodes, SymbolSize) = (nodes, symbolSize);
        if (!Code.Supports(Rows, nodes - Rows) || !Code.Supports(Columns, nodes - Columns))
            throw new ArgumentException($"Expected a code for {Rows} + {nodes - Rows} and {Columns} + {nodes - Columns} shards.", nameof(code));
    }

    /// <summary>n.</summary>
    public int Nodes { get; }

    /// <summary>f: nodes that may be Byzantine.</summary>
    public int Faults => (Nodes - 1) / 3;

    /// <summary>Rows of the blob: n - 2f, as many symbols as a column sliver has.</summary>
    public int Rows => Nodes - 2 * Faults;

    /// <summary>Columns of the blob: n - f, as many symbols as a row sliver has.</summary>
    public int Columns => Nodes - Faults;

    /// <summary>Bytes of a symbol.</summary>
    public int SymbolSize { get; }

    /// <summary>The code of every row and column.</summary>
    public IErasureCode Code { get; }

    /// <summary>Bytes of the longest blob.</summary>
    public int Capacity => Rows * Columns * SymbolSize;

    /// <summary>The shape with the smallest symbols that holds <paramref name="length"/> bytes.</summary>
    /// <exception cref="ArgumentException">No symbol size is enough, or an argument is out of its range.</exception>
    public static SliverParameters ForPayload(long length, int nodes, IErasureCode? code = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var least = new SliverParameters(nodes, (code ?? LeopardReedSolomon.Instance).ShardAlignment, code);
        long units = length == 0 ? 1 : (length - 1) / least.Capacity + 1;
        if (units * least.SymbolSize > int.MaxValue || !Fits(nodes, (int)(units * least.SymbolSize)))
            throw new ArgumentException($"Expected a blob whose symbols fit into {Array.MaxLength} bytes, got {length} bytes.", nameof(length));
        return new(nodes, (int)(units * least.SymbolSize), code);
    }

    /// <summary>Symbols of a sliver: those of a row or column before its extension to n.</summary>
    public int SymbolsOf(Axis axis) => axis == Axis.Row ? Columns : Rows;

    internal static bool Fits(int nodes, int symbolSize) => (long)nodes * nodes * symbolSize <= Array.MaxLength;

    /// <summary>The n symbols of a sliver from its first ones.</summary>
    internal void Extend(Axis axis, Span<byte> symbols)
    {
        int count = SymbolsOf(axis);
        Code.Encode(new ReadOnlyShards(symbols, count, SymbolSize), new Shards(symbols[(count * SymbolSize)..], Nodes - count, SymbolSize));
    }
}
