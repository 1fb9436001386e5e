using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Squares;
using Prozchain.DataAvailability.Tests.Commitments;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Repair;

/// <summary>
/// Headers whose every root is of a square of its own (well encoded, of another content, with a wrong cell, of namespaces in disorder) or is
/// of nothing, and cells proven by either root: a repair ends in the square of that header or in a proof that convinces.
/// </summary>
public class HostileHeaderTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public void Repair_RootsOfDifferentSquares_IsProvenOrRight(int k, bool isNamed)
    {
        var parameters = new SquareParameters(k, 64, tree: isNamed ? NamespacedAxisTree.Instance : PlainAxisTree.Instance);
        var random = new Random(k);
        var seen = new HashSet<object>();
        for (int trial = 0; trial < TestSettings.Scale(400, 20_000); trial++)
        {
            CellGrid[] grids = Grids(parameters, random, trial);
            // Mostly one square, so that faults are few and repairs go far before they meet one.
            int wrong = random.Next(4) == 0 ? 100 : random.Next(12);
            int[] ofLine = [.. Enumerable.Range(0, 4 * k).Select(_ => random.Next(100) < wrong ? random.Next(-1, grids.Length) : 0)];
            var lines = new ILineTree[4 * k];
            byte[] roots = new byte[4 * k * parameters.Tree.RootSize];
            for (int i = 0; i < lines.Length; i++)
            {
                var line = new AxisLine((Axis)(i / (2 * k)), i % (2 * k), 2 * k);
                lines[i] = Build(line, grids[Math.Max(0, ofLine[i])], isNamed);
                Span<byte> root = roots.AsSpan(i * parameters.Tree.RootSize, parameters.Tree.RootSize);
                if (ofLine[i] < 0) random.NextBytes(root);
                else lines[i].Root.CopyTo(root);
            }
            var header = new SquareHeader(parameters, roots);
            var repair = new SquareRepair(header);
            int given = random.Next(30, 101);
            foreach (CellCoordinate at in TestSquares.Shuffled(2 * k, trial))
            {
                if (random.Next(100) >= given) continue;
                foreach (Axis axis in random.Next(8) == 0 ? [Axis.Column, Axis.Row] : (Axis[])[(Axis)random.Next(2)])
                {
                    (int index, int position) = axis == Axis.Row ? (at.Row, at.Column) : (at.Column, at.Row);
                    int number = (int)axis * 2 * k + index;
                    var share = new Share(SquareProver.Prove(lines[number], axis, at.Row, at.Column, position), grids[Math.Max(0, ofLine[number])].Cell(at.Row, at.Column).Span);
                    Assert.Equal(ofLine[number] >= 0 ? CellCheck.Valid : CellCheck.BadProof, share.TryCheck(header, out CheckedCell? cell));
                    if (cell is not null) repair.Add(cell);
                }
            }
            RepairResult result = repair.Repair(threads: 1 + trial % 2);
            seen.Add(result.BadEncoding is null ? result.Status : result.BadEncoding.Reason);
            Check(result, repair, header, ofLine);
        }
        // Repaired, not enough, and both reasons of bad encoding.
        Assert.Equal(4, seen.Count);
    }

    private static void Check(RepairResult result, SquareRepair repair, SquareHeader header, int[] ofLine)
    {
        switch (result.Status)
        {
            case RepairStatus.NotEnough:
                Assert.False(repair.CanRepair());
                break;
            case RepairStatus.Repaired:
                ExtendedSquare again = TestSquares.CommitTo(header.Parameters, new CellGrid(header.Parameters, result.Square!.Cells.ToArray()));
                Assert.True(again.Header.IsSame(header));
                Assert.DoesNotContain(-1, ofLine);
                break;
            default:
                byte[] bytes = TestSquares.Encoded(result.BadEncoding!.WriteTo);
                Assert.Equal(ReadResult.Ok, BadEncodingProof.TryRead(bytes, header.Parameters, out BadEncodingProof? proof));
                Assert.Equal(BadEncodingCheck.Proven, proof!.Verify(header));
                break;
        }
    }

    // Two honest squares, a square with a wrong cell, and one whose first data cells are in disorder.
    private static CellGrid[] Grids(SquareParameters parameters, Random random, int seed)
    {
        int k = parameters.DataWidth;
        CellGrid[] grids = [.. Enumerable.Range(0, 4).Select(i => new CellGrid(parameters, SquareTreesTests.Cells(k, 64)))];
        for (int i = 0; i < grids.Length; i++)
        {
            for (int cell = 0; cell < k * k; cell++)
                TestSquares.Random(seed * 4 + (i == 1 ? 1 : 0), 35).CopyTo(grids[i].Cell(cell / k, cell % k)[29..]);
            if (i == 3) grids[i].Cell(0, 0).Span[random.Next(29)] = 0xF0;
            grids[i].Extend(1, null, 0, default);
        }
        grids[2].Cell(random.Next(2 * k), random.Next(2 * k)).Span[40] ^= 1;
        return grids;
    }

    // As a dishonest producer does it: whatever the order of namespaces.
    private static ILineTree Build(AxisLine line, CellGrid grid, bool isNamed)
    {
        ReadOnlyShards cells = grid.Line(line.Axis, line.Index);
        if (!isNamed) return PlainAxisTree.Instance.Build(line, cells);
        var levels = new TreeLevels(true, line.Width);
        NamespacedAxisTree.Leaves(line, 0, cells, levels.Leaves);
        levels.Reduce();
        return new NamespacedLine(line, levels);
    }
}
