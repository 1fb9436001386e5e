using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

/// <summary>A toy exchange of two rounds: what the prover sends is what the verifier absorbs.</summary>
public class MessageTests
{
    private static readonly ProtocolId s_protocol = new("example.org/exchange/v1");

    [Fact]
    public void TryReceive_ProversMessages_GiveTheSameChallenges()
    {
        (byte[] proof, byte[] expected) = Prove();
        Assert.Equal(ReadResult.Ok, Verify(proof, out byte[] challenge));
        Assert.Equal(expected, challenge);
    }

    [Fact]
    public void TryReceive_WrongBytes_NamesTheFirstFailure()
    {
        (byte[] proof, _) = Prove();
        for (int length = 0; length < proof.Length; length++) Assert.Equal(ReadResult.Truncated, Verify(proof[..length], out _));
        Assert.Equal(ReadResult.TrailingBytes, Verify([.. proof, 0], out _));
        byte[] wrong = [.. proof];
        BitConverter.TryWriteBytes(wrong.AsSpan(5), KoalaBear.Modulus);
        Assert.Equal(ReadResult.NonCanonicalElement, Verify(wrong, out _));
    }

    [Fact]
    public void TryReceive_AfterAFailure_YieldsZerosAndTheSameFailure()
    {
        using var transcript = new VerifierTranscript<Keccak256>(s_protocol, new byte[3]);
        byte[] bytes = [1, 2, 3, 4];
        F[] elements = [F.One];
        Assert.Equal(ReadResult.Truncated, transcript.TryReceive("a"u8, bytes));
        Assert.Equal(ReadResult.Truncated, transcript.TryReceive("b"u8, elements.AsSpan()));
        Assert.Equal(ReadResult.Truncated, transcript.TryReceive("c"u8, bytes.AsSpan(0, 1)));
        Assert.Equal(new byte[4], bytes);
        Assert.Equal(F.Zero, elements[0]);
        Assert.Equal(ReadResult.Truncated, transcript.Finish());
    }

    [Fact]
    public void TryReceive_ProofChangedMeanwhile_YieldsTheBytesThatWereAbsorbed()
    {
        byte[] proof = [1, 2, 3, 4], message = new byte[4], expected = new byte[8], challenge = new byte[8];
        using var honest = new VerifierTranscript<Keccak256>(s_protocol, new byte[] { 1, 2, 3, 4 });
        using var transcript = new VerifierTranscript<MeddlingDigest>(s_protocol, proof);
        Assert.Equal(ReadResult.Ok, honest.TryReceive("a"u8, message));
        MeddlingDigest.Victim = proof;
        Assert.Equal(ReadResult.Ok, transcript.TryReceive("a"u8, message));
        MeddlingDigest.Victim = null;
        Assert.Equal(9, proof[0]);
        honest.Challenge("c"u8, expected);
        transcript.Challenge("c"u8, challenge);
        Assert.Equal(expected, challenge);
        Assert.Equal([1, 2, 3, 4], message);
    }

    [Fact]
    public void TryReceive_HostileProofs_NeverThrowAndNeverGiveTheSameChallenge()
    {
        (byte[] proof, byte[] expected) = Prove();
        int read = 0;
        Testing.HostileBytes.Feed([proof], bytes =>
        {
            byte[] mutated = bytes.ToArray();
            if (Verify(mutated, out byte[] challenge) != ReadResult.Ok) return;
            read++;
            Assert.Equal(mutated.AsSpan().SequenceEqual(proof), challenge.AsSpan().SequenceEqual(expected));
        });
        Assert.True(read > 1000, $"Only {read} mutations were read at all.");
    }

    private static (byte[] Proof, byte[] Challenge) Prove()
    {
        var proof = new ArrayBufferWriter<byte>();
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, proof);
        transcript.Absorb("statement"u8, "x"u8);
        transcript.Send("root"u8, "12345"u8);
        F point = Draw(transcript);
        transcript.Send<F>("values"u8, [F.FromUInt32(1000), F.FromUInt32(2)]);
        return (proof.WrittenSpan.ToArray(), End(transcript, point));
    }

    private static ReadResult Verify(byte[] proof, out byte[] challenge)
    {
        using var transcript = new VerifierTranscript<Keccak256>(s_protocol, proof);
        transcript.Absorb("statement"u8, "x"u8);
        transcript.TryReceive("root"u8, stackalloc byte[5]);
        F point = Draw(transcript);
        transcript.TryReceive("values"u8, stackalloc F[2]);
        challenge = End(transcript, point);
        return transcript.Finish();
    }

    // Written once, over the interface, as a protocol's code is.
    private static F Draw(ITranscript transcript)
    {
        Span<F> point = stackalloc F[1];
        transcript.Challenge("point"u8, point);
        return point[0];
    }

    private static byte[] End(ITranscript transcript, F point)
    {
        transcript.Absorb<F>("point again"u8, [point]);
        var challenge = new byte[16];
        transcript.Challenge("end"u8, challenge);
        return challenge;
    }

    /// <summary>Keccak-256 beside which someone else writes to the proof, just after it was hashed.</summary>
    private struct MeddlingDigest : IDigest<MeddlingDigest>
    {
        private Keccak256 _hash;

        [ThreadStatic]
        public static byte[]? Victim;

        public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination) => Keccak256.Hash(input, destination);

        public static MeddlingDigest Create() => new() { _hash = Keccak256.Create() };

        public void Append(ReadOnlySpan<byte> input) => _hash.Append(input);

        public void Finish(Span<byte> destination)
        {
            _hash.Finish(destination);
            if (Victim is { } proof) proof[0] = 9;
        }

        public void Dispose() => _hash.Dispose();
    }
}
