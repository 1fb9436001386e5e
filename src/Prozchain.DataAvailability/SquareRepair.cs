using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability;

/// <summary>
/// Collects checked cells of one square and restores the others: every row or column with k known cells is completed, which gives cells to
/// the lines that cross it, until the data is whole; the square that it extends to must have every root and every cell that was given.
/// Not safe for concurrent use.
/// </summary>
public sealed class SquareRepair
{
    private readonly Crossword _known;
    private CellGrid? _cells;
    private CellProof?[] _proofs = [];
    private BadEncodingProof? _conflict;

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
    public int CellCount => _known.Given.Count;

    /// <summary>Adds a cell. The content is copied; the proof is kept, as evidence.</summary>
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
        int number = row * Header.Parameters.Width + column;
        _cells ??= new CellGrid(Header.Parameters);
        if (_proofs.Length == 0) _proofs = new CellProof?[Header.Parameters.CellCount];
        Memory<byte> place = _cells.Cell(row, column);
        if (_proofs[number] is not { } first)
        {
            cell.Content.CopyTo(place);
            _proofs[number] = cell.Share.Proof;
            _known.Mark(row, column);
            return AddCellResult.Added;
        }
        if (place.Span.SequenceEqual(cell.Content.Span)) return AddCellResult.AlreadyKnown;
        Share known = new(first, place.Span);
        _conflict ??= new BadEncodingProof(
            BadEncodingReason.ConflictingRoots, new AxisLine(Axis.Row, row, Header.Parameters.Width), first.Axis == Axis.Row ? [known, cell.Share] : [cell.Share, known]);
        return AddCellResult.Conflict;
    }

    /// <summary>What would stay unknown after a repair. Counts only, kept with every cell: no decoding, no hashing, no search.</summary>
    public Shortfall Shortfall() => _known.Shortfall();

    /// <summary>True if the cells at hand suffice, should the square be well encoded. Counts only.</summary>
    public bool CanRepair() => Shortfall().IsNone;

    /// <summary>
    /// Repairs the square, or says why not. The cells collected stay as they are, so after
    /// <see cref="RepairStatus.NotEnough"/> more can be added.
    /// </summary>
    /// <param name="progress">Told after every line that is restored, and at the end.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="cancellationToken">Looked at before every row and column.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public RepairResult Repair(IProgress<RepairProgress>? progress = null, int threads = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (_conflict is not null) return new RepairResult(_conflict);
        Shortfall shortfall = Shortfall();
        if (!shortfall.IsNone || _cells is null) return new RepairResult(shortfall);
        SquareParameters parameters = Header.Parameters;
        var whole = new CellGrid(parameters, GC.AllocateUninitializedArray<byte>(_cells.Bytes.Length));
        RestoreData(_cells, whole, progress, cancellationToken);
        whole.Extend(threads, null, 0, cancellationToken);
        if (HoldsGivenCells(_cells, whole) && HasHeader(whole, threads, cancellationToken))
        {
            progress?.Report(new RepairProgress(parameters.CellCount, parameters.CellCount));
            return new RepairResult(ExtendedSquare.FromChecked(Header, whole));
        }
        var search = new BadEncodingSearch(Header, new CellGrid(parameters, _cells.Bytes.ToArray()), _proofs, _known.Given.Clone());
        return new RepairResult(search.Find(_known.Order, cancellationToken));
    }

    /// <summary>Copies the given cells and completes lines until the data quadrant is known.</summary>
    private void RestoreData(CellGrid given, CellGrid whole, IProgress<RepairProgress>? progress, CancellationToken cancellationToken)
    {
        SquareParameters parameters = Header.Parameters;
        int width = parameters.Width, k = parameters.DataWidth;
        given.Bytes.CopyTo(whole.Bytes);
        CellMap known = _known.Given.Clone();
        Span<bool> present = stackalloc bool[width];
        foreach ((Axis axis, int index) in _known.Order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (known.DataCount == k * k) break;
            if (known.CountIn(axis, index) == width) continue;
            for (int i = 0; i < width; i++) present[i] = axis == Axis.Row ? known[index, i] : known[i, index];
            if (parameters.Code.Reconstruct(whole.Line(axis, index, 0, k), whole.Line(axis, index, k, k), present) != DecodeResult.Restored) throw new UnreachableException();
            for (int i = 0; i < width; i++) known.Mark(axis == Axis.Row ? index : i, axis == Axis.Row ? i : index);
            progress?.Report(new RepairProgress(known.Count, parameters.CellCount));
        }
    }

    private bool HoldsGivenCells(CellGrid given, CellGrid whole)
    {
        int width = Header.Parameters.Width;
        for (int row = 0; row < width; row++)
            for (int column = 0; column < width; column++)
                if (_known.Given[row, column] && !given.Cell(row, column).Span.SequenceEqual(whole.Cell(row, column).Span)) return false;
        return true;
    }

    private bool HasHeader(CellGrid whole, int threads, CancellationToken cancellationToken)
    {
        SquareParameters parameters = Header.Parameters;
        for (int i = 0; i < 2 * parameters.Width; i++)
        {
            var line = new AxisLine((Axis)(i / parameters.Width), i % parameters.Width, parameters.Width);
            if (!parameters.Tree.Accepts(line, whole.Line(line.Axis, line.Index))) return false;
        }
        return ExtendedSquare.ComputeHeader(parameters, whole, threads, cancellationToken).IsSame(Header);
    }
}
