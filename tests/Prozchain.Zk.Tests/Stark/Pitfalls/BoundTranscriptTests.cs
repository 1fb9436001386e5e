using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfalls 1, 2, 10 and 12: every message and all of the statement are bound before the challenges that depend on them.</summary>
public sealed class BoundTranscriptTests
{
    /// <summary>
    /// 1: a prover that leaves a message out of its transcript has other challenges than the verifier: constraints do not hold at the
    /// verifier's point, or, after that point, other rows are opened than those asked for. With one query a proof's lengths do not
    /// depend on where. Without a lie it is believed.
    /// </summary>
    [Theory]
    [InlineData(false, "key", true)]
    [InlineData(false, "stark parameters", true)]
    [InlineData(false, "heights", true)]
    [InlineData(false, "public values", true)]
    [InlineData(false, "main columns", true)]
    [InlineData(false, "lookup columns", true)]
    [InlineData(false, "lookup sum", true)]
    [InlineData(false, "quotient", true)]
    [InlineData(true, "masks", true)]
    [InlineData(false, "opened values", false)]
    [InlineData(true, "opened values", false)]
    [InlineData(false, "fri fold", false)]
    [InlineData(false, "fri final", false)]
    public void AMessageForgotten(bool hiding, string label, bool isEarly)
    {
        StarkKey<F> key = PitfallCase.Key(hiding, queries: 1, blowup: 4);
        (var traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, new LyingProver(key, traces, publics).Prove()));
        VerifyResult result = PitfallCase.Verify(key, new LyingProver(key, traces, publics) { Forgotten = label }.Prove());
        Assert.Equal(isEarly ? VerifyResult.ConstraintMismatch : VerifyResult.RootMismatch, result);
    }

    /// <summary>1: nonces too, each of which could else be ground for after the fact.</summary>
    [Fact]
    public void ANonceForgotten()
    {
        StarkKey<F> key = PitfallCase.Key(grinding: new(2, 0, 0, 0, 0, 0));
        (var traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, new LyingProver(key, traces, publics).Prove()));
        Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { Forgotten = "nonce" }.Prove()));
    }

    /// <summary>2: a public value moved from one table to another, and zeros behind, are another statement.</summary>
    [Fact]
    public void PublicValuesMoved()
    {
        StarkKey<F> key = PitfallCase.Key();
        (var traces, F[][] publics) = PitfallCase.Witness();
        foreach (F[][] moved in (F[][][])[[[], publics[0]], [[.. publics[0], F.Zero], []]])
            Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { BoundPublicValues = moved }.Prove()));
    }

    /// <summary>10: a proof for one key, one set of parameters or one height is none for another.</summary>
    [Fact]
    public void AnotherStatement()
    {
        StarkKey<F> key = PitfallCase.Key();
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkProof honest = new LyingProver(key, traces, publics).Prove();
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, honest));
        foreach (StarkKey<F> other in (StarkKey<F>[])[PitfallCase.Key(queries: 25), PitfallCase.Key(first: 1), PitfallCase.Key(arity: 1), PitfallCase.Key(start: 1)])
            Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(other, honest));
        // Keys with more chunks, or masks: values are read where digests lie.
        foreach (StarkKey<F> longer in (StarkKey<F>[])[PitfallCase.Key(chunked: 3), PitfallCase.Key(hiding: true)])
            Assert.Equal(VerifyResult.NonCanonicalElement, PitfallCase.Verify(longer, honest));
        foreach (byte[] heights in (byte[][])[[8, 6], [6, 6]])
            Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { ClaimedHeights = heights }.Prove()));
        foreach (byte[] heights in (byte[][])[[7], [7, 7], [7, 5], [5, 6], [9, 6], [7, 6, 6], [6, 7], [32, 6]])
            Assert.Equal(VerifyResult.WrongShape, PitfallCase.Verify(key, new StarkProof(heights, honest.Messages.ToArray())));
    }

    /// <summary>10: preprocessed columns of the prover's choice, under the key's own digest or commitment.</summary>
    [Fact]
    public void PreprocessedColumnsSwapped()
    {
        StarkKey<F> key = PitfallCase.Key(), mine = PitfallCase.Key(first: 1000);
        (var traces, F[][] publics) = PitfallCase.Witness(first: 1000);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(mine, publics, new LyingProver(mine, traces, publics).Prove()));
        StarkProof lie = new LyingProver(mine, traces, publics) { BoundKey = key }.Prove();
        Assert.Equal(VerifyResult.RootMismatch, StarkVerifier.Verify(key, publics, lie));
    }
}
