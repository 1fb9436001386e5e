using System.Security.Cryptography;
using Prozchain.DataAvailability.Slivers;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Slivers;

public class SliverFormatTests
{
    private delegate ReadResult Reader(ReadOnlySpan<byte> source, out byte[]? again);

    private static readonly SliverBlob s_blob = TestBlobs.Of(7, 2000);

    private static readonly (Reader Read, byte[][] Seeds)[] s_formats =
    [
        (ReadHeader, [TestSquares.Encoded(s_blob.Header.WriteTo), TestSquares.Encoded(TestBlobs.Of(4, 0).Header.WriteTo)]),
        (ReadSliver, [.. Axes.Select(axis => TestSquares.Encoded(s_blob.GetSliver(axis, 3).WriteTo))]),
        (ReadSymbol, [.. Axes.Select(axis => TestSquares.Encoded(TestBlobs.Checked(s_blob, axis, 6).Prove(5).WriteTo))]),
        (ReadProof, [.. Axes.Select(Inconsistency)]),
    ];

    public static TheoryData<int> Formats => [0, 1, 2, 3];

    private static Axis[] Axes => [Axis.Row, Axis.Column];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_Valid_RoundTripsAndEveryPrefixIsTruncated(int format)
    {
        (Reader read, byte[][] seeds) = s_formats[format];
        foreach (byte[] seed in seeds)
        {
            Assert.Equal(ReadResult.Ok, read(seed, out byte[]? again));
            Assert.Equal(seed, again);
            for (int length = 0; length < seed.Length; length++) Assert.Equal(ReadResult.Truncated, read(seed.AsSpan(0, length), out _));
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
        });
    }

    [Fact]
    public void Checks_HostileProofs_ShowNothing()
    {
        HostileBytes.Feed(s_formats[3].Seeds, bytes =>
        {
            if (InconsistencyProof.TryRead(bytes, s_blob.Header.Parameters, out InconsistencyProof? proof) == ReadResult.Ok) Assert.False(proof!.Verify(s_blob.Header));
        }, 2000);
        HostileBytes.Feed(s_formats[2].Seeds, bytes =>
        {
            if (SliverSymbol.TryRead(bytes, s_blob.Header.Parameters, out SliverSymbol? symbol) != ReadResult.Ok) return;
            if (symbol!.TryCheck(s_blob.Header, out _) == SliverCheck.Valid) Assert.Contains(Convert.ToHexString(bytes), s_formats[2].Seeds.Select(Convert.ToHexString));
        }, 5000);
    }

    /// <summary>Frozen: another hash means another format, which needs another version byte.</summary>
    [Theory]
    [InlineData(0, "353bb784a3555790f24f2060c4bcc93eba6010eac529f1061e658809fd09dc83")]
    [InlineData(1, "0993c8db10e8c29eb302cf83f8f6d92836dd32522f98e017f32892a0dee67314")]
    [InlineData(2, "83d38eab28ddbe48b7d2852c792f7185e2b6d357cdc765ff4c5c0d2282240efa")]
    [InlineData(3, "8fabd6863cdbacb7dc35979aa8bb8676a5bd7ae08f31fc80f62809ab7f95e6be")]
    public void Encodings_OfSeededCases_AreFrozen(int format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] seed in s_formats[format].Seeds) hash.AppendData(seed);
        Assert.Equal(expected, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Theory]
    [InlineData("0003004000000000000000", ReadResult.OutOfRange)]
    [InlineData("0001044000000000000000", ReadResult.OutOfRange)]
    [InlineData("0004000000000000000000", ReadResult.OutOfRange)]
    [InlineData("0004003F00000000000000", ReadResult.OutOfRange)]
    [InlineData("0004004000008001000000", ReadResult.OutOfRange)]
    [InlineData("0004008000000001000000", ReadResult.OutOfRange)]
    [InlineData("0004004000000081010000", ReadResult.OutOfRange)]
    [InlineData("0004004000000080010000", ReadResult.Truncated)]
    [InlineData("000400C0FFFFFF80010000", ReadResult.OutOfRange)]
    public void HeaderTryRead_WrongNumbers_AreNamed(string hex, ReadResult expected) =>
        Assert.Equal(expected, SliverHeader.TryRead(Convert.FromHexString(hex), out _));

    private static byte[] Inconsistency(Axis axis)
    {
        int count = s_blob.Header.Parameters.SymbolsOf(axis);
        return TestSquares.Encoded(new InconsistencyProof(axis, 2, [.. Enumerable.Range(7 - count, count).Select(i => TestBlobs.Across(s_blob, axis, 2, i).Symbol)]).WriteTo);
    }

    private static ReadResult ReadHeader(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = SliverHeader.TryRead(source, out SliverHeader? header);
        again = header is null ? null : TestSquares.Encoded(header.WriteTo);
        return result;
    }

    private static ReadResult ReadSliver(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = Sliver.TryRead(source, s_blob.Header.Parameters, out Sliver? sliver);
        again = sliver is null ? null : TestSquares.Encoded(sliver.WriteTo);
        return result;
    }

    private static ReadResult ReadSymbol(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = SliverSymbol.TryRead(source, s_blob.Header.Parameters, out SliverSymbol? symbol);
        again = symbol is null ? null : TestSquares.Encoded(symbol.WriteTo);
        return result;
    }

    private static ReadResult ReadProof(ReadOnlySpan<byte> source, out byte[]? again)
    {
        ReadResult result = InconsistencyProof.TryRead(source, s_blob.Header.Parameters, out InconsistencyProof? proof);
        again = proof is null ? null : TestSquares.Encoded(proof.WriteTo);
        return result;
    }
}
