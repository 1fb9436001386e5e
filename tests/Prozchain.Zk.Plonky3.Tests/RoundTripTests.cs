using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Tests.Fixtures;
using B = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using B4 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>, Prozchain.Zk.Fields.BabyBear4>;
using C = Prozchain.Zk.Fields.Mersenne31;
using C3 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Mersenne31, Prozchain.Zk.Fields.Mersenne3>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using F4 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>Statements of our own, proven and verified, with no file from outside.</summary>
public sealed class RoundTripTests
{
    private static readonly Plonky3Config s_config = new() { LogBlowup = 1, Queries = 4, QueryWorkBits = 3, RoundWorkBits = 2 };

    [Theory]
    [InlineData(Plonky3Hash.KeccakBytes, 0)]
    [InlineData(Plonky3Hash.KeccakBytes, 6)]
    [InlineData(Plonky3Hash.KeccakLanes, 5)]
    [InlineData(Plonky3Hash.Poseidon2Width16, 3)]
    [InlineData(Plonky3Hash.Poseidon2Width24, 7)]
    public void Prove_Fibonacci_IsVerified(Plonky3Hash hash, int logRows)
    {
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(hash), s_config with { MaxLogArity = 3 }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Check(key, FibonacciAir.Generate(F.FromUInt32(3), F.FromUInt32(4), 1 << logRows), [F.FromUInt32(3), F.FromUInt32(4)]);
        var other = new Plonky3Key<B, B4>(Plonky3Suites.BabyBear(hash), s_config with { LogBlowup = 2 }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Check(other, FibonacciAir.Generate(B.FromUInt32(3), B.FromUInt32(4), 1 << logRows), [B.FromUInt32(3), B.FromUInt32(4)]);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(1, 2, 3)]
    public void Prove_BatchOfSeveralHeights_IsVerified(int capHeight, int logFinal, int logArity)
    {
        var config = s_config with { CapHeight = capHeight, LogFinalLength = logFinal, MaxLogArity = logArity };
        (Plonky3Key<F, F4> key, Trace<F>[] traces, ReadOnlyMemory<F>[] publics) = Batch(config);
        byte[] proof = Plonky3Prover.Prove(key, traces, publics);
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(key, publics, proof));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 5)]
    [InlineData(3, 4)]
    public void Prove_Circle_IsVerified(int logBlowup, int logRows)
    {
        var key = new Plonky3Key<C, C3>(Plonky3Suites.Mersenne31Circle(), s_config with { LogBlowup = logBlowup }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Check(key, FibonacciAir.Generate(C.FromUInt32(3), C.FromUInt32(4), 1 << logRows), [C.FromUInt32(3), C.FromUInt32(4)]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    public void Prove_CircleBatchOfSeveralHeights_IsVerified(int logBlowup, int capHeight)
    {
        Plonky3Table[] tables = [new(new MultiplicationAir(1, true), 3), new(new FibonacciTableAir(1), 3), new(new MultiplicationAir(1, false)), new(new CountingAir(5))];
        var key = new Plonky3Key<C, C3>(Plonky3Suites.Mersenne31Circle(), s_config with { LogBlowup = logBlowup, CapHeight = capHeight }, Plonky3Protocol.Batch, tables);
        Trace<C> fibonacci = FibonacciAir.Generate(C.Zero, C.One, 8);
        Trace<C>[] traces = [new MultiplicationAir(1, true).Generate<C>(8), fibonacci, new MultiplicationAir(1, false).Generate<C>(4), new CountingAir(5).Generate(C.One)];
        ReadOnlyMemory<C>[] publics = [default, new C[] { C.Zero, C.One, fibonacci[1, 7] }, default, new C[] { C.One }];
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(key, publics, Plonky3Prover.Prove(key, traces, publics)));
    }

    [Fact]
    public void Prove_PreprocessedColumns_AreBound()
    {
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, new Plonky3Table(new CountingAir(5)));
        ReadOnlyMemory<F>[] publics = [new F[] { F.FromUInt32(9) }];
        byte[] proof = Plonky3Prover.Prove(key, [new CountingAir(5).Generate(F.FromUInt32(9))], publics);
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(key, publics, proof));
        var taller = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, new Plonky3Table(new CountingAir(6)));
        Assert.Equal(Plonky3Result.WrongShape, Plonky3Verifier.Verify(taller, publics, proof));
    }

    [Fact]
    public void Prove_WithoutNextRow_OpensOnePoint()
    {
        Plonky3Table table = new(new RowAir(int.MaxValue), 3) { OpensNext = false, OpensPreprocessedNext = false };
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, table with { Air = new RowAir(0) });
        byte[] proof = Plonky3Prover.Prove(key, [RowAir.Generate<F>(8)], [default]);
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(key, [default], proof));
        var both = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, new Plonky3Table(new RowAir(0), 3));
        byte[] longer = Plonky3Prover.Prove(both, [RowAir.Generate<F>(8)], [default]);
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(both, [default], longer));
        Assert.Equal(Plonky3Result.WrongShape, Plonky3Verifier.Verify(both, [default], proof));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<F, F4>(
            Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()) { OpensNext = false }));
    }

    [Fact]
    public void Prove_CountsThatCouldWrapAround_AreRefused()
    {
        // Each row may count up to 2^31 - 1; eight of them pass the prime.
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Batch, new Plonky3Table(new RowAir(int.MaxValue), 3));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(key, [RowAir.Generate<F>(8)], [default]));
        var bounded = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Batch, new Plonky3Table(new RowAir(1), 3));
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(bounded, [default], Plonky3Prover.Prove(bounded, [RowAir.Generate<F>(8)], [default])));
    }

    [Fact]
    public void Prove_WrongCell_GivesAProofThatIsRefused()
    {
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Trace<F> trace = FibonacciAir.Generate(F.One, F.One, 16);
        ReadOnlyMemory<F>[] publics = [new F[] { F.One, F.One, trace[1, 15] }];
        trace[0, 7] += F.One;
        Plonky3Result result = Plonky3Verifier.Verify(key, publics, Plonky3Prover.Prove(key, [trace], publics));
        Assert.Contains(result, (Plonky3Result[])[Plonky3Result.ConstraintsViolated, Plonky3Result.NotLowDegree]);
    }

    [Fact]
    public void Prove_MessagesThatDoNotCancel_AreRefused()
    {
        (Plonky3Key<F, F4> key, Trace<F>[] traces, ReadOnlyMemory<F>[] publics) = Batch(s_config);
        // One sender too many: every table holds by itself.
        var lonely = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), s_config, Plonky3Protocol.Batch, new Plonky3Table(new FibonacciTableAir(2), 3));
        byte[] proof = Plonky3Prover.Prove(lonely, [traces[1]], [publics[1]]);
        Assert.Equal(Plonky3Result.LookupImbalance, Plonky3Verifier.Verify(lonely, [publics[1]], proof));
        Assert.NotEqual(Plonky3Result.Valid, Plonky3Verifier.Verify(key, publics, proof));
    }

    [Fact]
    public void Prove_WhatTheStatementDoesNotFit_Throws()
    {
        var suite = Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes);
        var key = new Plonky3Key<F, F4>(suite, s_config, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir(), 3));
        ReadOnlyMemory<F>[] publics = [new F[3]];
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(key, [new Trace<F>(2, 16)], publics));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(key, [new Trace<F>(3, 8)], publics));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(key, [], publics));
        Assert.Throws<ArgumentException>(() => Plonky3Verifier.Verify(key, [new F[2]], []));
        var steep = new Plonky3Key<F, F4>(suite, s_config, Plonky3Protocol.Single, new Plonky3Table(new PowerAir(5, 1)));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(steep, [new Trace<F>(3, 8)], [new F[1]]));
        var hiding = new Plonky3Key<F, F4>(suite, s_config with { Hiding = true }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(hiding, [new Trace<F>(2, 8)], publics));
        var longer = new Plonky3Key<F, F4>(suite, s_config with { LogFinalLength = 4 }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir()));
        Assert.Throws<ArgumentException>(() => Plonky3Prover.Prove(longer, [new Trace<F>(2, 8)], publics));
    }

    [Fact]
    public void Key_WhatTheProfileLacks_Throws()
    {
        var suite = Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes);
        Assert.Throws<ArgumentException>(() => new Plonky3Key<F, F4>(suite, s_config, Plonky3Protocol.Single));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<F, F4>(suite, s_config, Plonky3Protocol.Single, new Plonky3Table(new MultiplicationAir(1, true))));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<F, F4>(suite, s_config, Plonky3Protocol.Batch, new Plonky3Table(new FibonacciTableAir(1))));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<F, F4>(suite, s_config with { Hiding = true }, Plonky3Protocol.Batch, new Plonky3Table(new FibonacciTableAir(1), 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Plonky3Key<F, F4>(suite, s_config with { LogBlowup = 0 }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir())));
        Assert.Throws<ArgumentOutOfRangeException>(() => Plonky3Suites.KoalaBear((Plonky3Hash)9));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<C, C3>(Plonky3Suites.Mersenne31Circle(), s_config, Plonky3Protocol.Single, new Plonky3Table(new PowerAir(3, 1))));
        Assert.Throws<ArgumentException>(() => new Plonky3Key<C, C3>(Plonky3Suites.Mersenne31Circle(), s_config with { MaxLogArity = 2 }, Plonky3Protocol.Single, new Plonky3Table(new FibonacciAir())));
    }

    private static void Check<TField, TExt>(Plonky3Key<TField, TExt> key, Trace<TField> trace, TField[] publics)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        ReadOnlyMemory<TField>[] values = [(TField[])[.. publics, trace[1, trace.Height - 1]]];
        byte[] proof = Plonky3Prover.Prove(key, [trace], values);
        Assert.Equal(Plonky3Result.Valid, Plonky3Verifier.Verify(key, values, proof));
        proof[proof.Length / 3] ^= 4;
        Assert.NotEqual(Plonky3Result.Valid, Plonky3Verifier.Verify(key, values, proof));
    }

    private static (Plonky3Key<F, F4> Key, Trace<F>[] Traces, ReadOnlyMemory<F>[] Publics) Batch(Plonky3Config config)
    {
        Plonky3Table[] tables = [new(new MultiplicationAir(2, true), 3), new(new FibonacciTableAir(2), 3), new(new MultiplicationAir(1, false)), new(new CountingAir(4))];
        var key = new Plonky3Key<F, F4>(Plonky3Suites.KoalaBear(Plonky3Hash.KeccakBytes), config, Plonky3Protocol.Batch, tables);
        Trace<F> fibonacci = FibonacciAir.Generate(F.Zero, F.One, 8);
        return (key, [new MultiplicationAir(2, true).Generate<F>(8), fibonacci, new MultiplicationAir(1, false).Generate<F>(64), new CountingAir(4).Generate(F.One)],
            [default, new F[] { F.Zero, F.One, fibonacci[1, 7] }, default, new F[] { F.One }]);
    }
}
