using System.Security.Cryptography;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Squares;

public class BlobCommitmentTests
{
    private static readonly Namespace s_ns = Namespace.ForBlobs([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);

    /// <summary>Widths by the specification's own words, and where they change; the last column is a threshold other than 64.</summary>
    [Theory]
    [InlineData(1, 64, 1)]
    [InlineData(2, 64, 1)]
    [InlineData(64, 64, 1)]
    [InlineData(65, 64, 2)]
    [InlineData(128, 64, 2)]
    [InlineData(129, 64, 4)]
    [InlineData(256, 64, 4)]
    [InlineData(257, 64, 8)]
    [InlineData(3423, 64, 64)]
    [InlineData(262144, 64, 512)]
    [InlineData(262143, 64, 512)]
    [InlineData(11, 8, 2)]
    [InlineData(11, 1, 4)]
    [InlineData(5, 1, 4)]
    [InlineData(4, 1, 2)]
    public void SubtreeWidth_OfEachCount_IsAsSpecified(int count, int threshold, int width) =>
        Assert.Equal(width, BlobCommitment.SubtreeWidth(count, threshold));

    // go-square's own known answers, whose root over the trees' roots is a plain hash in place of RFC 6962.
    [Theory]
    [InlineData(0, "31f5156d5db9a7f5b43b297a14c070c2cc4ef3d69d87ed08addd216d9b9fa118")]
    [InlineData(1, "883c74064e8e2627ad5808389f1f1924194c1ae23c7df962c8d56df062a92b2b")]
    [InlineData(2, "bc9c08d43835c021b5d51eca0bcc8962daae3cf406d212989874cc827034c839")]
    public void SubtreeRoots_PublishedBlobs_GiveThePublishedHash(byte version, string expected)
    {
        byte[] got = OverPublishedRoots(PublishedBlob(s_ns, version), BlobCommitment.DefaultThreshold);
        Assert.Equal(expected, Convert.ToHexStringLower(got));
    }

    [Fact]
    public void Compute_AnyBlob_IsTheNaiveRoot()
    {
        var commitment = new byte[BlobCommitment.Size];
        foreach ((int count, int threshold) in ((int, int)[])[(1, 64), (2, 64), (3, 1), (7, 1), (11, 2), (65, 64), (127, 64), (129, 64), (300, 64), (300, 3), (700, 1)])
        {
            Blob blob = Sized(count);
            Assert.Equal(count, blob.ShareCount);
            byte[] shares = Shares(blob);
            BlobCommitment.Compute(blob, commitment, threshold);
            Assert.Equal(NaiveNamespacedTree.Commitment(shares, BlobCommitment.SubtreeWidth(count, threshold)), commitment);
        }
    }

    [Fact]
    public void Compute_AfterWarmUp_AllocatesNothing()
    {
        byte[] shares = Shares(Sized(700));
        var commitment = new byte[BlobCommitment.Size];
        AllocationAssert.None(() => BlobCommitment.Compute(shares, commitment));
    }

    [Fact]
    public void Compute_WrongLengths_AreRefused()
    {
        Blob blob = Sized(2);
        Assert.Throws<ArgumentException>(() => BlobCommitment.Compute(Shares(blob).AsSpan(1), new byte[32]));
        Assert.Throws<ArgumentException>(() => BlobCommitment.Compute(blob, new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobCommitment.Compute([], new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobCommitment.Compute(blob, new byte[32], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobCommitment.SubtreeWidth(512 * 512 + 1));
    }

    internal static Blob PublishedBlob(Namespace ns, byte version)
    {
        byte[] data = version == 2 ? [0, 0, 0, 1, .. Enumerable.Repeat((byte)0xAB, 32)] : [.. Enumerable.Repeat((byte)0xFF, 960 - 20 * version)];
        return new Blob(ns, data, version, version == 0 ? default : Enumerable.Repeat(version, 20).ToArray());
    }

    internal static byte[] OverPublishedRoots(Blob blob, int threshold)
    {
        int count = BlobCommitment.SubtreeCount(blob.ShareCount, threshold);
        var roots = new byte[count * NamespacedHash.NodeSize];
        BlobCommitment.SubtreeRoots(Shares(blob), threshold, roots);
        if (count == 1) return SHA256.HashData(roots);
        return SHA256.HashData([.. roots.Chunk(NamespacedHash.NodeSize).SelectMany(SHA256.HashData)]);
    }

    internal static byte[] Shares(Blob blob)
    {
        var shares = new byte[blob.ShareCount * ShareView.Size];
        blob.WriteShares(shares);
        return shares;
    }

    private static Blob Sized(int shares) => new(s_ns, TestSquares.Random(shares, 478 + 482 * (shares - 1)));
}
