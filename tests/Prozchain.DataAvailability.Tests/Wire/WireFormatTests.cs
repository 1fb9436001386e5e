using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Wire;

public class WireFormatTests
{
    private delegate ReadResult Reader(ReadOnlySpan<byte> source, out byte[]? again);

    private static readonly (string Name, Reader Read, byte[][] Seeds)[] s_formats =
    [
        ("header", ReadHeader, [.. Squares().Select(square => TestSquares.Encoded(square.Header.WriteTo))]),
        ("proof", ReadProof, [.. Squares().Select(square => TestSquares.Encoded(square.ProveCell(1, 0, Axis.Column).WriteTo))]),
        ("share", ReadShare, [.. Squares().Select(square => TestSquares.Encoded(square.GetShare(1, 0).WriteTo))]),
        ("root proof", ReadRootProof, [.. Squares().Select(square => TestSquares.Encoded(square.Header.ProveRoot(Axis.Column, 1).WriteTo))]),
        ("namespaced proof", ReadNamespacedProof, [.. NamespacedProofs().Select(proof => TestSquares.Encoded(proof.WriteTo))]),
    ];

    public static TheoryData<int> Formats => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_Valid_RoundTripsAndEveryPrefixIsTruncated(int format)
    {
        (_, Reader read, byte[][] seeds) = s_formats[format];
        foreach (byte[] seed in seeds)
        {
            Assert.Equal(ReadResult.Ok, read(seed, out byte[]? again));
            Assert.Equal(seed, again);
            for (int length = 0; length < seed.Length; length++)
            {
                Assert.Equal(ReadResult.Truncated, read(seed.AsSpan(0, length), out again));
                Assert.Null(again);
            }
            Assert.Equal(ReadResult.TrailingBytes, read([.. seed, 0], out _));
            Assert.Equal(ReadResult.UnknownVersion, read([1, .. seed[1..]], out _));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_HostileBytes_NeverThrowsAndStaysCanonical(int format)
    {
        (_, Reader read, byte[][] seeds) = s_formats[format];
        HostileBytes.Feed(seeds, bytes =>
        {
            ReadResult result = read(bytes, out byte[]? again);
            Assert.Equal(result == ReadResult.Ok, again is not null);
            if (again is not null) Assert.Equal(bytes, again);
        });
    }

    [Fact]
    public void TryCheck_HostileShares_PassOnlyIfUntouched()
    {
        ExtendedSquare square = TestSquares.Full(4);
        byte[] valid = TestSquares.Encoded(square.GetShare(2, 6).WriteTo);
        HostileBytes.Feed([valid], bytes =>
        {
            if (Share.TryRead(bytes, out Share? share) != ReadResult.Ok) return;
            if (share!.TryCheck(square.Header, out _) == CellCheck.Valid) Assert.Equal(valid, bytes);
        }, 50_000);
    }

    [Theory]
    [InlineData("00010306", ReadResult.UnknownTree)]
    [InlineData("00000A01", ReadResult.OutOfRange)]
    [InlineData("00000000", ReadResult.OutOfRange)]
    [InlineData("00000080", ReadResult.Truncated)]
    [InlineData("0000008000", ReadResult.OutOfRange)]
    [InlineData("0000008108", ReadResult.OutOfRange)]
    [InlineData("0000098008", ReadResult.OutOfRange)]
    [InlineData("0000098408", ReadResult.OutOfRange)]
    [InlineData("000000FFFFFFFFFFFFFFFFFF01", ReadResult.OutOfRange)]
    [InlineData("000000808000", ReadResult.OutOfRange)]
    public void HeaderTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, SquareHeader.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("00020000000000", ReadResult.OutOfRange)]
    [InlineData("00000004000000", ReadResult.OutOfRange)]
    [InlineData("00000000000400", ReadResult.OutOfRange)]
    [InlineData("000000000000008120", ReadResult.TrailingBytes)]
    [InlineData("0000000000008120", ReadResult.OutOfRange)]
    [InlineData("0000000000008020", ReadResult.Truncated)]
    [InlineData("00000000000080", ReadResult.Truncated)]
    [InlineData("00000000000000", ReadResult.Ok)]
    public void ProofTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, CellProof.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("0003", ReadResult.OutOfRange)]
    [InlineData("000001000100", ReadResult.OutOfRange)]
    [InlineData("000000000004", ReadResult.Truncated)]
    [InlineData("00000000010400", ReadResult.OutOfRange)]
    [InlineData("00000000000400", ReadResult.Ok)]
    [InlineData("00000000000415", ReadResult.OutOfRange)]
    [InlineData("00010000020000", ReadResult.OutOfRange)]
    [InlineData("000200", ReadResult.TrailingBytes)]
    [InlineData("0002", ReadResult.Ok)]
    public void NamespacedProofTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, NamespacedProof.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("000200000020", ReadResult.OutOfRange)]
    [InlineData("00000A000020", ReadResult.OutOfRange)]
    [InlineData("000000020020", ReadResult.OutOfRange)]
    [InlineData("000000010000", ReadResult.OutOfRange)]
    [InlineData("000000010081", ReadResult.OutOfRange)]
    [InlineData("000000010020", ReadResult.Truncated)]
    public void RootProofTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, RootProof.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void ShareTryRead_LargestShare_HasTheStatedSize()
    {
        var proof = new CellProof(Axis.Column, new CellCoordinate(1023, 1023), new byte[CellProof.MaxPathSize]);
        byte[] bytes = TestSquares.Encoded(new Share(proof, new byte[SquareParameters.MaxCellSize]).WriteTo);
        Assert.Equal(Share.MaxEncodedSize, bytes.Length);
        Assert.Equal(ReadResult.Ok, Share.TryRead(bytes, out _));
        Assert.Equal(ReadResult.OutOfRange, Share.TryRead([0, 0, .. bytes[3..]], out _));
        Assert.ThrowsAny<ArgumentException>(() => new Share(proof, new byte[SquareParameters.MaxCellSize + 64]));
        Assert.ThrowsAny<ArgumentException>(() => new Share(proof, new byte[63]));
        Assert.ThrowsAny<ArgumentException>(() => new Share(proof, []));
    }

    /// <summary>Frozen: another hash means another format, which needs another version byte.</summary>
    [Theory]
    [InlineData(0, "ecbd4b74230af9659aa364a6dcfeb31960ec2866f1f76c4f1f908f01a4e5e8c7")]
    [InlineData(1, "a897dc57cd896e2204bbc7b1749335380ec52e05568918499af76ec33f44c7e1")]
    [InlineData(2, "b1e27b1d246d0fd8ba7f78e2d8428f65501af28a3d6bbfdb714db3429c214861")]
    [InlineData(3, "560e90a48b9eb04845c245e3ec3ea10d40899c79e2bf72ab4c9b09bd26892268")]
    [InlineData(4, "7c01b274cb46db47da624731b356149a0bae8fec690ee5618e8684c3525a3994")]
    public void Encodings_OfSeededCases_AreFrozen(int format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] seed in s_formats[format].Seeds) hash.AppendData(seed);
        Assert.Equal(expected, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Frozen: the data root of a payload of 1000 bytes 0, 1, 2, ... in the smallest square of 64-byte cells.</summary>
    [Fact]
    public void DataRoot_OfAKnownPayload_IsFrozen()
    {
        byte[] payload = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        ExtendedSquare square = ExtendedSquare.Encode(payload, SquareParameters.ForPayload(payload.Length, 64));
        Assert.Equal(4, square.Parameters.DataWidth);
        Assert.Equal("541540d3dacb94ae6ad8af00d87331750c34b74261035bcf28cdcc9a781541f0", Convert.ToHexStringLower(square.DataRoot));
    }

    private static IEnumerable<ExtendedSquare> Squares()
    {
        yield return TestSquares.Full(1);
        yield return TestSquares.Full(2, 2, 128);
        yield return TestSquares.Full(4, 3, 512);
    }

    private static IEnumerable<NamespacedProof> NamespacedProofs()
    {
        // Namespaces 0, 0, 2, 2.
        var line = new AxisLine(Axis.Row, 0, 8);
        byte[] cells = TestSquares.Random(1, 8 * 64);
        for (int i = 0; i < 4; i++)
        {
            cells.AsSpan(64 * i, 29).Clear();
            cells[64 * i + 28] = (byte)(i / 2 * 2);
        }
        NamespacedLine tree = NamespacedAxisTree.Instance.Build(line, line.Of(cells, 64));
        yield return tree.ProveRange(1, 6);
        yield return tree.ProveNamespace([.. new byte[28], 2]);
        yield return tree.ProveNamespace([.. new byte[28], 1]);
        yield return tree.ProveNamespace([.. new byte[28], 3]);
    }

    private static ReadResult ReadRootProof(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = RootProof.TryRead(source, out RootProof? proof);
        again = proof is null ? null : TestSquares.Encoded(proof.WriteTo);
        return result;
    }

    private static ReadResult ReadNamespacedProof(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = NamespacedProof.TryRead(source, out NamespacedProof? proof);
        again = proof is null ? null : TestSquares.Encoded(proof.WriteTo);
        return result;
    }

    private static ReadResult ReadHeader(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = SquareHeader.TryRead(source, NaiveReedSolomon.Instance, PlainAxisTree.Instance, out SquareHeader? header);
        again = header is null ? null : TestSquares.Encoded(header.WriteTo);
        return result;
    }

    private static ReadResult ReadProof(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = CellProof.TryRead(source, out CellProof? proof);
        again = proof is null ? null : TestSquares.Encoded(proof.WriteTo);
        return result;
    }

    private static ReadResult ReadShare(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = Share.TryRead(source, out Share? share);
        again = share is null ? null : TestSquares.Encoded(share.WriteTo);
        return result;
    }
}
