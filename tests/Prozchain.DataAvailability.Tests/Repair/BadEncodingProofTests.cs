using System.Security.Cryptography;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Repair;

public class BadEncodingProofTests
{
    private static readonly ExtendedSquare s_honest = TestSquares.Full(4);

    /// <summary>Whatever cells of a well encoded square are put together, nothing is proven.</summary>
    [Fact]
    public void Verify_HonestSquare_ShowsNoContradiction()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            var line = new AxisLine((Axis)random.Next(2), random.Next(8), 8);
            int[] positions = [.. Enumerable.Range(0, 8)];
            random.Shuffle(positions);
            Share[] shares = [.. positions[..4].Order().Select(i => s_honest.GetShare(line.Coordinate(i).Row, line.Coordinate(i).Column, (Axis)random.Next(2)))];
            Assert.Equal(BadEncodingCheck.NoContradiction, new BadEncodingProof(BadEncodingReason.NotACodeword, line, shares).Verify(s_honest.Header));
            CellCoordinate at = line.Coordinate(positions[0]);
            Share[] twice = [s_honest.GetShare(at.Row, at.Column, Axis.Row), s_honest.GetShare(at.Row, at.Column, Axis.Column)];
            Assert.Equal(BadEncodingCheck.NoContradiction, new BadEncodingProof(BadEncodingReason.ConflictingRoots, line, twice).Verify(s_honest.Header));
        }
    }

    [Fact]
    public void Verify_WrongCells_AreNamed()
    {
        (ExtendedSquare forged, BadEncodingProof proof) = Forged();
        Share[] shares = [.. proof.Shares];
        Assert.Equal(BadEncodingCheck.Proven, Of(shares).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.WrongCells, Of(shares[1..]).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.WrongCells, Of([shares[1], shares[0], .. shares[2..]]).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.WrongCells, Of([shares[0], shares[0], .. shares[2..]]).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.WrongCells, Of([.. shares[..3], Elsewhere(forged)]).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.BadShare, Of([new Share(shares[0].Proof, new byte[64]), .. shares[1..]]).Verify(forged.Header));
        Assert.Equal(BadEncodingCheck.WrongCells, Of(shares).Verify(TestSquares.Full(2).Header));
        var conflict = new BadEncodingProof(BadEncodingReason.ConflictingRoots, proof.Line, [shares[0], shares[0]]);
        Assert.Equal(BadEncodingCheck.WrongCells, conflict.Verify(forged.Header));

        BadEncodingProof Of(Share[] cells) => new(BadEncodingReason.NotACodeword, proof.Line, cells);

        Share Elsewhere(ExtendedSquare square) => square.GetShare((proof.Line.Index + 1) % 8, (proof.Line.Index + 2) % 8);
    }

    /// <summary>Namespaces of a restored line that are out of order: the tree has no root for it, so the header's is of something else.</summary>
    [Fact]
    public void Repair_NamespacesOutOfOrder_IsProven()
    {
        var parameters = new SquareParameters(4, 512, tree: NamespacedAxisTree.Instance);
        byte[] cells = TestSquares.Random(5, 16 * 512);
        for (int i = 0; i < 16; i++)
        {
            cells.AsSpan(i * 512, 29).Clear();
            cells[i * 512 + 28] = (byte)(i + 1);
        }
        ExtendedSquare good = ExtendedSquare.Extend(cells, parameters);
        // The producer swaps two names and commits to the swapped square with the roots of the one in order.
        cells[2 * 512 + 28] = 9;
        var grid = new CellGrid(parameters);
        for (int row = 0; row < 4; row++) cells.AsSpan(row * 4 * 512, 4 * 512).CopyTo(grid.Bytes.Span[(row * 8 * 512)..]);
        grid.Extend(1, null, 0, default);
        // Row 0's recovery half is that of the swapped row, committed to by its columns.
        byte[] roots = [.. good.Header.RowRoots.Span, .. good.Header.ColumnRoots.Span];
        for (int column = 4; column < 8; column++)
            parameters.Tree.ComputeRoot(new(Axis.Column, column, 8), grid.Line(Axis.Column, column), roots.AsSpan((8 + column) * 90, 90));
        var header = new SquareHeader(parameters, roots);
        var repair = new SquareRepair(header);
        for (int column = 4; column < 8; column++)
        {
            ILineTree line = parameters.Tree.Build(new(Axis.Column, column, 8), grid.Line(Axis.Column, column));
            for (int row = 0; row < 8; row++)
            {
                var share = new Share(SquareProver.Prove(line, Axis.Column, row, column, row), grid.Cell(row, column).Span);
                Assert.Equal(CellCheck.Valid, share.TryCheck(header, out CheckedCell? cell));
                repair.Add(cell!);
            }
        }
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        Assert.Equal(BadEncodingCheck.Proven, result.BadEncoding!.Verify(header));
    }

    [Fact]
    public void TryRead_PrefixesAndHostileBytes_ProveNothing()
    {
        (ExtendedSquare forged, BadEncodingProof proof) = Forged();
        byte[] bytes = TestSquares.Encoded(proof.WriteTo);
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(ReadResult.Truncated, BadEncodingProof.TryRead(bytes.AsSpan(0, length), forged.Parameters, out _));
        Assert.Equal(ReadResult.TrailingBytes, BadEncodingProof.TryRead([.. bytes, 0], forged.Parameters, out _));
        Assert.Equal(ReadResult.UnknownVersion, BadEncodingProof.TryRead([1, .. bytes[1..]], forged.Parameters, out _));
        Assert.Equal(ReadResult.OutOfRange, BadEncodingProof.TryRead([0, 2, .. bytes[2..]], forged.Parameters, out _));
        Assert.Equal(ReadResult.OutOfRange, BadEncodingProof.TryRead([0, 0, 2, .. bytes[3..]], forged.Parameters, out _));
        Assert.Equal(ReadResult.OutOfRange, BadEncodingProof.TryRead([.. bytes[..3], 8, 0, .. bytes[5..]], forged.Parameters, out _));
        HostileBytes.Feed([bytes], mutated =>
        {
            if (BadEncodingProof.TryRead(mutated, s_honest.Parameters, out BadEncodingProof? read) != ReadResult.Ok) return;
            Assert.Equal(mutated, TestSquares.Encoded(read!.WriteTo));
            Assert.NotEqual(BadEncodingCheck.Proven, read.Verify(s_honest.Header));
        }, 5000);
    }

    /// <summary>Frozen: another hash means another format, which needs another version byte.</summary>
    [Fact]
    public void Encoding_OfAKnownProof_IsFrozen() => Assert.StartsWith(
        "01d75bbe8fd386ef3bb1d0a234aac9325ecb48a5bd0b8dbb4c", Convert.ToHexStringLower(SHA256.HashData(TestSquares.Encoded(Forged().Proof.WriteTo))), StringComparison.Ordinal);

    private static (ExtendedSquare Square, BadEncodingProof Proof) Forged()
    {
        var grid = new CellGrid(s_honest.Parameters, s_honest.Cells.ToArray());
        grid.Cell(5, 6).Span[7] ^= 1;
        ExtendedSquare forged = TestSquares.CommitTo(s_honest.Parameters, grid);
        var repair = new SquareRepair(forged.Header);
        for (int i = 0; i < 64; i++) repair.Add(TestSquares.Checked(forged, i / 8, i % 8));
        return (forged, repair.Repair().BadEncoding!);
    }
}
