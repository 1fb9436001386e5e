using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Slivers;

namespace Prozchain.DataAvailability.Tests.Slivers;

public class SliverRepairTests
{
    [Theory]
    [InlineData(Axis.Row, 4)]
    [InlineData(Axis.Column, 4)]
    [InlineData(Axis.Row, 13)]
    [InlineData(Axis.Column, 13)]
    public void Repair_SymbolsOfOtherNodes_RestoreEverySliver(Axis axis, int nodes)
    {
        SliverBlob blob = TestBlobs.Of(nodes, 20_000);
        int needed = blob.Header.Parameters.SymbolsOf(axis);
        for (int lost = 0; lost < nodes; lost++)
        {
            var repair = new SliverRepair(blob.Header, axis, lost);
            int[] helpers = [.. Enumerable.Range(0, nodes).Where(i => i != lost)];
            new Random(lost).Shuffle(helpers);
            long downloaded = 0;
            foreach (int helper in helpers[..needed])
            {
                SliverRepairResult early = repair.Repair();
                Assert.Equal((RepairStatus.NotEnough, repair.Missing), (early.Status, early.Missing));
                CheckedSymbol symbol = TestBlobs.Across(blob, axis, lost, helper);
                Assert.Equal(AddCellResult.Added, repair.Add(symbol));
                Assert.Equal(AddCellResult.AlreadyKnown, repair.Add(symbol));
                downloaded += symbol.Symbol.Content.Length;
            }
            SliverRepairResult result = repair.Repair();
            Assert.Equal(RepairStatus.Repaired, result.Status);
            Assert.Equal(blob.GetSliver(axis, lost).Content.ToArray(), result.Sliver!.Sliver.Content.ToArray());
            // As many bytes as the sliver has: a share of about 3 / n (of a row) or 3 / 2n (of a column) of the blob.
            Assert.Equal(blob.GetSliver(axis, lost).Content.Length, downloaded);
        }
    }

    /// <summary>Nodes that were down when the blob was written get their slivers back from others that keep theirs, f of them lying.</summary>
    [Fact]
    public void Repair_WithByzantineHelpers_StillRestores()
    {
        const int nodes = 10, lost = 9;
        SliverBlob blob = TestBlobs.Of(nodes, 30_000);
        SliverParameters parameters = blob.Header.Parameters;
        var repair = new SliverRepair(blob.Header, Axis.Row, lost);
        for (int helper = 0; helper < nodes; helper++)
        {
            SliverSymbol honest = TestBlobs.Checked(blob, Axis.Column, helper).Prove(lost);
            if (helper < parameters.Faults)
            {
                byte[] lie = TestSquares.Encoded(honest.WriteTo);
                lie[6 + helper] ^= 1;
                Assert.Equal(ReadResult.Ok, SliverSymbol.TryRead(lie, parameters, out SliverSymbol? forged));
                Assert.Equal(SliverCheck.BadRoot, forged!.TryCheck(blob.Header, out _));
            }
            else Assert.Equal(AddCellResult.Added, repair.Add(TestBlobs.Checked(blob.Header, honest)));
        }
        Assert.Equal(RepairStatus.Repaired, repair.Repair().Status);
    }

    [Theory]
    [InlineData(7, 6, 6)]
    [InlineData(7, 0, 0)]
    [InlineData(7, 6, 2)]
    [InlineData(10, 3, 9)]
    public void Repair_InconsistentBlob_ProvesItToEveryone(int nodes, int row, int column)
    {
        (SliverHeader header, Func<int, int, SliverSymbol> prove) = TestBlobs.Inconsistent(nodes, row, column);
        var repair = new SliverRepair(header, Axis.Row, row);
        // The wrong symbol among those taken: the codeword through them is another than what the row commits to.
        foreach (int helper in Enumerable.Range(0, nodes).OrderBy(i => i == column ? -1 : i))
            repair.Add(TestBlobs.Checked(header, prove(row, helper)));
        SliverRepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.BadEncoding, result.Status);
        byte[] bytes = TestSquares.Encoded(result.Inconsistency!.WriteTo);
        Assert.Equal(ReadResult.Ok, InconsistencyProof.TryRead(bytes, header.Parameters, out InconsistencyProof? proof));
        Assert.True(proof!.Verify(header));
        Assert.Equal(bytes, TestSquares.Encoded(proof.WriteTo));
        Assert.False(proof.Verify(TestBlobs.Of(nodes, 1000).Header));
    }

    [Fact]
    public void Read_InconsistentBlob_IsNothingToEveryReader()
    {
        const int nodes = 7;
        (SliverHeader header, Func<int, int, SliverSymbol> prove) = TestBlobs.Inconsistent(nodes, 6, 6);
        SliverParameters parameters = header.Parameters;
        // Columns but the last are codewords, and so can be slivers that check.
        var reader = new SliverReader(header);
        for (int column = 0; column < parameters.Columns; column++)
        {
            byte[] content = [.. Enumerable.Range(0, parameters.Rows).SelectMany(row => prove(row, column).Content.ToArray())];
            Assert.Equal(SliverCheck.Valid, new Sliver(Axis.Column, column, content).TryCheck(header, out CheckedSliver? sliver));
            reader.Add(sliver!);
        }
        Assert.Equal(RepairStatus.BadEncoding, reader.Read(out SliverBlob? blob));
        Assert.Null(blob);
    }

    /// <summary>No choice of committed symbols makes a proof against a blob that is a codeword.</summary>
    [Fact]
    public void Verify_ConsistentBlob_IsNeverFooled()
    {
        SliverBlob blob = TestBlobs.Of(7, 5000);
        SliverParameters parameters = blob.Header.Parameters;
        var random = new Random(5);
        for (int trial = 0; trial < 50; trial++)
        {
            Axis axis = (Axis)random.Next(2);
            int index = random.Next(7);
            int[] helpers = [.. Enumerable.Range(0, 7)];
            random.Shuffle(helpers);
            SliverSymbol[] symbols = [.. helpers[..parameters.SymbolsOf(axis)].Order().Select(helper => TestBlobs.Across(blob, axis, index, helper).Symbol)];
            Assert.False(new InconsistencyProof(axis, index, symbols).Verify(blob.Header));
            Assert.False(new InconsistencyProof(axis, (index + 1) % 7, symbols).Verify(blob.Header));
            Assert.False(new InconsistencyProof(axis, index, symbols[1..]).Verify(blob.Header));
            Assert.False(new InconsistencyProof(axis, index, [symbols[0], .. symbols[..^1]]).Verify(blob.Header));
        }
    }

    [Fact]
    public void Add_OfAnotherBlobOrSliver_IsRefused()
    {
        SliverBlob blob = TestBlobs.Of(4, 300);
        var repair = new SliverRepair(blob.Header, Axis.Row, 1);
        Assert.Throws<ArgumentException>(() => repair.Add(TestBlobs.Across(TestBlobs.Of(4, 300, 2), Axis.Row, 1, 0)));
        Assert.Throws<ArgumentException>(() => repair.Add(TestBlobs.Across(blob, Axis.Row, 2, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SliverRepair(blob.Header, Axis.Row, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => TestBlobs.Checked(blob, Axis.Row, 0).Prove(4));
    }
}
