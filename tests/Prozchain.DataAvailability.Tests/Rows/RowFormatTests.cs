using System.Security.Cryptography;
using Prozchain.DataAvailability.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Rows;

public class RowFormatTests
{
    private delegate ReadResult Reader(ReadOnlySpan<byte> source, out byte[]? again);

    private static readonly (Reader Read, byte[][] Seeds)[] s_formats =
    [
        (ReadCommitment, [.. All().Select(rows => TestSquares.Encoded(rows.Commitment.WriteTo))]),
        (ReadProof, [.. All().SelectMany(rows => (byte[][])[TestSquares.Encoded(rows.Prove(0, true).WriteTo), TestSquares.Encoded(rows.Prove(1).WriteTo)])]),
        (ReadVector, [.. All().Select(rows => TestSquares.Encoded(rows.Rlc.WriteTo))]),
        (ReadHeader, [.. All().Select(rows => TestSquares.Encoded(rows.Header.WriteTo))]),
    ];

    public static TheoryData<int> Formats => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_Valid_RoundTripsAndEveryPrefixIsTruncated(int format)
    {
        (Reader read, byte[][] seeds) = s_formats[format];
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
        (Reader read, byte[][] seeds) = s_formats[format];
        HostileBytes.Feed(seeds, bytes =>
        {
            ReadResult result = read(bytes, out byte[]? again);
            Assert.Equal(result == ReadResult.Ok, again is not null);
            if (again is not null) Assert.Equal(bytes, again);
        }, 50_000);
    }

    [Fact]
    public void Verify_HostileProofs_PassOnlyIfUntouched()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 64);
        RowVerifier verifier = TestRows.Verifier(rows);
        byte[] parity = TestSquares.Encoded(rows.Prove(9).WriteTo), alone = TestSquares.Encoded(rows.Prove(2, true).WriteTo);
        HostileBytes.Feed([parity, alone], bytes =>
        {
            if (RowProof.TryRead(bytes, out RowProof? proof) != ReadResult.Ok) return;
            if (verifier.Verify(proof!, out _) == RowCheck.Valid) Assert.Equal(proof!.RlcPath.IsEmpty ? parity : alone, bytes);
            if (proof!.Verify(rows.Commitment) == RowCheck.Valid) Assert.Equal(alone, bytes);
        }, 20_000);
    }

    [Theory]
    [InlineData("000011", ReadResult.OutOfRange)]
    [InlineData("000404", ReadResult.OutOfRange)]
    [InlineData("00010200", ReadResult.OutOfRange)]
    [InlineData("0001028000", ReadResult.OutOfRange)]
    [InlineData("0001028140", ReadResult.OutOfRange)]
    [InlineData("0001028040", ReadResult.Truncated)]
    [InlineData("000E1001", ReadResult.OutOfRange)]
    [InlineData("000F108008", ReadResult.OutOfRange)]
    [InlineData("000F10FF03", ReadResult.Truncated)]
    public void CommitmentTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, RowCommitment.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("0000000100000000", ReadResult.Truncated)]
    [InlineData("0000000000000000", ReadResult.OutOfRange)]
    [InlineData("000000011100", ReadResult.OutOfRange)]
    [InlineData("000000010010", ReadResult.OutOfRange)]
    [InlineData("00FFFF81400000", ReadResult.OutOfRange)]
    [InlineData("00FFFF80400000", ReadResult.Truncated)]
    public void ProofTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, RowProof.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void VectorTryRead_TooManyRows_IsNamed() => Assert.Equal(ReadResult.OutOfRange, RlcVector.TryRead([0, 16], out _));

    /// <summary>Frozen: another hash means another format, which needs another version byte.</summary>
    [Theory]
    [InlineData(0, "f5b904daffcd955eddb133226e555604f7e8816bb3a1a44ab9b8c112336184d0")]
    [InlineData(1, "f09c64dbceab605774574bd268b9acb9408547cf3c55f6569a4f66cbf8896349")]
    [InlineData(2, "b7eb0e42792f4baeb3b1d41d2a392b6a2c405359123cea1c62fa0cb5962f8bac")]
    [InlineData(3, "0c4587b07538a09de199657b9c05fde20d8530ce04d978d8bb5de8041ee1d2f9")]
    public void Encodings_OfSeededCases_AreFrozen(int format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] seed in s_formats[format].Seeds) hash.AppendData(seed);
        string got = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == got, $"Expected {expected}, got {got}.");
    }

    private static IEnumerable<ExtendedRows> All() => [TestRows.Full(1, 1, 64), TestRows.Full(2, 6, 128, 2), TestRows.Full(8, 8, 192, 3)];

    private static ReadResult ReadCommitment(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = RowCommitment.TryRead(source, out RowCommitment? commitment);
        again = commitment is null ? null : TestSquares.Encoded(commitment.WriteTo);
        return result;
    }

    private static ReadResult ReadProof(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = RowProof.TryRead(source, out RowProof? proof);
        again = proof is null ? null : TestSquares.Encoded(proof.WriteTo);
        return result;
    }

    private static ReadResult ReadHeader(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = RowHeader.TryRead(source, out RowHeader? header);
        again = header is null ? null : TestSquares.Encoded(header.WriteTo);
        return result;
    }

    private static ReadResult ReadVector(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = RlcVector.TryRead(source, out RlcVector? vector);
        again = vector is null ? null : TestSquares.Encoded(vector.WriteTo);
        return result;
    }
}
