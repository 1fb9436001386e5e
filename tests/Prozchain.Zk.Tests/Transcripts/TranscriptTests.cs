using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class TranscriptTests
{
    private static readonly ProtocolId s_protocol = new("example.org/test/v1");

    // The answers below were computed by another program from docs/formats/zk-transcript.md.
    [Fact]
    public void Challenge_Keccak256_MatchesTheFormat() => CheckAnswer<Keccak256>(
        [46060444, 114124246, 1678827382],
        [299, 161, 809, 130, 560],
        "317a82f6a5595a78ddcb8841e4d774dfd914222dab33488eaff8300fe97959f7c52478d0e72e6dd5");

    [Fact]
    public void Challenge_Sha256_MatchesTheFormat() => CheckAnswer<Sha256>(
        [297636209, 1164159457, 1251780994],
        [984, 17, 855, 571, 966],
        "0f953b22ae88b3b6df9826bc88d645c1b21b35f1d2a55861c9d1a52073f9966e32ee883a9f8eacd7");

    [Fact]
    public void Challenge_BabyBear_MatchesTheFormatWithRejections()
    {
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        var challenges = new Field31<BabyBear>[20];
        transcript.Challenge<Field31<BabyBear>>("alpha"u8, challenges);
        uint[] expected =
        [
            87427903, 767175739, 1849849523, 1009021412, 1289250333, 1004739737, 1584724311, 601112743, 51180997, 1459120566,
            725424040, 800243614, 1602176652, 979846365, 266930692, 912841236, 1164818962, 1724984612, 1413275869, 481268549,
        ];
        Assert.Equal(expected, challenges.Select(challenge => challenge.ToUInt32()));
    }

    [Fact]
    public void ChallengeIndices_AnyBound_StaysBelowAndReachesAll()
    {
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        foreach (int bound in (int[])[1, 2, 3, 5, 64, 100])
        {
            var indices = new int[bound * 40];
            transcript.ChallengeIndices("queries"u8, bound, indices);
            Assert.Equal(Enumerable.Range(0, bound), indices.Distinct().Order());
        }
        var large = new int[100];
        transcript.ChallengeIndices("queries"u8, int.MaxValue, large);
        Assert.All(large, index => Assert.InRange(index, 0, int.MaxValue - 1));
        Assert.Contains(large, index => index > int.MaxValue / 2);
    }

    [Fact]
    public void Arguments_OutOfRange_ThrowAndLeaveTheTranscriptAsItWas()
    {
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        using var untouched = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        Assert.Throws<ArgumentException>(() => transcript.Absorb([], [1]));
        Assert.Throws<ArgumentException>(() => transcript.Send(new byte[256], [1]));
        Assert.Throws<ArgumentException>(() => transcript.Challenge([], new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.ChallengeIndices("i"u8, 0, new int[1]));
        byte[] a = new byte[32], b = new byte[32];
        transcript.Challenge("c"u8, a);
        untouched.Challenge("c"u8, b);
        Assert.Equal(b, a);
        Assert.Throws<ArgumentException>(() => new ProverTranscript<Keccak256>(default, new ArrayBufferWriter<byte>()));
        Assert.Throws<ArgumentNullException>(() => new ProverTranscript<Keccak256>(s_protocol, null!));
        Assert.Throws<ArgumentException>(() => new VerifierTranscript<Keccak256>(default, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("é")]
    public void ProtocolId_NotPrintableAscii_Throws(string name) => Assert.Throws<ArgumentException>(() => new ProtocolId(name));

    [Fact]
    public void ProtocolId_Names_AreComparedByText()
    {
        Assert.Equal(new ProtocolId("a"), new ProtocolId("a"));
        Assert.NotEqual(new ProtocolId("a"), new ProtocolId("b"));
        Assert.Equal(new ProtocolId("a").GetHashCode(), new ProtocolId("a").GetHashCode());
        Assert.Equal("a", new ProtocolId("a").Name);
        Assert.Equal("", default(ProtocolId).Name);
        Assert.Throws<ArgumentException>(() => new ProtocolId(new string('a', 256)));
    }

    [Fact]
    public void Operations_SeededCases_AreFrozen()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int seed = 0; seed < 200; seed++)
        {
            Operation[] operations = Operation.Random(seed, 1 + seed % 9);
            hash.AppendData(Operation.Run<Keccak256>(operations));
            hash.AppendData(Operation.Run<Sha256>(operations));
        }
        // A change of this constant is a change of the format.
        Assert.Equal("98a9cccf20ab422a0100dd9e630a25079618b654afe35168244edd254ce7d1f3", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void CheckAnswer<THash>(uint[] elements, int[] indices, string bytes) where THash : struct, IDigest<THash>
    {
        using var transcript = new ProverTranscript<THash>(s_protocol, new ArrayBufferWriter<byte>());
        transcript.Absorb("statement"u8, "hello"u8);
        transcript.Absorb<F>("row"u8, [F.Zero, F.One, -F.One]);
        var challenges = new F[3];
        transcript.Challenge<F>("alpha"u8, challenges);
        Assert.Equal(elements, challenges.Select(challenge => challenge.ToUInt32()));
        var queries = new int[5];
        transcript.ChallengeIndices("queries"u8, 1000, queries);
        Assert.Equal(indices, queries);
        var seed = new byte[40];
        transcript.Challenge("seed"u8, seed);
        Assert.Equal(bytes, Convert.ToHexStringLower(seed));
    }
}
