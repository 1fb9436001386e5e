using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Tables at the edges: one row or two, no constraint, a period of all rows, many of one height.</summary>
public sealed class EdgeTablesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void FewRows(int log)
    {
        StarkKey<F> key = PitfallCase.Key([new FibonacciAir()], least: 0, most: 2, queries: 30);
        Trace<F> trace = FibonacciAir.Generate<F>(F.One, F.One, 1 << log);
        F[][] publics = [[F.One, F.One, trace[1, (1 << log) - 1]]];
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, StarkProver.Prove(key, [trace], publics)));
        for (int i = 0; i < 3; i++)
        {
            F[][] wrong = [[.. publics[0]]];
            wrong[0][i] += F.One;
            Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, wrong, new LyingProver(key, [trace], wrong).Prove()));
        }
        if (log == 0) return;
        trace[0, 1] += F.One;
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, publics, new LyingProver(key, [trace], publics).Prove()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoConstraints(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key([new Periodic(0), new Periodic(0), new Periodic(0)], hiding, least: 0, most: 6, queries: 20);
        Trace<F>[] Traces() => [.. Enumerable.Range(0, 3).Select(_ => new Trace<F>(1, 64))];
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [[], [], []], StarkProver.Prove(key, Traces(), [[], [], []])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APeriodOfAllRows(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key([new Periodic(64)], hiding, least: 5, most: 7, queries: 20);
        Trace<F> Rows(int height, int wrong)
        {
            Trace<F> trace = new(1, height);
            for (int row = 0; row < height; row++) trace[0, row] = F.FromUInt64((ulong)(row % 64 * 3 + (row == wrong ? 1 : 0)));
            return trace;
        }

        foreach (int height in (int[])[64, 128])
        {
            Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [[]], StarkProver.Prove(key, [Rows(height, -1)], [[]])));
            Assert.Throws<InvalidTraceException>(() => StarkProver.Prove(key, [Rows(height, height - 1)], [[]]));
            Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, [[]], new LyingProver(key, [Rows(height, 7)], [[]]).Prove()));
        }
        Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [Rows(32, -1)], [[]]));
        Assert.Equal(VerifyResult.WrongShape, StarkVerifier.Verify(key, [[]], new StarkProof([5], [])));
    }

    private readonly struct Periodic(int period) : IAir
    {
        public AirShape Shape => new()
        {
            Name = "periodic", Width = 1,
            Periodic = period == 0 ? [] : [Enumerable.Range(0, period).Select(i => (ulong)i * 3).ToArray()],
        };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            if (period > 0) b.AssertEqual(Rows.All, b.Local(0), b.Periodic(0), "the period's");
        }
    }
}
