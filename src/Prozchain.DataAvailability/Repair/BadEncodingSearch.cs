using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Repair;

/// <summary>
/// Finds the first line that contradicts the code, a root or another line, by completing line by line, each compared with its root before its
/// cells are believed. Slow; only for squares that were found not to be what their header says.
/// </summary>
/// <param name="header">The header.</param>
/// <param name="grid">The given cells, which are completed in place.</param>
/// <param name="proofs">The proofs of the given cells, row by row.</param>
/// <param name="known">The given cells; lines that are complete are added.</param>
internal sealed class BadEncodingSearch(SquareHeader header, CellGrid grid, CellProof?[] proofs, CellMap known)
{
    private readonly int _width = header.Parameters.Width, _size = header.Parameters.CellSize;

    /// <summary>The proof; there is one if the square of these cells has not this header.</summary>
    public BadEncodingProof Find(IReadOnlyList<(Axis Axis, int Index)> order, CancellationToken cancellationToken)
    {
        foreach ((Axis axis, int index) in order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Complete(new AxisLine(axis, index, _width)) is { } bad) return bad;
        }
        throw new UnreachableException();
    }

    private BadEncodingProof? Complete(AxisLine line)
    {
        SquareParameters parameters = header.Parameters;
        int k = parameters.DataWidth;
        Shards cells = grid.Line(line.Axis, line.Index);
        var codeword = new byte[_width * _size];
        var used = new bool[_width];
        for (int i = 0, count = 0; i < _width && count < k; i++)
        {
            CellCoordinate at = line.Coordinate(i);
            if (!known[at.Row, at.Column]) continue;
            used[i] = true;
            count++;
            cells[i].CopyTo(codeword.AsSpan(i * _size));
        }
        if (parameters.Code.Reconstruct(new Shards(codeword, k, _size), new Shards(codeword.AsSpan(k * _size), k, _size), used) != DecodeResult.Restored)
            throw new UnreachableException();

        var whole = new ReadOnlyShards(codeword, _width, _size);
        ILineTree? tree = parameters.Tree.Accepts(line, whole) ? parameters.Tree.Build(line, whole) : null;
        if (tree is null || !tree.Root.SequenceEqual(header.Root(line.Axis, line.Index)))
            return new(BadEncodingReason.NotACodeword, line, [.. Enumerable.Range(0, _width).Where(i => used[i]).Select(i => ShareOf(line.Coordinate(i), line))]);

        // The root commits to the codeword, so a cell that differs from it is committed to by the line that crosses here.
        for (int i = 0; i < _width; i++)
        {
            CellCoordinate at = line.Coordinate(i);
            ReadOnlySpan<byte> cell = codeword.AsSpan(i * _size, _size);
            if (known[at.Row, at.Column] && !cell.SequenceEqual(cells[i]))
            {
                Share own = new(SquareProver.Prove(tree, line.Axis, at.Row, at.Column, i), cell), other = ShareOf(at, line);
                return new(BadEncodingReason.ConflictingRoots, line, line.Axis == Axis.Row ? [own, other] : [other, own]);
            }
            cell.CopyTo(cells[i]);
        }
        for (int i = 0; i < _width; i++) known.Mark(line.Coordinate(i).Row, line.Coordinate(i).Column);
        return null;
    }

    // A cell that nobody gave was restored by the line that crosses here, which is complete and agrees with its root.
    private Share ShareOf(CellCoordinate at, AxisLine line)
    {
        if (proofs[at.Row * _width + at.Column] is { } given) return new(given, grid.Cell(at.Row, at.Column).Span);
        AxisLine crossing = line.Axis == Axis.Row ? new(Axis.Column, at.Column, _width) : new(Axis.Row, at.Row, _width);
        ILineTree tree = header.Parameters.Tree.Build(crossing, grid.Line(crossing.Axis, crossing.Index));
        return new(SquareProver.Prove(tree, crossing.Axis, at.Row, at.Column, line.Index), grid.Cell(at.Row, at.Column).Span);
    }
}
