using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Repair;

public class SquareRepairTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Repair_RandomHalf_GivesTheSquareBack(int k)
    {
        int repaired = 0;
        for (int seed = 0; seed < (k <= 8 ? 30 : 3); seed++)
        {
            ExtendedSquare square = TestSquares.Full(k, seed + 1);
            SquareRepair repair = From(square, TestSquares.Shuffled(2 * k, seed).Take(2 * k * k));
            // Half of a very small square is not always enough; counting says which, and must be right.
            RepairResult result = repair.Repair();
            Assert.Equal(repair.CanRepair() ? RepairStatus.Repaired : RepairStatus.NotEnough, result.Status);
            if (result.Square is null) continue;
            repaired++;
            Assert.True(square.Cells.Span.SequenceEqual(result.Square.Cells.Span));
            Assert.True(result.Square.Header.IsSame(square.Header));
        }
        Assert.True(repaired >= (k <= 2 ? 5 : 3), $"Only {repaired} squares were repairable.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Repair_EachQuadrantAlone_Suffices(int k)
    {
        ExtendedSquare square = TestSquares.Full(k);
        for (int quadrant = 0; quadrant < 4; quadrant++)
        {
            (int top, int left) = (quadrant / 2 * k, quadrant % 2 * k);
            SquareRepair repair = From(square, Enumerable.Range(0, k * k).Select(i => new CellCoordinate(top + i / k, left + i % k)));
            RepairResult result = repair.Repair();
            Assert.Equal(RepairStatus.Repaired, result.Status);
            Assert.True(square.Cells.Span.SequenceEqual(result.Square!.Cells.Span));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Repair_KPlusOneSquaredWithheld_SaysWhatIsMissing(int k)
    {
        ExtendedSquare square = TestSquares.Full(k);
        var random = new Random(k);
        int[] rows = Choose(), columns = Choose();
        SquareRepair repair = From(square, TestSquares.Shuffled(2 * k, 1).Where(cell => !(rows.Contains(cell.Row) && columns.Contains(cell.Column))));
        int before = repair.CellCount;
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.NotEnough, result.Status);
        Assert.Equal(new Shortfall((k + 1) * (k + 1), 2 * (k + 1)), result.Shortfall);
        Assert.Null(result.Square);
        Assert.False(repair.CanRepair());
        Assert.Equal(before, repair.CellCount);

        // One cell more, from the midst of the withheld ones, is what was missing.
        repair.Add(TestSquares.Checked(square, rows[^1], columns[0]));
        Assert.True(repair.CanRepair());
        Assert.True(square.Cells.Span.SequenceEqual(repair.Repair().Square!.Cells.Span));

        int[] Choose()
        {
            int[] all = [.. Enumerable.Range(0, 2 * k)];
            random.Shuffle(all);
            return all[..(k + 1)];
        }
    }

    [Fact]
    public void CanRepair_RandomPatternsOfTwoByTwo_EqualsPeelingByHand()
    {
        SquareHeader header = TestSquares.Full(2).Header;
        ExtendedSquare square = TestSquares.Full(2);
        CheckedCell[] cells = [.. Enumerable.Range(0, 16).Select(i => TestSquares.Checked(square, i / 4, i % 4))];
        for (int pattern = 0; pattern < 1 << 16; pattern += 7)
        {
            var repair = new SquareRepair(header);
            for (int i = 0; i < 16; i++) if ((pattern >> i & 1) != 0) repair.Add(cells[i]);
            int known = pattern;
            for (int before = -1; before != known;)
            {
                before = known;
                for (int i = 0; i < 4; i++)
                {
                    int row = 0xF << (4 * i), column = 0x1111 << i;
                    if (int.PopCount(known & row) >= 2) known |= row;
                    if (int.PopCount(known & column) >= 2) known |= column;
                }
            }
            Assert.Equal(16 - int.PopCount(known), repair.Shortfall().Cells);
            Assert.Equal(known == 0xFFFF, repair.CanRepair());
        }
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(8, false)]
    public void Repair_AnyOneCellWrong_IsBadEncoding(int k, bool everyQuadrant)
    {
        ExtendedSquare honest = TestSquares.Full(k);
        for (int wrong = 0; wrong < 4 * k * k; wrong++)
        {
            var grid = new CellGrid(honest.Parameters, honest.Cells.ToArray());
            var at = new CellCoordinate(wrong / (2 * k), wrong % (2 * k));
            grid.Cell(at.Row, at.Column).Span[wrong % 64] ^= (byte)(1 << wrong % 8);
            ExtendedSquare forged = TestSquares.CommitTo(honest.Parameters, grid);
            CellCoordinate[] all = TestSquares.Shuffled(2 * k, wrong);
            CheckBad(From(forged, all).Repair(), forged.Header, honest.Header, k);
            if (!everyQuadrant) continue;

            // From any quadrant alone too: the axis through the wrong cell disagrees with its root.
            for (int quadrant = 0; quadrant < 4; quadrant++)
                CheckBad(From(forged, all.Where(cell => cell.Row / k * 2 + cell.Column / k == quadrant)).Repair(), forged.Header, honest.Header, k);
        }
    }

    // What a fresh light client makes of it, which has the header and the proof's bytes alone.
    private static void CheckBad(RepairResult result, SquareHeader forged, SquareHeader honest, int k)
    {
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        Assert.Null(result.Square);
        byte[] bytes = TestSquares.Encoded(result.BadEncoding!.WriteTo);
        Assert.Equal(ReadResult.Ok, SquareHeader.TryRead(TestSquares.Encoded(forged.WriteTo), out SquareHeader? header));
        Assert.Equal(ReadResult.Ok, BadEncodingProof.TryRead(bytes, header!.Parameters, out BadEncodingProof? proof));
        Assert.Equal(BadEncodingReason.NotACodeword, proof!.Reason);
        Assert.Equal(k, proof.Shares.Count);
        Assert.Equal(BadEncodingCheck.Proven, proof.Verify(header));
        Assert.NotEqual(BadEncodingCheck.Proven, proof.Verify(honest));
        Assert.Equal(bytes, TestSquares.Encoded(proof.WriteTo));
    }

    [Fact]
    public void Repair_RowAndColumnRootsDisagree_IsBadEncoding()
    {
        ExtendedSquare honest = TestSquares.Full(4), other = TestSquares.Full(4, 2);
        // Row roots of one square, column roots of another: both of codewords.
        var header = new SquareHeader(honest.Parameters, [.. honest.Header.RowRoots.Span, .. other.Header.ColumnRoots.Span]);
        Assert.Equal(CellCheck.Valid, honest.GetShare(3, 5, Axis.Row).TryCheck(header, out CheckedCell? byRow));
        Assert.Equal(CellCheck.Valid, other.GetShare(3, 5, Axis.Column).TryCheck(header, out CheckedCell? byColumn));
        var repair = new SquareRepair(header);
        Assert.Equal(AddCellResult.Added, repair.Add(byRow!));
        Assert.Equal(AddCellResult.AlreadyKnown, repair.Add(byRow!));
        Assert.Equal(AddCellResult.Conflict, repair.Add(byColumn!));
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        Assert.Equal(BadEncodingReason.ConflictingRoots, result.BadEncoding!.Reason);
        Assert.Equal((Axis.Row, 3), (result.BadEncoding.Line.Axis, result.BadEncoding.Line.Index));
        Assert.All(result.BadEncoding.Shares, share => Assert.Equal(new CellCoordinate(3, 5), share.Proof.Coordinate));
        Assert.Equal(BadEncodingCheck.Proven, result.BadEncoding.Verify(header));

        // Without any cell twice the columns give it away.
        repair = new SquareRepair(header);
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(CellCheck.Valid, honest.GetShare(i / 8, i % 8).TryCheck(header, out CheckedCell? cell));
            repair.Add(cell!);
        }
        result = repair.Repair();
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        Assert.Equal(BadEncodingCheck.Proven, result.BadEncoding!.Verify(header));
    }

    [Fact]
    public void Repair_OneCellKnownByAnotherRoot_IsTheEvidence()
    {
        ExtendedSquare honest = TestSquares.Full(4), other = TestSquares.Full(4, 2);
        var header = new SquareHeader(honest.Parameters, [.. honest.Header.RowRoots.Span, .. other.Header.ColumnRoots.Span]);
        var repair = new SquareRepair(header);
        for (int i = 0; i < 64; i++)
        {
            // All cells by their rows, but for the last of row 0, which comes by its column.
            Share share = i == 7 ? other.GetShare(0, 7, Axis.Column) : honest.GetShare(i / 8, i % 8);
            Assert.Equal(CellCheck.Valid, share.TryCheck(header, out CheckedCell? cell));
            Assert.Equal(AddCellResult.Added, repair.Add(cell!));
        }
        BadEncodingProof bad = repair.Repair().BadEncoding!;
        Assert.Equal(BadEncodingReason.ConflictingRoots, bad.Reason);
        Assert.Equal(new AxisLine(Axis.Row, 0, 8), bad.Line);
        Assert.All(bad.Shares, share => Assert.Equal(new CellCoordinate(0, 7), share.Proof.Coordinate));
        Assert.Equal(BadEncodingCheck.Proven, bad.Verify(header));
        Assert.Equal(BadEncodingCheck.BadShare, bad.Verify(honest.Header));
    }

    [Fact]
    public void Repair_EmptyAndAgain_LeavesTheCellsAsTheyAre()
    {
        ExtendedSquare square = TestSquares.Full(4);
        var repair = new SquareRepair(square.Header);
        Assert.Equal(new Shortfall(64, 16), repair.Repair().Shortfall);
        foreach (CellCoordinate cell in TestSquares.Shuffled(8, 4).Take(40)) repair.Add(TestSquares.Checked(square, cell.Row, cell.Column, Axis.Column));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(40, repair.CellCount);
            Assert.True(square.Cells.Span.SequenceEqual(repair.Repair().Square!.Cells.Span));
        }
        Assert.Equal(40, repair.CellCount);
    }

    [Fact]
    public void Repair_Payload_ComesBack()
    {
        byte[] payload = TestSquares.Random(1, 5000);
        ExtendedSquare square = ExtendedSquare.Encode(payload, SquareParameters.ForPayload(payload.Length));
        int width = square.Parameters.Width;
        RepairResult result = From(square, TestSquares.Shuffled(width, 3).Take(width * width / 2)).Repair();
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(PayloadResult.Ok, result.Square!.TryReadPayload(output));
        Assert.Equal(payload, output.WrittenSpan);
    }

    [Fact]
    public void Repair_ProgressAndCancellation_AreHeard()
    {
        ExtendedSquare square = TestSquares.Full(4);
        SquareRepair repair = From(square, TestSquares.Shuffled(8, 4).Take(40));
        var seen = new List<RepairProgress>();
        repair.Repair(new Recorder<RepairProgress>(seen));
        Assert.Equal(seen.Select(step => step.KnownCells).Order(), seen.Select(step => step.KnownCells));
        Assert.Equal(new RepairProgress(64, 64), seen[^1]);
        Assert.Throws<OperationCanceledException>(() => repair.Repair(null, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void Add_CellOfAnotherSquare_Throws()
    {
        ExtendedSquare square = TestSquares.Full(2), other = TestSquares.Full(2, 5);
        Assert.Throws<ArgumentException>(() => new SquareRepair(square.Header).Add(TestSquares.Checked(other, 0, 0)));
        // The same square, with a header read a second time, is the same square.
        Assert.Equal(ReadResult.Ok, SquareHeader.TryRead(TestSquares.Encoded(square.Header.WriteTo), out SquareHeader? again));
        Assert.Equal(AddCellResult.Added, new SquareRepair(again!).Add(TestSquares.Checked(square, 0, 0)));
    }

    private static SquareRepair From(ExtendedSquare square, IEnumerable<CellCoordinate> cells)
    {
        var repair = new SquareRepair(square.Header);
        foreach (CellCoordinate cell in cells) Assert.Equal(AddCellResult.Added, repair.Add(TestSquares.Checked(square, cell.Row, cell.Column)));
        return repair;
    }
}
