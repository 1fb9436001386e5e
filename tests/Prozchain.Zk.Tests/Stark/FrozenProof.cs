using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>A small statement that is always the same: bytes that add up to a sum, 2^5 rows, and the preprocessed table of 2^8 bytes that vouches for them.</summary>
internal sealed class FrozenProof
{
    private readonly Trace<F>[] _traces;
    private readonly F[][] _publics;

    public FrozenProof(bool zeroKnowledge = false)
    {
        IAir[] airs = [new SumOfBytesAir(), new ByteRangeAir()];
        StarkShape shape = StarkKey.ShapeOf<F>(airs, zeroKnowledge ? 8 : 5, 8, zeroKnowledge);
        Key = StarkKey.Create<F>(airs, StarkParameters.ForBenchmark(shape, extensionDegree: 4, logBlowup: 1, queries: 10, new(2, 3, 1, 2, 1, 4), maxLogArity: 3, logFinalLength: 1));
        var values = new byte[zeroKnowledge ? 256 : 32];
        new Random(3).NextBytes(values);
        uint[] asked = new uint[256];
        Trace<F> sums = SumOfBytesAir.Generate<F>(values, asked);
        _traces = [sums, ByteRangeAir.Generate<F>(asked)];
        _publics = [[sums[1, values.Length - 1]], []];
    }

    public StarkKey<F> Key { get; }

    public byte[] Bytes(StarkProverOptions? options = null, CancellationToken cancellation = default)
    {
        ArrayBufferWriter<byte> bytes = new();
        StarkProver.Prove(Key, _traces, _publics, options, cancellation: cancellation).Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    public byte[] Bytes(IBackend backend)
    {
        using var randomness = new SeededGenerator(7);
        return Bytes(new StarkProverOptions { Backend = backend, Randomness = randomness });
    }

    public VerifyResult Verify(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(ReadResult.Ok, StarkProof.TryRead(bytes, out StarkProof? proof));
        return StarkVerifier.Verify(Key, _publics, proof!);
    }
}
