using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability;

/// <summary>
/// k × k data cells, extended to 2k × 2k so that every row and every column is a codeword, with the roots of all of
/// them. Immutable. Format: docs/formats/da-square.md.
/// </summary>
public sealed class ExtendedSquare
{
    private readonly CellGrid _grid;

    private ExtendedSquare(SquareHeader header, CellGrid grid) => (Header, _grid) = (header, grid);

    /// <summary>The shape of the square.</summary>
    public SquareParameters Parameters => Header.Parameters;

    /// <summary>The roots, and the data root over them.</summary>
    public SquareHeader Header { get; }

    /// <summary>The 32-byte root that commits to the whole square.</summary>
    public ReadOnlySpan<byte> DataRoot => Header.DataRoot;

    /// <summary>All (2k)² cells, row by row.</summary>
    public ReadOnlyMemory<byte> Cells => _grid.Bytes;

    /// <summary>Puts a payload of any length into a square: prefixed by its length, padded with zeros.</summary>
    /// <param name="payload">At most <see cref="SquareParameters.Capacity"/> bytes.</param>
    /// <param name="parameters">The shape; <see cref="SquareParameters.ForPayload"/> finds the smallest.</param>
    /// <param name="progress">Told the fraction done, 0 to 1.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="cancellationToken">Looked at some dozen times.</param>
    /// <exception cref="ArgumentException">The payload is too long, or the tree is namespaced: its cells are not free bytes.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExtendedSquare Encode(
        ReadOnlySpan<byte> payload, SquareParameters parameters, IProgress<double>? progress = null, int threads = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (payload.Length > parameters.Capacity)
            throw new ArgumentException($"Expected at most {parameters.Capacity} bytes, got {payload.Length}.", nameof(payload));
        PayloadFormat.CheckTree(parameters.Tree);
        int size = parameters.DataWidth * parameters.DataWidth * parameters.CellSize;
        byte[] rented = ArrayPool<byte>.Shared.Rent(size);
        PayloadFormat.Write(payload, rented.AsSpan(0, size));
        ExtendedSquare square = Extend(rented.AsSpan(0, size), parameters, progress, threads, cancellationToken);
        ArrayPool<byte>.Shared.Return(rented);
        return square;
    }

    /// <summary>Extends k × k cells as they are.</summary>
    /// <param name="cells">k² cells, row by row.</param>
    /// <param name="parameters">The shape.</param>
    /// <param name="progress">Told the fraction done, 0 to 1.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="cancellationToken">Looked at some dozen times.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="cells"/> has not k² cells, or, in a namespaced tree, they are not in the order of their namespaces
    /// along every row and column.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExtendedSquare Extend(
        ReadOnlySpan<byte> cells, SquareParameters parameters, IProgress<double>? progress = null, int threads = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int k = parameters.DataWidth, rowSize = k * parameters.CellSize;
        if (cells.Length != k * rowSize) throw new ArgumentException($"Expected {k * rowSize} bytes, got {cells.Length}.", nameof(cells));

        byte[] square = GC.AllocateUninitializedArray<byte>(parameters.CellCount * parameters.CellSize);
        for (int row = 0; row < k; row++) cells.Slice(row * rowSize, rowSize).CopyTo(square.AsSpan(2 * row * rowSize));
        return ExtendInPlace(square, parameters, progress, threads, cancellationToken);
    }

    /// <summary>
    /// Extends in the caller's memory, which the result keeps and which must not change while it is in use: who makes square
    /// after square reuses it, where fresh memory of that size costs more than the code.
    /// </summary>
    /// <param name="square">(2k)² cells, row by row: the data quadrant as it is, the others to be written.</param>
    /// <param name="parameters">The shape.</param>
    /// <param name="progress">Told the fraction done, 0 to 1.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="cancellationToken">Looked at some dozen times.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="square"/> has not (2k)² cells, or, in a namespaced tree, those of the data are not in the order of their
    /// namespaces along every row and column.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExtendedSquare ExtendInPlace(
        Memory<byte> square, SquareParameters parameters, IProgress<double>? progress = null, int threads = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int size = parameters.CellCount * parameters.CellSize;
        if (square.Length != size) throw new ArgumentException($"Expected {size} bytes, got {square.Length}.", nameof(square));
        var grid = new CellGrid(parameters, square);
        grid.Extend(threads, progress, 0.5, cancellationToken);
        SquareHeader header = ComputeHeader(parameters, grid, threads, cancellationToken);
        progress?.Report(1);
        return new ExtendedSquare(header, grid);
    }

    /// <summary>The content of a cell, of <see cref="SquareParameters.CellSize"/> bytes, in the square's own memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate lies outside the square.</exception>
    public ReadOnlyMemory<byte> GetCell(int row, int column)
    {
        CheckCoordinate(row, column);
        return _grid.Cell(row, column);
    }

    /// <summary>Proves a cell against its row root or its column root. Hashes that whole row or column: <see cref="SquareProver"/> keeps it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate lies outside the square.</exception>
    public CellProof ProveCell(int row, int column, Axis axis = Axis.Row)
    {
        CheckCoordinate(row, column);
        (int index, int position) = axis == Axis.Row ? (row, column) : (column, row);
        return SquareProver.Prove(BuildLine(axis, index), axis, row, column, position);
    }

    /// <summary>A cell with its proof, ready to be sent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate lies outside the square.</exception>
    public Share GetShare(int row, int column, Axis axis = Axis.Row) => new(ProveCell(row, column, axis), GetCell(row, column).Span);

    /// <summary>
    /// Writes the payload that <see cref="Encode"/> put in. Nothing is written unless the result is
    /// <see cref="PayloadResult.Ok"/>; a square of other origin need not hold a payload.
    /// </summary>
    public PayloadResult TryReadPayload(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int k = Parameters.DataWidth, rowSize = k * Parameters.CellSize;
        var cells = new byte[k * rowSize];
        for (int row = 0; row < k; row++) _grid.Bytes.Span.Slice(2 * row * rowSize, rowSize).CopyTo(cells.AsSpan(row * rowSize));
        PayloadResult result = PayloadFormat.TryRead(cells, out ReadOnlySpan<byte> payload);
        if (result == PayloadResult.Ok) output.Write(payload);
        return result;
    }

    /// <summary>A square whose every axis the caller has checked against the header; takes ownership of the grid.</summary>
    internal static ExtendedSquare FromChecked(SquareHeader header, CellGrid grid) => new(header, grid);

    internal ILineTree BuildLine(Axis axis, int index) => Parameters.Tree.Build(new AxisLine(axis, index, Parameters.Width), _grid.Line(axis, index));

    internal void CheckCoordinate(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Parameters.Width);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Parameters.Width);
    }

    /// <summary>The header of cells whose lines the tree accepts.</summary>
    internal static SquareHeader ComputeHeader(SquareParameters parameters, CellGrid grid, int threads, CancellationToken cancellationToken)
    {
        var roots = new byte[2 * parameters.Width * parameters.Tree.RootSize];
        parameters.Tree.ComputeRoots(grid.Bytes, parameters.Width, roots, threads, cancellationToken);
        return new SquareHeader(parameters, roots);
    }
}
