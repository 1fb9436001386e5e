using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Tests.Commitments;

namespace Prozchain.DataAvailability.Tests.Repair;

public class NamespacedRepairTests
{
    private const int K = 4, Size = 64;
    private static readonly SquareParameters s_parameters = new(K, Size, null, NamespacedAxisTree.Instance);

    [Fact]
    public void Repair_QuarterOfANamespacedSquare_RestoresIt()
    {
        ExtendedSquare square = ExtendedSquare.Extend(Data(), s_parameters);
        var prover = new SquareProver(square);
        var repair = new SquareRepair(square.Header);
        for (int row = K; row < 2 * K; row++)
            for (int column = 0; column < K; column++)
            {
                Assert.Equal(CellCheck.Valid, prover.GetShare(row, column).TryCheck(square.Header, out CheckedCell? cell));
                repair.Add(cell!);
            }
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.Repaired, result.Status);
        Assert.True(square.Cells.Span.SequenceEqual(result.Square!.Cells.Span));
    }

    /// <summary>A producer who leaves the order of namespaces aside can make roots all the same; whoever repairs finds it.</summary>
    [Fact]
    public void Repair_NamespacesOutOfOrder_IsBadEncoding()
    {
        byte[] data = Data();
        data[2 * Size] = 0xFE;
        ExtendedSquare plain = ExtendedSquare.Extend(data, new SquareParameters(K, Size));
        var roots = new byte[4 * K * 90];
        new SquareTrees(true, plain.Cells, 2 * K, Size, roots).Compute(1, default);
        var header = new SquareHeader(s_parameters, roots);
        var repair = new SquareRepair(header);
        for (int row = 0; row < 2 * K; row++)
            for (int column = K; column < 2 * K; column++) repair.Add(new CheckedCell(header, plain.GetShare(row, column)));
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        Assert.Equal(BadEncodingReason.NotACodeword, result.BadEncoding!.Reason);
        Assert.Equal(new AxisLine(Axis.Row, 0, 2 * K), result.BadEncoding.Line);
    }

    private static byte[] Data()
    {
        byte[] all = SquareTreesTests.Cells(K, Size), data = new byte[K * K * Size];
        for (int row = 0; row < K; row++) all.AsSpan(row * 2 * K * Size, K * Size).CopyTo(data.AsSpan(row * K * Size));
        return data;
    }
}
