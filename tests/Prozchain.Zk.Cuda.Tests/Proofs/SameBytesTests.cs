using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>A proof does not tell where it was made.</summary>
[Collection(nameof(DeviceTests))]
public sealed class SameBytesTests
{
    [Theory]
    [InlineData(4, StarkHash.Keccak256)]
    [InlineData(4, StarkHash.Poseidon2)]
    [InlineData(5, StarkHash.Blake3)]
    [InlineData(5, StarkHash.Sha256)]
    [InlineData(6, StarkHash.Keccak256)]
    [InlineData(8, StarkHash.Keccak256)]
    public void KoalaBears(int degree, StarkHash hash) => RoundTrips<F>(degree, hash);

    [Theory]
    [InlineData(StarkHash.Keccak256)]
    [InlineData(StarkHash.Poseidon2)]
    public void BabyBears(StarkHash hash) => RoundTrips<Field31<BabyBear>>(4, hash);

    [Fact]
    public void Poseidon2Permutations_AtSecure100()
    {
        Poseidon2Air<KoalaBear> air = new(2);
        var inputs = new F[16 * 60];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = F.FromUInt64((ulong)i * 3);
        Compare([air], [air.Generate(inputs)], 5);
    }

    [Fact]
    public void KeccakPermutations_AtSecure100()
    {
        KeccakAir air = new(isAlone: true);
        Compare([air], [KeccakInput.Generate<F>([new(new ulong[25], 0)])], 5);
    }

    private static void Compare(IAir[] airs, Trace<F>[] traces, int logRows)
    {
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, logRows, logRows)));
        F[][] publics = [[]];
        byte[] expected = Bytes(StarkProver.Prove(key, traces, publics));
        using CudaDevice device = TestDevice.Open();
        StarkProof proof = StarkProver.Prove(key, traces, publics, new StarkProverOptions().WithCuda(device));
        Assert.Equal(expected, Bytes(proof));
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, proof));
    }

    private static void RoundTrips<TField>(int degree, StarkHash hash) where TField : unmanaged, ITwoAdicField<TField>
    {
        foreach ((int ring, int pairs) in ((int, int)[])[(0, 2), (2, 7), (7, 5)]) RoundTrip<TField>(degree, hash, hiding: false, ring, pairs, ring < 4 ? 2 : 1);
        RoundTrip<TField>(degree, hash, hiding: true, 6, 7, 1);
    }

    private static void RoundTrip<TField>(int degree, StarkHash hash, bool hiding, int ring, int pairs, int logBlowup) where TField : unmanaged, ITwoAdicField<TField>
    {
        RingCase<TField> statement = new(degree, hash, hiding, ring, pairs, logBlowup);
        byte[] expected = Bytes(statement.Prove(new() { Randomness = new SeededGenerator(3) }));
        using (CudaDevice device = TestDevice.Open())
        {
            StarkProof proof = statement.Prove(new StarkProverOptions { Randomness = new SeededGenerator(3) }.WithCuda(device));
            Assert.True(expected.AsSpan().SequenceEqual(Bytes(proof)), $"degree {degree}, {hash}, hiding {hiding}, 2^{ring} and 2^{pairs} rows");
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    private static byte[] Bytes(StarkProof proof)
    {
        ArrayBufferWriter<byte> bytes = new();
        proof.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
