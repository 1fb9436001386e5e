using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class TranscriptAllocation
{
    [Fact]
    public void Prover_Keccak256_AllocatesNothing() => CheckProver<Keccak256>();

    [Fact]
    public void Prover_Sha256_AllocatesNothing() => CheckProver<Sha256>();

    [Fact]
    public void Verifier_AnyProof_AllocatesNothing()
    {
        using var transcript = new VerifierTranscript<Keccak256>(new ProtocolId("test"), new byte[100_000]);
        byte[] bytes = new byte[100];
        F[] elements = new F[50];
        AllocationAssert.None(() =>
        {
            transcript.TryReceive("bytes"u8, bytes);
            transcript.TryReceive("elements"u8, elements.AsSpan());
            transcript.Challenge("alpha"u8, elements.AsSpan());
            transcript.Finish();
        });
        Assert.Equal(ReadResult.TrailingBytes, transcript.Finish());
    }

    private static void CheckProver<THash>() where THash : struct, IDigest<THash>
    {
        var proof = new ArrayBufferWriter<byte>(1 << 16);
        using var transcript = new ProverTranscript<THash>(new ProtocolId("test"), proof);
        byte[] bytes = new byte[200];
        F[] elements = FieldTools.Elements<F>(100, 1);
        int[] indices = new int[20];
        AllocationAssert.None(() =>
        {
            transcript.Absorb("statement"u8, bytes);
            transcript.Send("bytes"u8, bytes);
            transcript.Send<F>("elements"u8, elements);
            transcript.Challenge("seed"u8, bytes);
            transcript.Challenge("alpha"u8, elements.AsSpan());
            transcript.ChallengeIndices("queries"u8, 1000, indices);
        });
    }
}
