using System.Buffers;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// A claim that a cell stands at a place of a square, with its path to a row or column root. As read from bytes it
/// proves nothing until <see cref="Verify"/>. Format: docs/formats/da-cell-proof.md.
/// </summary>
public sealed class CellProof
{
    /// <summary>Longest path on the wire, in bytes.</summary>
    public const int MaxPathSize = 4096;

    private const byte Version = 0;
    private readonly byte[] _path;

    internal CellProof(Axis axis, CellCoordinate coordinate, byte[] path) => (Axis, Coordinate, _path) = (axis, coordinate, path);

    /// <summary>Whether the path leads to the cell's row root or to its column root.</summary>
    public Axis Axis { get; }

    /// <summary>Where the cell is said to stand.</summary>
    public CellCoordinate Coordinate { get; }

    /// <summary>The path, in the encoding of the square's tree.</summary>
    public ReadOnlyMemory<byte> Path => _path;

    /// <summary>Checks a cell against the header. Cell and path are untrusted.</summary>
    public CellCheck Verify(SquareHeader header, ReadOnlySpan<byte> cell)
    {
        ArgumentNullException.ThrowIfNull(header);
        SquareParameters parameters = header.Parameters;
        if (Coordinate.Row >= parameters.Width || Coordinate.Column >= parameters.Width) return CellCheck.OutsideSquare;
        if (cell.Length != parameters.CellSize) return CellCheck.WrongSize;
        (int index, int position) = Axis == Axis.Row ? (Coordinate.Row, Coordinate.Column) : (Coordinate.Column, Coordinate.Row);
        var line = new AxisLine(Axis, index, parameters.Width);
        return parameters.Tree.Verify(line, header.Root(Axis, index), position, cell, _path) ? CellCheck.Valid : CellCheck.BadProof;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Axis);
        writer.WriteUInt16((ushort)Coordinate.Row);
        writer.WriteUInt16((ushort)Coordinate.Column);
        writer.WriteVarint((ulong)_path.Length);
        writer.WriteSpan(_path);
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out CellProof? proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte axis) || !reader.TryReadUInt16(out ushort row) || !reader.TryReadUInt16(out ushort column))
            return ReadResult.Truncated;
        const int limit = 2 * SquareParameters.MaxDataWidth;
        if (axis > (byte)Axis.Column || row >= limit || column >= limit) return ReadResult.OutOfRange;
        ReadResult counted = WireCount.Read(ref reader, source, 0, MaxPathSize, out int length);
        if (counted != ReadResult.Ok) return counted;
        if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> path)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new CellProof((Axis)axis, new CellCoordinate(row, column), path.ToArray());
        return ReadResult.Ok;
    }
}
