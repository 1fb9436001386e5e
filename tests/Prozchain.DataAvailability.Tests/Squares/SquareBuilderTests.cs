using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Squares;

public class SquareBuilderTests
{
    // Blob sizes and places from go-square's tests: the payers' own bytes do not matter as long as each list of them
    // fills as many shares, which the first place shows.
    [Theory]
    [InlineData("1:1", "1")]
    [InlineData("1:100 1:100 1:100 1:100 1:100 1:100 1:100 1:100 1:100", "7 8 9 10 11 12 13 14 15")]
    [InlineData("3:2000 2:2000", "7 2")]
    [InlineData("2:100 1:100 1:100", "5 3 4")]
    [InlineData("1:100 2:900 1:900", "3 6 4")]
    [InlineData("1:100 3:1000+1000 2:420", "3 5+8 4")]
    [InlineData("1:1000 1:10000 1:10000", "3 6 27")]
    public void Build_BlobsOfPublishedSizes_StandWherePublished(string blobs, string places)
    {
        var builder = new SquareBuilder(64);
        foreach (string payer in blobs.Split(' '))
        {
            string[] parts = payer.Split(':');
            byte[] id = [.. Enumerable.Repeat(byte.Parse(parts[0], null), 10)];
            Blob[] own = [.. parts[1].Split('+').Select(size => new Blob(Namespace.ForBlobs(id), new byte[int.Parse(size, null)]))];
            Assert.Equal(SquareAddResult.Added, builder.Add(new BlobTransaction(new byte[330], own)));
        }
        string[] got = [.. builder.Build().PayForBlobs.Select(Places)];
        Assert.Equal(places, string.Join(' ', got));

        static string Places(ReadOnlyMemory<byte> unit)
        {
            Assert.True(IndexWrapper.TryRead(unit, out IndexWrapper? wrapper));
            return string.Join('+', wrapper!.ShareIndexes.ToArray());
        }
    }

    /// <summary>The frozen bytes of one transaction: reserved bytes, lengths, the padding of both kinds.</summary>
    [Fact]
    public void Build_OneOfEach_HasTheSpecifiedBytes()
    {
        var builder = new SquareBuilder();
        Assert.Equal(SquareAddResult.Added, builder.Add(new byte[] { 0xAA, 0xBB }));
        Assert.Equal(SquareAddResult.Added, builder.AddBlob(new Blob(Namespace.ForBlobs([7, 7]), new byte[] { 0xCC }, 1, new byte[20])));
        byte[] cells = builder.Build().Cells.ToArray();
        Assert.Equal(4 * 512, cells.Length);
        Assert.Equal(Share("0000000000000000000000000000000000000000000000000000000001" + "01" + "00000003" + "00000026" + "02AABB"), cells[..512]);
        Assert.Equal(Share("0000000000000000000000000000000000000000000000000000000707" + "03" + "00000001" + new string('0', 40) + "CC"), cells[512..1024]);
        Assert.Equal(Share(new string('F', 56) + "FE" + "01"), cells[1024..1536]);
        Assert.Equal(cells[1024..1536], cells[1536..]);
    }

    [Fact]
    public void Add_MoreThanFits_IsRefusedAndChangesNothing()
    {
        var builder = new SquareBuilder(2);
        var ns = Namespace.ForBlobs([1, 0]);
        Assert.Equal(SquareAddResult.Added, builder.Add(new byte[471]));
        Assert.Equal(SquareAddResult.Added, builder.AddBlob(new Blob(ns, new byte[478 + 482])));
        Assert.Equal(3, builder.ShareCount);
        Assert.Equal(SquareAddResult.Full, builder.AddBlob(new Blob(ns, new byte[479])));
        Assert.Equal(SquareAddResult.Full, builder.Add(new BlobTransaction(new byte[1], new Blob(ns, new byte[1]))));
        Assert.Equal(SquareAddResult.Full, builder.AddOutside(new byte[] { 1 }, new Blob(ns, new byte[36], 2, new byte[20])));
        Assert.Equal(SquareAddResult.Full, builder.Add(new byte[478]));
        Assert.Equal(3, builder.ShareCount);
        Assert.Equal(SquareAddResult.Added, builder.Add(new byte[477]));
        Assert.Equal(4, builder.ShareCount);
        DataSquare square = builder.Build();
        Assert.Equal((2, 2, 1), (square.Width, square.Transactions.Count, square.Blobs.Count));
    }

    [Fact]
    public void Add_WrongOrder_IsRefused()
    {
        var builder = new SquareBuilder();
        var ns = Namespace.ForBlobs([1, 0]);
        var payer = new BlobTransaction(new byte[3], new Blob(ns, new byte[1]));
        Assert.Equal(SquareAddResult.Empty, builder.Add(ReadOnlyMemory<byte>.Empty));
        Assert.Equal(SquareAddResult.Added, builder.Add(payer));
        Assert.Equal(SquareAddResult.OutOfOrder, builder.Add(new byte[1]));
        Assert.Equal(SquareAddResult.Added, builder.AddOutside(new byte[1], new Blob(ns, new byte[36], 2, new byte[20])));
        Assert.Equal(SquareAddResult.OutOfOrder, builder.Add(payer));
        Assert.Equal(SquareAddResult.OutOfOrder, builder.Add(new byte[1]));
        Assert.Equal(SquareAddResult.BadBlobTransaction, builder.AddOutside(TestSquares.Encoded(payer.WriteTo), new Blob(ns, new byte[36], 2, new byte[20])));
        Assert.Equal(SquareAddResult.BadBlobTransaction, new SquareBuilder().Add(new byte[] { 0x1A, 4, 0x42, 0x4C, 0x4F, 0x42 }));
        Assert.Equal(SquareAddResult.Empty, builder.AddOutside(default, new Blob(ns, new byte[36], 2, new byte[20])));
        Assert.Throws<ArgumentException>(() => builder.AddOutside(new byte[1], new Blob(ns, new byte[36])));
    }

    [Fact]
    public void Constructors_WrongArguments_AreRefused()
    {
        var ns = Namespace.ForBlobs([1, 0]);
        foreach (int width in (int[])[0, 3, 1024, -1]) Assert.Throws<ArgumentException>(() => new SquareBuilder(width));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SquareBuilder(4, 0));
        Assert.Throws<ArgumentException>(() => new Blob(ns, default));
        Assert.Throws<ArgumentException>(() => new Blob(Namespace.Transaction, new byte[1]));
        Assert.Throws<ArgumentException>(() => new Blob(Namespace.Parity, new byte[1]));
        Assert.Throws<ArgumentException>(() => new Blob(ns, new byte[1], 0, new byte[20]));
        Assert.Throws<ArgumentException>(() => new Blob(ns, new byte[1], 1, default));
        Assert.Throws<ArgumentException>(() => new Blob(ns, new byte[35], 2, new byte[20]));
        Assert.Throws<ArgumentException>(() => new Blob(ns, new byte[1], 3, new byte[20]));
        Assert.Throws<ArgumentException>(() => new BlobTransaction(new byte[1]));
        Assert.Equal(BlobStatus.Ok, Blob.Check(ns, Blob.MaxSize, 0, 0));
        Assert.Equal(BlobStatus.BadSize, Blob.Check(ns, Blob.MaxSize, 1, 20));
        Assert.Equal(512 * 512, ShareView.CountFor(Blob.MaxSize, compact: false, 0));
    }

    private static byte[] Share(string start)
    {
        byte[] share = new byte[512];
        Convert.FromHexString(start).CopyTo(share, 0);
        return share;
    }
}
