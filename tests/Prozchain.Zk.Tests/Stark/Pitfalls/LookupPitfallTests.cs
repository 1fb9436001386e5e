using Prozchain.Zk.Air;
using Prozchain.Zk.Stark;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfall 8: sums that are claimed, multiplicities that wrap, messages of another bus or length.</summary>
public sealed class LookupPitfallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SumsThatAreClaimed(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding);
        (var traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, new LyingProver(key, traces, publics).Prove()));
        Assert.Equal(VerifyResult.LookupImbalance, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { Terminals = sums => sums[0] += E.One }.Prove()));
        void Shift(E[] sums) => (sums[0], sums[1]) = (sums[0] + E.One, sums[1] - E.One);
        Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { Terminals = Shift }.Prove()));
    }

    [Fact]
    public void ANumberThatNoTableHas()
    {
        StarkKey<F> key = PitfallCase.Key();
        (Trace<F>[] traces, F[][] publics) = PitfallCase.Witness();
        for (int row = 0; row < traces[0].Height; row++) traces[0][1, row] += F.FromUInt64(100);
        traces[0][0, 0] += F.FromUInt64(100);
        publics[0][0] += F.FromUInt64(100);
        Assert.Equal(VerifyResult.LookupImbalance, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics).Prove()));

        // The sum is made to fit, and then the identity does not; opened as it should be, the quotient is not what was committed.
        void Balance(E[] sums) => sums[0] = -sums[1];
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics) { Terminals = Balance }.Prove()));
        Assert.Equal(VerifyResult.WrongFinalPolynomial, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics) { Terminals = Balance, FitsQuotient = true }.Prove()));
    }

    [Fact]
    public void AnotherBusOrLength()
    {
        StarkKey<F> key = PitfallCase.Key();
        (Trace<F>[] traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics).Prove()));
        foreach (Bus bus in (Bus[])[new("numbers too", 1, BusKind.Lookup), new("numbers", 2, BusKind.Lookup), new("numbers", 1, BusKind.Permutation)])
        {
            StarkKey<F> other = PitfallCase.Key(asked: bus);
            StarkProof proof = new LyingProver(other, traces, publics).Prove();
            Assert.Equal(VerifyResult.LookupImbalance, StarkVerifier.Verify(other, publics, proof));
            Assert.NotEqual(key.Digest.ToArray(), other.Digest.ToArray());
            Assert.Equal(VerifyResult.LookupImbalance, StarkVerifier.Verify(key, publics, proof));
        }
    }

    /// <summary>A bound of p / 2^7 in 2^7 rows does not wrap; one more does, whatever the proof says.</summary>
    [Theory]
    [InlineData(16646144u, 7, true)]
    [InlineData(16646145u, 7, false)]
    [InlineData(16646144u, 8, false)]
    [InlineData(uint.MaxValue, 6, false)]
    public void MultiplicitiesThatWrap(uint bound, byte height, bool isValid)
    {
        StarkKey<F> key = PitfallCase.Key([new Often(bound), new Having()]);
        Trace<F> often = new(1, 1 << height), having = new(1, PitfallCase.Values);
        StarkProof proof = new LyingProver(key, [often, having], [[], []]).Prove();
        Assert.Equal(isValid ? VerifyResult.Valid : VerifyResult.WrongShape, StarkVerifier.Verify(key, [[], []], proof));
        if (!isValid) Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [often, having], [[], []]));
    }

    [Fact]
    public void ASenderWithoutABound() => Assert.Throws<ArgumentException>(() => PitfallCase.Key([new Often(0), new Having()]));

    /// <summary>A constant multiplicity beyond its bound, or below zero, would pass for another number of messages than there are.</summary>
    [Fact]
    public void AConstantBeyondItsBound()
    {
        Assert.Equal(2, PitfallCase.Key([new Always(3, 3), new Having()]).Count);
        foreach (Always air in (Always[])[new(4, 3), new(2130706432, 1), new(1, 1, isNegative: true)])
            Assert.Throws<ArgumentException>(() => PitfallCase.Key([air, new Having()]));
    }

    private readonly struct Always(ulong count, uint bound, bool isNegative = false) : IAir
    {
        public AirShape Shape => new() { Name = "always", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> =>
            b.Interact(PitfallCase.Numbers, BusDirection.Send, isNegative ? -b.Constant(count) : b.Constant(count), [b.Constant(5)], bound);
    }

    internal readonly struct Often(uint bound) : IAir
    {
        public AirShape Shape => new() { Name = "often", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Interact(PitfallCase.Numbers, BusDirection.Send, b.Local(0), [b.Constant(5)], bound);
    }
}
