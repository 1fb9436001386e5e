using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Repair;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// Reads a blob from n - 2f rows or n - f columns, whichever come first. What it gives is what every reader gets: the blob is encoded again and
/// compared with the identity, so that an inconsistent one reads as such from any slivers. Not safe for concurrent use.
/// </summary>
public sealed class SliverReader
{
    private readonly Dictionary<int, CheckedSliver> _rows = [], _columns = [];

    /// <summary>Starts without any sliver.</summary>
    public SliverReader(SliverHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Header = header;
    }

    /// <summary>The blob.</summary>
    public SliverHeader Header { get; }

    /// <summary>Slivers still missing on the axis that is nearer to its end; 0 if <see cref="Read"/> can decide.</summary>
    public int Missing => Math.Max(0, Math.Min(Header.Parameters.Rows - _rows.Count, Header.Parameters.Columns - _columns.Count));

    /// <summary>Adds a sliver.</summary>
    /// <returns>False if it was there already.</returns>
    /// <exception cref="ArgumentException">The sliver is of another blob.</exception>
    public bool Add(CheckedSliver sliver)
    {
        ArgumentNullException.ThrowIfNull(sliver);
        if (!Header.IsSame(sliver.Header)) throw new ArgumentException("Expected a sliver of the same blob, got one of another.", nameof(sliver));
        return (sliver.Sliver.Axis == Axis.Row ? _rows : _columns).TryAdd(sliver.Sliver.Index, sliver);
    }

    /// <summary>Decodes the blob and compares it with its identity.</summary>
    /// <param name="blob">The blob with all its slivers, if the result is <see cref="RepairStatus.Repaired"/>.</param>
    /// <param name="cancellationToken">Looked at before every row.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public RepairStatus Read(out SliverBlob? blob, CancellationToken cancellationToken = default)
    {
        blob = null;
        if (Missing > 0) return RepairStatus.NotEnough;
        SliverParameters parameters = Header.Parameters;
        var symbols = new byte[parameters.Nodes * parameters.Nodes * parameters.SymbolSize];
        if (_rows.Count >= parameters.Rows) DecodeRows(symbols);
        else DecodeColumns(symbols, cancellationToken);
        if (!IsPadded(symbols)) return RepairStatus.BadEncoding;
        SliverBlob found = SliverBlob.FromSource(parameters, Header.PayloadLength, symbols, null, cancellationToken);
        if (!found.Header.IsSame(Header)) return RepairStatus.BadEncoding;
        blob = found;
        return RepairStatus.Repaired;
    }

    // Whole rows are shards of one decoding: a code works on each position alone.
    private void DecodeRows(Span<byte> symbols)
    {
        SliverParameters parameters = Header.Parameters;
        int n = parameters.Nodes, rows = parameters.Rows, stride = n * parameters.SymbolSize, size = parameters.Columns * parameters.SymbolSize;
        Span<bool> present = stackalloc bool[n];
        foreach ((int index, CheckedSliver row) in _rows)
        {
            row.Sliver.Content.Span.CopyTo(symbols[(index * stride)..]);
            present[index] = true;
        }
        Decode(new Shards(symbols, rows, size, stride), new ReadOnlyShards(symbols[(rows * stride)..], n - rows, size, stride), present);
    }

    private void DecodeColumns(Span<byte> symbols, CancellationToken cancellationToken)
    {
        SliverParameters parameters = Header.Parameters;
        int n = parameters.Nodes, columns = parameters.Columns, size = parameters.SymbolSize;
        Span<bool> present = stackalloc bool[n];
        foreach (int index in _columns.Keys) present[index] = true;
        for (int row = 0; row < parameters.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> line = symbols.Slice(row * n * size, n * size);
            foreach ((int index, CheckedSliver column) in _columns) column.Symbol(row).CopyTo(line[(index * size)..]);
            Decode(new Shards(line, columns, size), new ReadOnlyShards(line[(columns * size)..], n - columns, size), present);
        }
    }

    private void Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        if (Header.Parameters.Code.Decode(data, recovery, present) != DecodeResult.Restored) throw new UnreachableException();
    }

    // What follows the blob's bytes is zero, or one content would have many identities.
    private bool IsPadded(ReadOnlySpan<byte> symbols)
    {
        SliverParameters parameters = Header.Parameters;
        int row = parameters.Columns * parameters.SymbolSize, stride = parameters.Nodes * parameters.SymbolSize;
        for (int i = 0; i < parameters.Rows; i++)
        {
            int used = Math.Clamp(Header.PayloadLength - i * row, 0, row);
            if (symbols.Slice(i * stride + used, row - used).ContainsAnyExcept((byte)0)) return false;
        }
        return true;
    }
}
