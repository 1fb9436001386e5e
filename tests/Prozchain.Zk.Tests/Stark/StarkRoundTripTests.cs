using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Statements proven and verified as a user does it.</summary>
public sealed class StarkRoundTripTests
{
    [Theory]
    [InlineData(false, StarkHash.Keccak256)]
    [InlineData(true, StarkHash.Keccak256)]
    [InlineData(false, StarkHash.Blake3)]
    [InlineData(false, StarkHash.Poseidon2)]
    public void Fibonacci(bool hiding, StarkHash hash)
    {
        IAir[] airs = [new FibonacciAir()];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.ForTarget(80, StarkKey.ShapeOf<F>(airs, 10, 10, hiding), new() { DigestBits = hash == StarkHash.Poseidon2 ? 248 : 256 }), hash);
        Trace<F> trace = FibonacciAir.Generate<F>(F.Zero, F.One, 1024);
        F[] publics = [F.Zero, F.One, trace[1, 1023]];
        StarkProof proof = StarkProver.Prove(key, [trace], [publics], new() { CheckTraces = true });
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [publics], proof));

        ArrayBufferWriter<byte> bytes = new();
        proof.Write(bytes);
        Assert.Equal(ReadResult.Ok, StarkProof.TryRead(bytes.WrittenSpan, out StarkProof? read));
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [publics], read!));
        publics[2] += F.One;
        Assert.Contains(StarkVerifier.Verify(key, [publics], read!), (VerifyResult[])[VerifyResult.InsufficientWork, VerifyResult.ConstraintMismatch]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TablesThatAsk(bool hiding)
    {
        IAir[] airs = [new SumOfBytes(), new ByteRangeAir()];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.ForTarget(80, StarkKey.ShapeOf<F>(airs, 8, 10, hiding)));
        byte[] values = RandomNumberGenerator.GetBytes(1024);
        uint[] asked = new uint[256];
        Trace<F> trace = SumOfBytes.Generate(values, asked);
        F[][] publics = [[trace[1, 1023]], []];
        StarkProof proof = StarkProver.Prove(key, [trace, ByteRangeAir.Generate<F>(asked)], publics);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, proof));

        StarkProverOptions tight = new() { MemoryBudget = hiding ? 7_100_000 : long.MaxValue, OverwriteTraces = true, MaxDegreeOfParallelism = 2 };
        Trace<F> spare = SumOfBytes.Generate(values, new uint[256]);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, StarkProver.Prove(key, [spare, ByteRangeAir.Generate<F>(asked)], publics, tight)));
        Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [spare, ByteRangeAir.Generate<F>(asked)], publics));
        Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [trace, ByteRangeAir.Generate<F>(asked)], publics, new() { MemoryBudget = 1000 }));

        asked[values[0]]--;
        Assert.Throws<InvalidTraceException>(() => StarkProver.Prove(key, [trace, ByteRangeAir.Generate<F>(asked)], publics));
    }

    private readonly struct SumOfBytes : IAir
    {
        public AirShape Shape => new() { Name = "sum of bytes", Width = 2, PublicValues = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.AssertEqual(Rows.First, b.Local(1), b.Local(0), "start");
            b.AssertEqual(Rows.Transition, b.Next(1), b.Local(1) + b.Next(0), "step");
            b.AssertEqual(Rows.Last, b.Local(1), b.Public(0), "total");
            b.Send(Buses.ByteRange, b.Constant(1), [b.Local(0)]);
        }

        public static Trace<F> Generate(ReadOnlySpan<byte> values, Span<uint> asked)
        {
            Trace<F> trace = new(2, values.Length);
            F sum = F.Zero;
            for (int row = 0; row < values.Length; row++)
            {
                (trace[0, row], trace[1, row]) = (F.FromUInt32(values[row]), sum += F.FromUInt32(values[row]));
                asked[values[row]]++;
            }
            return trace;
        }
    }
}
