using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// The steps from data rows to a commitment, cut into pieces that threads share: the code by columns, which are
/// independent of each other, the hashes and the RLCs by rows.
/// </summary>
internal sealed class RowWork(
    RowParameters parameters, Memory<byte> rows, int threads, IProgress<double>? progress, CancellationToken cancellation, bool decodes = false)
{
    private const int MostColumns = 8, RowsAPiece = RlcTile.Rows;

    // Bytes of a row that a column of the code takes: whole chunks of Leopard's layout.
    private readonly int _columnSize = (parameters.RowSize / RowParameters.RowAlignment + MostColumns - 1) / MostColumns * RowParameters.RowAlignment;
    private int _done;

    private int Columns => (parameters.RowSize + _columnSize - 1) / _columnSize;

    private int Steps => (decodes ? 2 : 1) * Columns + Pieces(parameters.Rows) + Pieces(parameters.DataRows);

    /// <summary>Data rows to parity rows.</summary>
    public void Encode() => Run(Columns, column => parameters.Code.Encode(Column(column, 0, parameters.DataRows), Column(column, parameters.DataRows, parameters.ParityRows)));

    /// <summary>Restores the missing data rows from at least K that are present.</summary>
    public void Decode(bool[] present) => Run(Columns, column =>
    {
        DecodeResult result = parameters.Code.Decode(
            Column(column, 0, parameters.DataRows), Column(column, parameters.DataRows, parameters.ParityRows), present);
        if (result != DecodeResult.Restored) throw new UnreachableException();
    });

    /// <summary>All rows to their trees.</summary>
    public ExtendedRows Commit()
    {
        int size = parameters.RowSize;
        var tree = new Sha256Tree(parameters.Rows);
        Run(Pieces(parameters.Rows), piece => tree.SetLeaves(piece * RowsAPiece, Rows(piece, parameters.Rows), size));
        tree.Complete();

        var coefficients = new RlcCoefficients(tree.Root, parameters);
        var values = new byte[parameters.DataRows * RlcCoefficients.ValueSize];
        byte[] masks = coefficients.Masks(parameters.DataRows);
        Run(Pieces(parameters.DataRows), piece => coefficients.Combine(
            Rows(piece, parameters.DataRows), size, masks, values.AsSpan(piece * RowsAPiece * RlcCoefficients.ValueSize)));
        return new ExtendedRows(parameters, rows, tree, values);
    }

    private static int Pieces(int count) => (count + RowsAPiece - 1) / RowsAPiece;

    private ReadOnlySpan<byte> Rows(int piece, int count)
    {
        int first = piece * RowsAPiece;
        return rows.Span.Slice(first * parameters.RowSize, Math.Min(RowsAPiece, count - first) * parameters.RowSize);
    }

    private Shards Column(int column, int firstRow, int count)
    {
        int from = column * _columnSize, size = parameters.RowSize;
        return new Shards(rows.Span[(firstRow * size + from)..], count, Math.Min(_columnSize, size - from), size);
    }

    private void Run(int pieces, Action<int> piece)
    {
        if (threads == 1 || pieces == 1)
        {
            for (int i = 0; i < pieces; i++) One(i);
            return;
        }
        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, One);

        void One(int i)
        {
            cancellation.ThrowIfCancellationRequested();
            piece(i);
            progress?.Report(Interlocked.Increment(ref _done) / (double)Steps);
        }
    }
}
