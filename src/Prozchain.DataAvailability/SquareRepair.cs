using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability;

/// <summary>
/// Collects checked cells of one square and restores the others: every row or column with k known cells is completed
/// and compared with its root, which gives cells to the lines that cross it, until the square is whole.
/// Not safe for concurrent use.
/// </summary>
public sealed class SquareRepair
{
    private CellGrid? _cells;
    private readonly Crossword _known;
    private BadEncoding? _conflict;

    /// <summary>Starts without any cell. The first cell, which proves the cell size, allocates the memory of the whole square.</summary>
    public SquareRepair(SquareHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Header = header;
        _known = new Crossword(header.Parameters.Width);
    }

    /// <summary>The square to repair.</summary>
    public SquareHeader Header { get; }

    /// <summary>Distinct cells added so far.</summary>
    public int CellCount => _known.KnownCells;

    /// <summary>Adds a cell. The content is copied.</summary>
    /// <exception cref="ArgumentException">The cell was checked against the header of another square.</exception>
    public AddCellResult Add(CheckedCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (!Header.IsSame(cell.Header))
        {
            throw new ArgumentException(
                $"Expected a cell of the square {Convert.ToHexStringLower(Header.DataRoot)}, "
                + $"got one of {Convert.ToHexStringLower(cell.Header.DataRoot)}.", nameof(cell));
        }
        (int row, int column) = cell.Coordinate;
        _cells ??= new CellGrid(Header.Parameters);
        Memory<byte> place = _cells.Cell(row, column);
        if (!_known.IsKnown(row, column))
        {
            cell.Content.CopyTo(place);
            _known.Mark(row, column);
            return AddCellResult.Added;
        }
        if (place.Span.SequenceEqual(cell.Content.Span)) return AddCellResult.AlreadyKnown;
        _conflict ??= new BadEncoding(BadEncodingReason.ConflictingRoots, new AxisLine(Axis.Row, row, Header.Parameters.Width), [cell.Coordinate]);
        return AddCellResult.Conflict;
    }

    /// <summary>What would stay unknown after a repair. Counts only: no decoding, no hashing.</summary>
    public Shortfall Shortfall() => _known.Shortfall();

    /// <summary>True if the cells at hand suffice, should the square be well encoded. Counts only.</summary>
    public bool CanRepair() => Shortfall().IsNone;

    /// <summary>
    /// Repairs the square, or says why not. The cells collected stay as they are, so after
    /// <see cref="RepairStatus.NotEnough"/> more can be added.
    /// </summary>
    /// <param name="progress">Told after every row and column.</param>
    /// <param name="cancellationToken">Looked at before every row and column.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public RepairResult Repair(IProgress<RepairProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_conflict is not null) return new RepairResult(_conflict);
        Shortfall shortfall = Shortfall();
        if (!shortfall.IsNone || _cells is null) return new RepairResult(shortfall);

        int width = Header.Parameters.Width, verified = 0;
        var grid = new CellGrid(Header.Parameters, [.. _cells.Bytes]);
        Crossword known = _known.Clone();
        BadEncoding? bad = null;
        known.Complete((axis, index) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            bad = CompleteLine(new AxisLine(axis, index, width), grid, known);
            if (bad is not null) return false;
            verified++;
            progress?.Report(new RepairProgress(verified, 2 * width));
            return true;
        });
        if (bad is not null) return new RepairResult(bad);
        if (verified != 2 * width) throw new UnreachableException();
        return new RepairResult(ExtendedSquare.FromChecked(Header, grid));
    }

    /// <summary>
    /// Takes the codeword through the first k known cells of the line. It must agree with the root and with the other
    /// known cells; then the missing cells are those of the codeword.
    /// </summary>
    private BadEncoding? CompleteLine(AxisLine line, CellGrid grid, Crossword known)
    {
        SquareParameters parameters = Header.Parameters;
        int width = parameters.Width, k = parameters.DataWidth, size = parameters.CellSize;
        Shards cells = grid.Line(line.Axis, line.Index);
        var codeword = new byte[width * size];
        var used = new bool[width];
        var coordinates = new List<CellCoordinate>(k);
        for (int i = 0; i < width && coordinates.Count < k; i++)
        {
            CellCoordinate at = line.Coordinate(i);
            if (!known.IsKnown(at.Row, at.Column)) continue;
            used[i] = true;
            coordinates.Add(at);
            cells[i].CopyTo(codeword.AsSpan(i * size));
        }

        var data = new Shards(codeword.AsSpan(0, k * size), k, size);
        var recovery = new Shards(codeword.AsSpan(k * size), k, size);
        if (parameters.Code.Reconstruct(data, recovery, used) != DecodeResult.Restored) throw new UnreachableException();

        var whole = new ReadOnlyShards(codeword, width, size);
        if (!parameters.Tree.Accepts(line, whole)) return new BadEncoding(BadEncodingReason.Unacceptable, line, coordinates);
        Span<byte> root = stackalloc byte[SquareHeader.MaxRootSize];
        root = root[..parameters.Tree.RootSize];
        parameters.Tree.ComputeRoot(line, whole, root);
        if (!root.SequenceEqual(Header.Root(line.Axis, line.Index))) return new BadEncoding(BadEncodingReason.NotACodeword, line, coordinates);

        // The root commits to the codeword, so a cell that differs from it is committed to by the line that crosses here.
        for (int i = 0; i < width; i++)
        {
            CellCoordinate at = line.Coordinate(i);
            ReadOnlySpan<byte> cell = codeword.AsSpan(i * size, size);
            if (known.IsKnown(at.Row, at.Column) && !cell.SequenceEqual(cells[i]))
                return new BadEncoding(BadEncodingReason.ConflictingRoots, line, [at]);
            cell.CopyTo(cells[i]);
        }
        return null;
    }
}
