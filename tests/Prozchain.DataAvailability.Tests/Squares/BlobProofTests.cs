using System.Security.Cryptography;
using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>One blob by its commitment, with a proof of its own.</summary>
public class BlobProofTests
{
    private static readonly DataSquare s_square = Square();
    private static readonly ExtendedSquare s_extended = s_square.Extend();

    [Fact]
    public void Extend_DataRoot_IsTheNaiveOne() =>
        Assert.Equal(NaiveNamespacedTree.DataRoot(s_square.Cells.Span, s_square.Width), s_extended.DataRoot.ToArray());

    [Fact]
    public void TryCheck_EveryBlob_IsValidAndRoundTrips()
    {
        Assert.True(s_square.Blobs.Count >= 8 && s_square.Blobs.Any(blob => blob.Rows(s_square.Width).Count() > 2));
        foreach (BlobRange range in s_square.Blobs)
        {
            byte[] bytes = TestSquares.Encoded(BlobProof.Create(s_extended, range).WriteTo);
            Assert.Equal(ReadResult.Ok, BlobProof.TryRead(bytes, out BlobProof? proof));
            Assert.Equal(bytes, TestSquares.Encoded(proof!.WriteTo));
            Assert.Equal((range.Start, range.ShareCount), (proof.Start, proof.ShareCount));
            Assert.Equal(BlobCheck.Valid, Check(proof, range, s_square.SharesOf(range).ToArray(), out Blob? blob));
            Assert.True(blob!.Data.Span.SequenceEqual(s_square.Read(range).Data.Span));
        }
    }

    [Fact]
    public void TryCheck_AnythingElse_IsNamed()
    {
        BlobRange range = s_square.Blobs.First(blob => blob.ShareCount > 8), other = s_square.Blobs.First(blob => blob.ShareCount != range.ShareCount);
        BlobProof proof = BlobProof.Create(s_extended, range);
        byte[] shares = s_square.SharesOf(range).ToArray(), changed = [.. shares];
        changed[40] ^= 1;
        Assert.Equal(BlobCheck.WrongCommitment, Check(proof, range, changed, out _));
        Assert.Equal(BlobCheck.WrongShares, Check(proof, range, shares[512..], out _));
        Assert.Equal(BlobCheck.WrongShares, Check(proof, range, [], out _));
        Assert.Equal(BlobCheck.WrongShares, Check(proof, other, s_square.SharesOf(other).ToArray(), out _));
        Assert.Equal(BlobCheck.WrongCommitment, proof.TryCheck(s_extended.Header, range.Namespace, new byte[31], shares, out _));
        Assert.Equal(BlobCheck.WrongNamespace, proof.TryCheck(s_extended.Header, Namespace.ForBlobs([9, 9]), Commitment(range), shares, out _));

        // The same shares in another square: of another tree, and of the same one with other contents.
        ExtendedSquare plain = ExtendedSquare.Extend(s_square.Cells.Span, new SquareParameters(s_square.Width));
        Assert.Equal(BlobCheck.WrongTree, proof.TryCheck(plain.Header, range.Namespace, Commitment(range), shares, out _));
        ExtendedSquare empty = new SquareBuilder().Build().Extend();
        Assert.Equal(BlobCheck.WrongRange, proof.TryCheck(empty.Header, range.Namespace, Commitment(range), shares, out _));
        byte[] cells = s_square.Cells.ToArray();
        foreach (RowRange row in range.Rows(s_square.Width))
        {
            cells[(row.Row * s_square.Width + row.Column) * 512 + 100] ^= 1;
            ExtendedSquare unlike = ExtendedSquare.Extend(cells, s_extended.Parameters);
            Assert.Equal(BlobCheck.BadProof, proof.TryCheck(unlike.Header, range.Namespace, Commitment(range), shares, out _));
        }
        Assert.Throws<ArgumentException>(() => BlobProof.Create(plain, range));
        Assert.Throws<ArgumentException>(() => BlobProof.Create(s_extended, range with { Start = s_square.Width * s_square.Width }));
        Assert.Throws<ArgumentException>(() => BlobProof.Create(s_extended, default));
    }

    [Fact]
    public void TryRead_Mutated_NeverThrowsAndPassesOnlyUntouched()
    {
        BlobRange range = s_square.Blobs.First(blob => blob.ShareCount > 8);
        byte[] valid = TestSquares.Encoded(BlobProof.Create(s_extended, range).WriteTo), shares = s_square.SharesOf(range).ToArray();
        HostileBytes.Feed([valid], bytes =>
        {
            ReadResult result = BlobProof.TryRead(bytes, out BlobProof? proof);
            Assert.Equal(result == ReadResult.Ok, proof is not null);
            if (proof is null) return;
            Assert.Equal(bytes, TestSquares.Encoded(proof.WriteTo));
            if (Check(proof, range, shares, out _) == BlobCheck.Valid) Assert.Equal(valid, bytes);
        }, 20_000);
        for (int length = 0; length < valid.Length; length++) Assert.Equal(ReadResult.Truncated, BlobProof.TryRead(valid.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, BlobProof.TryRead([.. valid, 0], out _));
        Assert.Equal(ReadResult.UnknownVersion, BlobProof.TryRead([1, .. valid[1..]], out _));
        Assert.Equal(ReadResult.OutOfRange, BlobProof.TryRead(Convert.FromHexString("00" + "00000400" + "01000000" + "01"), out _));
        Assert.Equal(ReadResult.OutOfRange, BlobProof.TryRead(Convert.FromHexString("00" + "00000000" + "00000000" + "01"), out _));
        Assert.Equal(ReadResult.OutOfRange, BlobProof.TryRead(Convert.FromHexString("00" + "00000000" + "01000000" + "8104"), out _));
    }

    /// <summary>Frozen: another hash means another format, which needs another version byte.</summary>
    [Fact]
    public void Encoding_OfAllBlobs_IsFrozen()
    {
        byte[] all = [.. s_square.Blobs.SelectMany(range => TestSquares.Encoded(BlobProof.Create(s_extended, range).WriteTo))];
        Assert.Equal("5c968f819a0cc00b82c59439175ac357eb45babb8e308932a222530fa9d9c241", Convert.ToHexStringLower(SHA256.HashData(all)));
    }

    private static BlobCheck Check(BlobProof proof, BlobRange range, byte[] shares, out Blob? blob) =>
        proof.TryCheck(s_extended.Header, range.Namespace, Commitment(range), shares, out blob);

    private static byte[] Commitment(BlobRange range)
    {
        var commitment = new byte[BlobCommitment.Size];
        s_square.Commit(range, commitment);
        return commitment;
    }

    private static DataSquare Square()
    {
        var builder = new SquareBuilder();
        builder.Add(TestSquares.Random(1, 900));
        for (int i = 0; i < 10; i++)
            builder.AddBlob(new Blob(Namespace.ForBlobs([1, (byte)(i / 3)]), TestSquares.Random(i, 300 + 200 * i * i), (byte)(i % 2), TestSquares.Random(i, 20 * (i % 2))));
        return builder.Build();
    }
}
