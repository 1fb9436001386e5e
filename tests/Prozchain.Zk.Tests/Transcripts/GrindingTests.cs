using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Tests;

public class GrindingTests
{
    private static readonly ProtocolId s_protocol = new("example.org/grinding/v1");

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    public void Grind_AnyThreads_SendsTheLeastNonceAndTheVerifierAcceptsIt(int bits)
    {
        (byte[] serial, byte[] challenge) = Prove(bits, threads: 1);
        (byte[] parallel, byte[] same) = Prove(bits, threads: 3);
        Assert.Equal(serial, parallel);
        Assert.Equal(challenge, same);
        Assert.Equal(ReadResult.Ok, Verify(serial, bits, out byte[] verified));
        Assert.Equal(challenge, verified);
        ulong nonce = BinaryPrimitives.ReadUInt64LittleEndian(serial);
        for (ulong smaller = 0; smaller < nonce; smaller++) Assert.Equal(ReadResult.InsufficientWork, Verify(BitConverter.GetBytes(smaller), bits, out _));
    }

    [Fact]
    public void TryReceiveWork_OtherNonceBitsOrStatement_IsRefusedOrChangesTheChallenge()
    {
        (byte[] proof, byte[] challenge) = Prove(bits: 10, threads: 1);
        Assert.Equal(ReadResult.InsufficientWork, Verify(proof, bits: 30, out _));
        Assert.Equal(ReadResult.Truncated, Verify(proof.AsSpan(0, 7).ToArray(), bits: 10, out _));
        Assert.Equal(ReadResult.TrailingBytes, Verify([.. proof, 0], bits: 10, out _));
        int accepted = 0;
        for (ulong nonce = BinaryPrimitives.ReadUInt64LittleEndian(proof) + 1; accepted < 3; nonce++)
        {
            if (Verify(BitConverter.GetBytes(nonce), bits: 10, out byte[] other) != ReadResult.Ok) continue;
            accepted++;
            Assert.NotEqual(challenge, other);
        }
        // Asking for less work is another protocol: the same nonce gives other challenges, or none.
        if (Verify(proof, bits: 1, out byte[] easier) == ReadResult.Ok) Assert.NotEqual(challenge, easier);
    }

    [Fact]
    public void TryReceiveWork_AfterInsufficientWork_FailsForGood()
    {
        using var transcript = new VerifierTranscript<Keccak256>(s_protocol, new byte[16]);
        Assert.Equal(ReadResult.InsufficientWork, transcript.TryReceiveWork("work"u8, 40));
        Assert.Equal(ReadResult.InsufficientWork, transcript.TryReceive("next"u8, stackalloc byte[1]));
        Assert.Equal(ReadResult.InsufficientWork, transcript.Finish());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(41)]
    [InlineData(-1)]
    public void Grind_BitsOutOfRange_Throws(int bits)
    {
        using var prover = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        Assert.Throws<ArgumentOutOfRangeException>(() => prover.Grind("work"u8, bits));
    }

    [Fact]
    public void Grind_Cancelled_Stops()
    {
        using var prover = new ProverTranscript<Keccak256>(s_protocol, new ArrayBufferWriter<byte>());
        Assert.ThrowsAny<OperationCanceledException>(() => prover.Grind("work"u8, 40, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static (byte[] Proof, byte[] Challenge) Prove(int bits, int threads)
    {
        var proof = new ArrayBufferWriter<byte>();
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, proof);
        transcript.Absorb("statement"u8, "x"u8);
        transcript.Grind("work"u8, bits, threads, TestContext.Current.CancellationToken);
        return (proof.WrittenSpan.ToArray(), End(transcript));
    }

    private static ReadResult Verify(byte[] proof, int bits, out byte[] challenge)
    {
        using var transcript = new VerifierTranscript<Keccak256>(s_protocol, proof);
        transcript.Absorb("statement"u8, "x"u8);
        transcript.TryReceiveWork("work"u8, bits);
        challenge = End(transcript);
        return transcript.Finish();
    }

    private static byte[] End(ITranscript transcript)
    {
        var challenge = new byte[16];
        transcript.Challenge("end"u8, challenge);
        return challenge;
    }
}
