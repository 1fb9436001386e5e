using Prozchain.Zk.Stark;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfall 1, on the prover's side: values that are claimed, not committed, and quotients of traces that break a constraint.</summary>
public sealed class ForgedOpeningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFalsePublicValue(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding);
        (var traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics).Prove()));
        publics[0][0] += F.One;
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics).Prove()));
        Assert.Equal(VerifyResult.WrongFinalPolynomial, StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics) { FitsQuotient = true }.Prove()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryOpenedValue(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding);
        (var traces, F[][] publics) = PitfallCase.Witness();
        ProofLayout<F> layout = new(key, [PitfallCase.AskedLog, 6]);
        for (int slot = 0; slot < layout.Slots.Count; slot++)
        {
            (int at, OpeningSlot opened) = (slot, layout.Slots[slot]);
            VerifyResult Try(E change) => StarkVerifier.Verify(key, publics, new LyingProver(key, traces, publics) { Opened = values => values[at][^1] += change }.Prove());
            // No constraint reads a mask, or at the next row a table's fractions or what blinds them: only the low-degree test does.
            bool isRead = opened.Batch != ProofBatch.Mask && !(opened.IsNext && (hiding || opened.Batch == ProofBatch.Lookup));
            Assert.Equal((slot, isRead ? VerifyResult.ConstraintMismatch : VerifyResult.WrongFinalPolynomial), (slot, Try(E.One)));
            if (slot == 0) Assert.Equal(VerifyResult.Valid, Try(E.Zero));
        }
    }

    [Fact]
    public void AnotherQuotient()
    {
        StarkKey<F> key = PitfallCase.Key();
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkProof proof = new LyingProver(key, traces, publics) { Quotient = chunks => chunks[0].Values.Column(0, 4).Span[3] += F.One }.Prove();
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, publics, proof));
    }
}
