using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Squares;

/// <summary>The bytes of a 2k × 2k square, row by row, with views of its rows and columns as shards.</summary>
internal sealed class CellGrid(SquareParameters parameters, byte[] bytes)
{
    private readonly int _width = parameters.Width, _cell = parameters.CellSize;

    public CellGrid(SquareParameters parameters) : this(parameters, new byte[parameters.CellCount * parameters.CellSize]) { }

    public byte[] Bytes { get; } = bytes;

    public Memory<byte> Cell(int row, int column) => Bytes.AsMemory((row * _width + column) * _cell, _cell);

    /// <summary>All cells of a row or column.</summary>
    public Shards Line(Axis axis, int index) => Line(axis, index, 0, _width);

    /// <summary>Cells <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of a row or column.</summary>
    public Shards Line(Axis axis, int index, int first, int count) => axis == Axis.Row
        ? new Shards(Bytes.AsSpan((index * _width + first) * _cell), count, _cell)
        : new Shards(Bytes.AsSpan((first * _width + index) * _cell), count, _cell, _width * _cell);
}
