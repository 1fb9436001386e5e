using System.Buffers;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability;

/// <summary>
/// Proves many cells of a square: a row or column is hashed when it is first asked for and then kept, which takes
/// 2 × width nodes (for k = 128 16 KiB a line in the plain tree, 46 KiB in the namespaced one). Safe for concurrent use.
/// </summary>
public sealed class SquareProver
{
    private readonly ILineTree?[] _lines;

    /// <summary>Starts without any line hashed.</summary>
    public SquareProver(ExtendedSquare square)
    {
        ArgumentNullException.ThrowIfNull(square);
        Square = square;
        _lines = new ILineTree?[2 * square.Parameters.Width];
    }

    /// <summary>The square.</summary>
    public ExtendedSquare Square { get; }

    /// <summary>A row or column, hashed; in a square with <see cref="NamespacedAxisTree"/> a <see cref="NamespacedLine"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below the width.</exception>
    public ILineTree Line(Axis axis, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Square.Parameters.Width);
        ref ILineTree? place = ref _lines[axis == Axis.Row ? index : Square.Parameters.Width + index];
        return Volatile.Read(ref place) ?? Keep(ref place, Square.BuildLine(axis, index));
    }

    /// <summary>Proves a cell against its row root or its column root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate lies outside the square.</exception>
    public CellProof ProveCell(int row, int column, Axis axis = Axis.Row)
    {
        Square.CheckCoordinate(row, column);
        (int index, int position) = axis == Axis.Row ? (row, column) : (column, row);
        return Prove(Line(axis, index), axis, row, column, position);
    }

    /// <summary>A cell with its proof, ready to be sent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate lies outside the square.</exception>
    public Share GetShare(int row, int column, Axis axis = Axis.Row) => new(ProveCell(row, column, axis), Square.GetCell(row, column).Span);

    internal static CellProof Prove(ILineTree line, Axis axis, int row, int column, int position)
    {
        var path = new ArrayBufferWriter<byte>();
        line.Prove(position, path);
        return new CellProof(axis, new CellCoordinate(row, column), path.WrittenSpan.ToArray());
    }

    private static ILineTree Keep(ref ILineTree? place, ILineTree line) => Interlocked.CompareExchange(ref place, line, null) ?? line;
}
