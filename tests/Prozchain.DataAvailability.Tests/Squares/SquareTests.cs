using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>What is built reads back as what was put in, in the places that the rules give.</summary>
public class SquareTests
{
    [Fact]
    public void Build_MochaBlock_GivesItsDataHash()
    {
        var builder = new SquareBuilder();
        Assert.Equal(SquareAddResult.Added, builder.Add(CelestiaBlockFixture.Transaction));
        DataSquare square = builder.Build();
        Assert.Equal(2, square.Width);
        Assert.Equal(CelestiaBlockFixture.DataHash, Convert.ToHexStringLower(NaiveNamespacedTree.DataRoot(square.Cells.Span, 2)));
        AssertRebuilds(square);
    }

    /// <summary>celestia-app's published data root of a block without transactions.</summary>
    [Fact]
    public void Build_Nothing_IsOneShareOfTailPadding()
    {
        DataSquare square = new SquareBuilder().Build();
        Assert.Equal(1, square.Width);
        Assert.Empty(square.Blobs);
        Assert.Equal(
            "3d96b7d238e7e0456f6af8e7cdf0a67bd6cf9c2089ecb559c659dcaa1f880353",
            Convert.ToHexStringLower(NaiveNamespacedTree.DataRoot(square.Cells.Span, 1)));
    }

    [Fact]
    public void Build_RandomContents_ReadBack()
    {
        for (int seed = 0; seed < TestSettings.Scale(150, 3000); seed++)
        {
            var random = new Random(seed);
            var builder = new SquareBuilder(random.Next(2) == 0 ? 512 : 16, random.Next(3) == 0 ? random.Next(1, 70) : 64);
            var transactions = new List<byte[]>();
            var payers = new List<BlobTransaction>();
            var outside = new List<byte[]>();
            var blobs = new List<Blob>();
            for (int i = random.Next(4) * random.Next(20); i > 0; i--)
            {
                byte[] transaction = RandomSquares.Transaction(random);
                if (builder.Add(transaction) == SquareAddResult.Added) transactions.Add(transaction);
            }
            for (int i = random.Next(8); i > 0; i--)
            {
                BlobTransaction payer = RandomSquares.BlobTransaction(random);
                SquareAddResult result = random.Next(2) == 0 ? builder.Add(payer) : builder.Add(TestSquares.Encoded(payer.WriteTo));
                if (result != SquareAddResult.Added) continue;
                payers.Add(payer);
                blobs.AddRange(payer.Blobs);
            }
            for (int i = random.Next(4); i > 0; i--)
            {
                byte[] transaction = RandomSquares.Transaction(random);
                Blob blob = RandomSquares.Blob(random, 2);
                if (builder.AddOutside(transaction, blob) != SquareAddResult.Added) continue;
                outside.Add(transaction);
                blobs.Add(blob);
            }
            for (int i = random.Next(5); i > 0; i--)
            {
                Blob blob = RandomSquares.Blob(random, (byte)random.Next(2));
                if (builder.AddBlob(blob) == SquareAddResult.Added) blobs.Add(blob);
            }
            DataSquare square = builder.Build();
            Assert.Equal(SquareReadResult.Ok, DataSquare.TryRead(square.Cells, out DataSquare? read));
            Assert.True(builder.ShareCount <= square.Width * square.Width && (square.Width == 1 || builder.ShareCount > square.Width * square.Width / 4));
            AssertSame(transactions, read!.Transactions);
            AssertSame(outside, read.PayForOutside);
            AssertSame(payers.Select(payer => payer.Transaction.ToArray()), read.PayForBlobs.Select(Unwrapped));
            Blob[] sorted = [.. blobs.OrderBy(blob => blob.Namespace)];
            Assert.Equal(sorted.Length, read.Blobs.Count);
            for (int i = 0; i < sorted.Length; i++) AssertSame(sorted[i], read.Read(read.Blobs[i]));
        }
    }

    [Fact]
    public void TryFind_EveryBlob_IsFoundByItsCommitmentAlone()
    {
        var random = new Random(5);
        var builder = new SquareBuilder();
        var blobs = new List<Blob>();
        for (int i = 0; i < 40; i++)
        {
            blobs.Add(RandomSquares.Blob(random, (byte)(i % 2)));
            Assert.Equal(SquareAddResult.Added, builder.AddBlob(blobs[i]));
        }
        DataSquare square = builder.Build();
        var commitment = new byte[BlobCommitment.Size];
        foreach (Blob blob in blobs)
        {
            BlobCommitment.Compute(blob, commitment);
            Assert.True(square.TryFind(blob.Namespace, commitment, out BlobRange range));
            AssertSame(blob, square.Read(range));
            Assert.Equal(0, range.Start % BlobCommitment.SubtreeWidth(range.ShareCount));
            Assert.Equal(range.ShareCount, range.Rows(square.Width).Sum(row => row.Count));
            int at = range.Start;
            foreach (RowRange row in range.Rows(square.Width))
            {
                Assert.Equal(at, row.Row * square.Width + row.Column);
                Assert.True(row.Column + row.Count <= square.Width);
                at += row.Count;
            }
            commitment[0] ^= 1;
            Assert.False(square.TryFind(blob.Namespace, commitment, out _));
            Assert.Contains(range, square.BlobsOf(blob.Namespace).ToArray());
        }
        Assert.True(square.BlobsOf(Namespace.ForBlobs([9, 9, 9])).IsEmpty);
        Assert.False(square.TryFind(blobs[0].Namespace, [], out _));
        Assert.Throws<ArgumentException>(() => square.Read(square.Blobs[0] with { Length = 1 << 30 }));
        Assert.Throws<ArgumentException>(() => square.Read(default));
    }

    /// <summary>The blocks' transactions, made again from the square alone, give the same square.</summary>
    internal static void AssertRebuilds(DataSquare square)
    {
        var builder = new SquareBuilder();
        foreach (ReadOnlyMemory<byte> transaction in square.Transactions) Assert.Equal(SquareAddResult.Added, builder.Add(transaction));
        foreach (ReadOnlyMemory<byte> unit in square.PayForBlobs)
        {
            Assert.True(IndexWrapper.TryRead(unit, out IndexWrapper? wrapper));
            Blob[] blobs = [.. wrapper!.ShareIndexes.ToArray().Select(index => square.Read(square.Blobs.Single(blob => blob.Start == index)))];
            Assert.Equal(SquareAddResult.Added, builder.Add(TestSquares.Encoded(new BlobTransaction(wrapper.Transaction, blobs).WriteTo)));
        }
        Assert.True(square.Cells.Span.SequenceEqual(builder.Build().Cells.Span));
    }

    private static byte[] Unwrapped(ReadOnlyMemory<byte> unit)
    {
        Assert.True(IndexWrapper.TryRead(unit, out IndexWrapper? wrapper));
        return wrapper!.Transaction.ToArray();
    }

    private static void AssertSame(IEnumerable<byte[]> expected, IEnumerable<byte[]> got) => Assert.Equal(expected, got);

    private static void AssertSame(List<byte[]> expected, TransactionCollection got)
    {
        Assert.Equal(expected.Count, got.Count);
        AssertSame(expected, got.Select(transaction => transaction.ToArray()));
    }

    private static void AssertSame(Blob expected, Blob got)
    {
        Assert.Equal((expected.Namespace, expected.ShareVersion), (got.Namespace, got.ShareVersion));
        Assert.True(expected.Data.Span.SequenceEqual(got.Data.Span) && expected.Signer.Span.SequenceEqual(got.Signer.Span));
    }
}
