using Prozchain.DataAvailability.Coding;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>A blob with all n × n symbols, as its writer makes it: slivers for n nodes and the header that commits to them. Immutable.</summary>
public sealed class SliverBlob
{
    private readonly byte[] _symbols;

    private SliverBlob(SliverHeader header, byte[] symbols) => (Header, _symbols) = (header, symbols);

    /// <summary>The roots, and the identity over them.</summary>
    public SliverHeader Header { get; }

    /// <summary>The blob itself.</summary>
    /// <returns>A copy of <see cref="SliverHeader.PayloadLength"/> bytes.</returns>
    public byte[] ToPayload()
    {
        SliverParameters parameters = Header.Parameters;
        int row = parameters.Columns * parameters.SymbolSize, stride = parameters.Nodes * parameters.SymbolSize;
        var payload = new byte[Header.PayloadLength];
        for (int at = 0, from = 0; at < payload.Length; at += row, from += stride) _symbols.AsSpan(from, Math.Min(row, payload.Length - at)).CopyTo(payload.AsSpan(at));
        return payload;
    }

    /// <summary>Spreads a blob over nodes: row by row over its (n - 2f) × (n - f) symbols, then zeros.</summary>
    /// <param name="payload">Any bytes, up to 2 GiB for all symbols.</param>
    /// <param name="nodes">n, 4 to 1024.</param>
    /// <param name="code">The code; <see cref="LeopardReedSolomon"/>'s if null.</param>
    /// <param name="progress">Told the fraction done, 0 to 1.</param>
    /// <param name="cancellationToken">Looked at before every row.</param>
    /// <exception cref="ArgumentException">The blob is too long, or there are too few or too many nodes.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SliverBlob Encode(
        ReadOnlySpan<byte> payload, int nodes, IErasureCode? code = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        SliverParameters parameters = SliverParameters.ForPayload(payload.Length, nodes, code);
        int row = parameters.Columns * parameters.SymbolSize, stride = nodes * parameters.SymbolSize;
        var symbols = new byte[nodes * stride];
        for (int at = 0, to = 0; at < payload.Length; at += row, to += stride) payload.Slice(at, Math.Min(row, payload.Length - at)).CopyTo(symbols.AsSpan(to));
        return FromSource(parameters, payload.Length, symbols, progress, cancellationToken);
    }

    /// <summary>What node <paramref name="index"/> keeps of the rows or of the columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below n.</exception>
    public Sliver GetSliver(Axis axis, int index)
    {
        SliverParameters parameters = Header.Parameters;
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, parameters.Nodes);
        int size = parameters.SymbolSize, count = parameters.SymbolsOf(axis);
        var content = new byte[count * size];
        for (int i = 0; i < count; i++)
        {
            (int row, int column) = axis == Axis.Row ? (index, i) : (i, index);
            _symbols.AsSpan((row * parameters.Nodes + column) * size, size).CopyTo(content.AsSpan(i * size));
        }
        return new Sliver(axis, index, content);
    }

    /// <summary>Takes ownership of n × n symbols, of which the first n - f in the first n - 2f rows are the blob's, and computes the others.</summary>
    internal static SliverBlob FromSource(SliverParameters parameters, int length, byte[] symbols, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        int n = parameters.Nodes, rows = parameters.Rows, size = parameters.SymbolSize, stride = n * size;
        // A code works on each position of its shards alone, so all columns are one encoding of long shards.
        parameters.Code.Encode(
            new ReadOnlyShards(symbols, rows, parameters.Columns * size, stride), new Shards(symbols.AsSpan(rows * stride), n - rows, parameters.Columns * size, stride));
        Bytes32[] leaves = new Bytes32[n * n], roots = new Bytes32[2 * n], column = new Bytes32[n];
        for (int row = 0; row < n; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> ofRow = symbols.AsSpan(row * stride, stride);
            parameters.Extend(Axis.Row, ofRow);
            SliverTree.Leaves(ofRow, size).CopyTo(leaves, row * n);
            roots[row] = SliverTree.Root(leaves.AsSpan(row * n, n));
            progress?.Report((row + 1) / (double)n);
        }
        for (int i = 0; i < n; i++)
        {
            for (int row = 0; row < n; row++) column[row] = leaves[row * n + i];
            roots[n + i] = SliverTree.Root(column);
        }
        return new(new(parameters, length, roots), symbols);
    }
}
