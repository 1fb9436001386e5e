using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Slivers;

namespace Prozchain.DataAvailability.Tests.Slivers;

public class SliverBlobTests
{
    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(4, 385)]
    [InlineData(5, 5000)]
    [InlineData(7, 10_000)]
    [InlineData(10, 100_000)]
    [InlineData(31, 3000)]
    public void Read_AnySliversOfOneAxis_GivesTheBlob(int nodes, int length)
    {
        byte[] payload = TestSquares.Random(nodes, length);
        SliverBlob blob = SliverBlob.Encode(payload, nodes);
        Assert.Equal(payload, blob.ToPayload());
        foreach (Axis axis in (Axis[])[Axis.Row, Axis.Column])
        {
            var reader = new SliverReader(blob.Header);
            int needed = axis == Axis.Row ? blob.Header.Parameters.Rows : blob.Header.Parameters.Columns;
            int[] order = [.. Enumerable.Range(0, nodes)];
            new Random(nodes).Shuffle(order);
            foreach (int index in order[..needed])
            {
                Assert.Equal(RepairStatus.NotEnough, reader.Read(out SliverBlob? early));
                Assert.Null(early);
                Assert.True(reader.Add(TestBlobs.Checked(blob, axis, index)));
                Assert.False(reader.Add(TestBlobs.Checked(blob, axis, index)));
            }
            Assert.Equal(0, reader.Missing);
            Assert.Equal(RepairStatus.Repaired, reader.Read(out SliverBlob? found));
            Assert.Equal(payload, found!.ToPayload());
            Assert.Equal(blob.Header.BlobId, found.Header.BlobId);
        }
    }

    [Fact]
    public void Parameters_OfThreeFPlusOne_AreThoseOfThePaper()
    {
        for (int f = 1; f < 300; f += 13)
        {
            var parameters = new SliverParameters(3 * f + 1, 64);
            Assert.Equal((f, f + 1, 2 * f + 1), (parameters.Faults, parameters.Rows, parameters.Columns));
        }
        // What all nodes keep, over the blob: (n (C + R)) / (R C), near 4.5 for many nodes.
        var large = new SliverParameters(1000, 64);
        double overhead = large.Nodes * (double)(large.Rows + large.Columns) / ((double)large.Rows * large.Columns);
        Assert.InRange(overhead, 4.4, 4.5);
    }

    [Fact]
    public void Parameters_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new SliverParameters(3, 64));
        Assert.Throws<ArgumentException>(() => new SliverParameters(1025, 64));
        Assert.Throws<ArgumentException>(() => new SliverParameters(10, 63));
        Assert.Throws<ArgumentException>(() => new SliverParameters(10, 0));
        Assert.Throws<ArgumentException>(() => new SliverParameters(1024, 1 << 20));
        Assert.Throws<ArgumentException>(() => SliverParameters.ForPayload(1L << 40, 100));
        Assert.Throws<ArgumentException>(() => SliverParameters.ForPayload(long.MaxValue, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => SliverParameters.ForPayload(-1, 100));
        SliverBlob blob = TestBlobs.Of(4, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.GetSliver(Axis.Row, 4));
        Assert.Throws<ArgumentException>(() => new SliverReader(blob.Header).Add(TestBlobs.Checked(TestBlobs.Of(4, 10, 2), Axis.Row, 0)));
    }

    [Fact]
    public void TryCheck_EveryByteOfASliverChanged_IsFound()
    {
        SliverBlob blob = TestBlobs.Of(4, 300);
        foreach (Axis axis in (Axis[])[Axis.Row, Axis.Column])
        {
            byte[] bytes = TestSquares.Encoded(blob.GetSliver(axis, 2).WriteTo);
            for (int i = 4; i < bytes.Length; i++)
            {
                byte[] changed = [.. bytes];
                changed[i] ^= 0x40;
                Assert.Equal(ReadResult.Ok, Sliver.TryRead(changed, blob.Header.Parameters, out Sliver? sliver));
                Assert.Equal(SliverCheck.BadRoot, sliver!.TryCheck(blob.Header, out _));
            }
            Assert.Equal(SliverCheck.WrongSize, blob.GetSliver(axis, 2).TryCheck(TestBlobs.Of(4, 3000).Header, out _));
            Assert.Equal(SliverCheck.OutsideBlob, TestBlobs.Of(7, 300).GetSliver(axis, 5).TryCheck(blob.Header, out _));
        }
    }

    [Fact]
    public void Encode_Cancelled_Throws() => Assert.Throws<OperationCanceledException>(
        () => SliverBlob.Encode(new byte[1000], 10, cancellationToken: new CancellationToken(true)));
}
