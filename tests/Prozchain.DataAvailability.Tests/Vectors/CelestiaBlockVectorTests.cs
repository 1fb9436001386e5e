using System.IO.Compression;
using System.Text.Json;
using Prozchain.DataAvailability.Squares;
using Prozchain.DataAvailability.Tests.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>Blocks of Celestia's networks, and the answers of its own libraries.</summary>
public class CelestiaBlockVectorTests
{
    [Theory]
    [InlineData("celestia/mainnet_block_10126899.json", 8)]
    [InlineData("celestia/mocha_block_10383867.json", 2)]
    public void Build_TransactionsOfABlock_GivesItsDataHash(string file, int width)
    {
        using JsonDocument block = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(file)));
        int max = block.RootElement.GetProperty("square_size").GetInt32();
        DataSquare square = Build(block.RootElement, new SquareBuilder(max < 1 ? SquareParameters.MaxDataWidth : max));
        Assert.Equal(width, square.Width);
        string expected = block.RootElement.GetProperty("data_hash").GetString()!;
        Assert.Equal(expected, Convert.ToHexString(NaiveNamespacedTree.DataRoot(square.Cells.Span, width)));
        SquareTests.AssertRebuilds(square);
        foreach (ReadOnlyMemory<byte> payer in square.PayForBlobs) AssertPaidBlobsAreFound(square, payer);
    }

    [Fact]
    public void Build_BigBlock_PutsItsBlobsWhereTheyWere()
    {
        using JsonDocument block = Unzip("celestia/big_block.json.gz");
        DataSquare square = Build(block.RootElement, new SquareBuilder(128));
        Assert.Equal(84, square.Blobs.Count);
        Assert.Equal(25, square.PayForBlobs.Count);
        Assert.True(IndexWrapper.TryRead(square.PayForBlobs.First(), out IndexWrapper? first));
        Assert.Equal(2234u, first!.ShareIndexes.Span[0]);
        SquareTests.AssertRebuilds(square);
        foreach (ReadOnlyMemory<byte> payer in square.PayForBlobs) AssertPaidBlobsAreFound(square, payer);
    }

    [Fact]
    public void TryRead_SharesOfAMochaBlob_GiveOneBlobAndOneShareLessIsTooShort()
    {
        using JsonDocument file = Unzip("celestia/mocha-shares.json.gz");
        byte[] shares = [.. file.RootElement.EnumerateArray().SelectMany(share => share.GetBytesFromBase64())];
        Assert.Equal(3423 * ShareView.Size, shares.Length);
        Assert.Equal(SquareReadResult.Ok, Blob.TryRead(shares, out Blob? blob));
        Assert.Equal(Namespace.ForBlobs("renerene"u8), blob!.Namespace);
        Assert.Equal(1_649_397, blob.Data.Length);
        Assert.Equal(3423, blob.ShareCount);
        var again = new byte[shares.Length];
        blob.WriteShares(again);
        Assert.True(shares.AsSpan().SequenceEqual(again));
        Assert.Equal(SquareReadResult.BadLength, Blob.TryRead(shares.AsSpan(0, 3422 * ShareView.Size), out _));
        Assert.Equal(SquareReadResult.MissingStart, Blob.TryRead(shares.AsSpan(ShareView.Size), out _));
        Assert.Equal(SquareReadResult.WrongSize, Blob.TryRead([.. shares, .. shares], out _));
    }

    [Fact]
    public void Compute_BlobsOfTheVectors_GiveTheirCommitments()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("celestia/blob_commitments.json")));
        var ns = new Namespace(Convert.FromHexString(file.RootElement.GetProperty("namespace_hex").GetString()!));
        int threshold = file.RootElement.GetProperty("subtree_root_threshold").GetInt32();
        JsonElement[] cases = [.. file.RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(3, cases.Length);
        for (int version = 0; version < cases.Length; version++)
        {
            // What these cases must give is SHA-256(root 0 || root 1 ...) in place of the RFC 6962 root: checked in
            // BlobCommitmentTests from the same trees.
            Assert.Equal(version, cases[version].GetProperty("share_version").GetInt32());
            byte[] expected = Convert.FromHexString(cases[version].GetProperty("commitment").GetString()!);
            Assert.Equal(expected, BlobCommitmentTests.OverPublishedRoots(BlobCommitmentTests.PublishedBlob(ns, (byte)version), threshold));
        }
    }

    internal static JsonDocument Unzip(string file)
    {
        using var stream = new GZipStream(File.OpenRead(TestVectors.Require(file)), CompressionMode.Decompress);
        return JsonDocument.Parse(stream);
    }

    private static DataSquare Build(JsonElement block, SquareBuilder builder)
    {
        foreach (JsonElement transaction in block.GetProperty("txs").EnumerateArray())
            Assert.Equal(SquareAddResult.Added, builder.Add(transaction.GetBytesFromBase64()));
        return builder.Build();
    }

    // What was paid for names each blob's namespace and commitment: MsgPayForBlobs in the transaction's bytes.
    private static void AssertPaidBlobsAreFound(DataSquare square, ReadOnlyMemory<byte> payer)
    {
        Assert.True(IndexWrapper.TryRead(payer, out IndexWrapper? wrapper));
        var commitment = new byte[BlobCommitment.Size];
        foreach (uint index in wrapper!.ShareIndexes.Span)
        {
            BlobRange range = square.Blobs.Single(blob => blob.Start == index);
            square.Commit(range, commitment);
            Assert.True(wrapper.Transaction.Span.IndexOf(commitment) >= 0, $"The transaction does not name the commitment of blob {range}.");
            Assert.True(wrapper.Transaction.Span.IndexOf(range.Namespace.Bytes) >= 0);
            Assert.True(square.TryFind(range.Namespace, commitment, out BlobRange found));
            Assert.Equal(square.SharesOf(range).Span, square.SharesOf(found).Span);
        }
    }
}
