using System.Buffers;
using System.Runtime.CompilerServices;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// The roots of all rows and columns of a square at once. A leaf is the same in its row and in its column, so each is
/// hashed once. Sixteen rows are read from left to right into pairs for their trees and for the columns'; both are
/// reduced in lanes while they are warm, and what is left of the columns waits for the other rows.
/// </summary>
/// <param name="isNamed">Leaves are namespaced, by their first 29 bytes in the data quadrant; else plain.</param>
/// <param name="cells">The cells, row by row.</param>
/// <param name="width">Cells along a side: a power of two, at least 2.</param>
/// <param name="cellSize">Bytes of a cell, at least 29 if they are namespaced.</param>
/// <param name="roots">Receives the row roots, then the column roots.</param>
internal sealed class SquareTrees(bool isNamed, ReadOnlyMemory<byte> cells, int width, int cellSize, Memory<byte> roots)
{
    private const int BandRows = 16, DigestSize = NamespacedHash.DigestSize;

    private readonly PairSlots _slots = new(isNamed);
    private readonly int _rows = Math.Min(BandRows, width), _bands = Math.Max(1, width / BandRows);

    /// <summary>Computes the roots on this thread, or on several.</summary>
    public void Compute(int threads, CancellationToken cancellationToken)
    {
        // Column nodes of every band, in pairs of bands.
        int upperSize = _bands / 2 * width * _slots.Size;
        byte[] upper = ArrayPool<byte>.Shared.Rent(upperSize);
        try
        {
            _slots.Prepare(upper.AsSpan(0, upperSize));
            if (threads == 1)
            {
                for (int band = 0; band < _bands; band++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ReduceBand(band, upper);
                }
                Finish(upper.AsSpan(0, upperSize), 0, width);
            }
            else
            {
                ComputeTogether(threads, upper, upperSize, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(upper);
        }
    }

    private void ComputeTogether(int threads, byte[] upper, int upperSize, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, _bands, options, band => ReduceBand(band, upper));
        Parallel.For(0, _bands, options, part => Finish(upper.AsSpan(0, upperSize), part * _rows, (part + 1) * _rows));
    }

    [SkipLocalsInit]
    private void ReduceBand(int band, byte[] upper)
    {
        int size = _rows / 2 * width * _slots.Size;
        byte[] byRow = ArrayPool<byte>.Shared.Rent(size), byColumn = ArrayPool<byte>.Shared.Rent(size);
        Span<byte> rows = byRow.AsSpan(0, size), columns = byColumn.AsSpan(0, size);
        _slots.Prepare(rows);
        _slots.Prepare(columns);
        for (int row = 0; row < _rows; row++) HashLeaves(band * _rows + row, row, rows, columns);

        Span<byte> all = roots.Span;
        int first = band * _rows * _slots.NodeSize;
        _slots.ReduceRows(rows, _rows, all.Slice(first, _rows * _slots.NodeSize));
        if (_bands == 1) _slots.ReduceColumns(columns, width, 0, width, all[(width * _slots.NodeSize)..], _slots.NodeSize);
        else
        {
            Span<byte> waiting = upper.AsSpan(band / 2 * width * _slots.Size + _slots.Offset(band % 2));
            _slots.ReduceColumns(columns, width, 0, width, waiting, _slots.Size);
        }
        ArrayPool<byte>.Shared.Return(byRow);
        ArrayPool<byte>.Shared.Return(byColumn);
    }

    [SkipLocalsInit]
    private void HashLeaves(int row, int bandRow, Span<byte> rows, Span<byte> columns)
    {
        int half = width / 2, group = Math.Min(PairSlots.Group, half);
        Span<byte> prefixes = stackalloc byte[PairSlots.Group * NamespacedHash.LeafPrefixSize], digests = stackalloc byte[PairSlots.Group * DigestSize];
        digests = digests[..(group * DigestSize)];
        ReadOnlySpan<byte> line = cells.Span.Slice(row * width * cellSize, width * cellSize);
        for (int column = 0; column < width; column += group)
        {
            ReadOnlySpan<byte> content = line.Slice(column * cellSize, group * cellSize);
            ReadOnlySpan<byte> name = row < half && column < half ? default : NamespacedHash.Parity;
            if (isNamed) NamespacedHash.HashLeaves(name, content, cellSize, cellSize, prefixes, digests);
            else Sha256Lanes.HashPrefixed([0], 1, 0, content, cellSize, cellSize, digests);
            for (int i = 0; i < group; i++)
            {
                int at = column + i;
                ReadOnlySpan<byte> own = name.IsEmpty ? content.Slice(i * cellSize, NamespacedHash.NamespaceSize) : name;
                ReadOnlySpan<byte> digest = digests.Slice(i * DigestSize, DigestSize);
                _slots.SetLeaf(own, digest, rows[((bandRow * half + at / 2) * _slots.Size + _slots.Offset(at % 2))..]);
                _slots.SetLeaf(own, digest, columns[((bandRow / 2 * width + at) * _slots.Size + _slots.Offset(bandRow % 2))..]);
            }
        }
    }

    private void Finish(Span<byte> upper, int start, int end)
    {
        if (_bands > 1) _slots.ReduceColumns(upper, width, start, end, roots.Span[(width * _slots.NodeSize)..], _slots.NodeSize);
    }
}
