using System.Security.Cryptography;
using System.Buffers;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>The bytes of a proof do not depend on the threads; those of one that hides depend on its randomness only.</summary>
public sealed class ThreadsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SameBytes(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding, grinding: new(4, 4, 4, 4, 4, 4));
        byte[] Bytes(int threads, int seed)
        {
            (var traces, F[][] publics) = PitfallCase.Witness();
            ArrayBufferWriter<byte> bytes = new();
            StarkProof proof = StarkProver.Prove(key, traces, publics, new() { MaxDegreeOfParallelism = threads, Randomness = new SeededGenerator(seed) });
            Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, proof));
            proof.Write(bytes);
            return bytes.WrittenSpan.ToArray();
        }

        byte[] one = Bytes(1, 5);
        Assert.Equal(one, Bytes(2, 5));
        Assert.Equal(hiding, !one.AsSpan().SequenceEqual(Bytes(1, 6)));
    }
}
