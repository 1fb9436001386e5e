using System.Buffers.Binary;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Keccak = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfalls 3 to 7: degrees, work, queries, challenges and the out-of-domain point.</summary>
public sealed class LowDegreePitfallTests
{
    private static readonly GrindingBits s_work = new(6, 6, 6, 6, 6, 6);

    private static VerifyResult Try(StarkKey<F> key, Func<StarkKey<F>, LyingProver> prover) => PitfallCase.Verify(key, prover(key).Prove());

    private static LyingProver Of(StarkKey<F> key, Func<int[], int[]>? folds = null, Func<FriSettings, FriSettings>? settings = null, GrindingBits? work = null)
    {
        (var traces, F[][] publics) = PitfallCase.Witness();
        return new(key, traces, publics) { Folds = folds, Settings = settings, Grinding = work ?? key.Parameters.Grinding };
    }

    /// <summary>
    /// 3: a column, chunk or mask of too high a degree, in the taller table or the shorter one. No constraint reads the column, the chunks' excess
    /// cancels at every point, and all values are those of what was committed: only the low-degree test is left. Committed to in the same way,
    /// columns of the right degree are believed.
    /// </summary>
    [Theory]
    [InlineData(false, "main columns")]
    [InlineData(true, "main columns")]
    [InlineData(false, "quotient")]
    [InlineData(true, "quotient")]
    [InlineData(true, "masks")]
    public void ADegreeTooHigh(bool hiding, string label)
    {
        StarkKey<F> key = PitfallCase.Key([new Cubes(), new Cubes()], hiding);
        Assert.True(key.Tables[0].LogChunks(hiding) > 0);
        Trace<F>[] traces = [Cubes.Generate(128), Cubes.Generate(64)];
        VerifyResult Try(int? matrix) =>
            StarkVerifier.Verify(key, [[], []], new LyingProver(key, traces, [[], []]) { Doubled = label, DoubledMatrix = matrix }.Prove());
        Assert.Equal(VerifyResult.Valid, Try(null));
        Assert.Equal(VerifyResult.WrongFinalPolynomial, Try(0));
        Assert.Equal(VerifyResult.WrongFinalPolynomial, Try(1));
    }

    /// <summary>3: a chunk more or less than the key has, and a final polynomial or folds of other lengths.</summary>
    [Fact]
    public void OtherLengths()
    {
        StarkKey<F> key = PitfallCase.Key(arity: 2);
        Assert.Equal(VerifyResult.Valid, Try(key, k => Of(k, folds: folds => folds)));
        // Coefficients are read where a root lies, and digests where coefficients lie.
        Assert.Equal(VerifyResult.RootMismatch, Try(key, k => Of(k, folds: folds => folds[..^1])));
        Assert.Equal(VerifyResult.NonCanonicalElement, Try(key, k => Of(k, folds: folds => [.. folds, 1])));
        Assert.Equal(VerifyResult.NonCanonicalElement, Try(key, k => Of(k, folds: folds => [folds[0], .. Enumerable.Repeat(1, folds[1..].Sum())])));
        StarkKey<F> wide = PitfallCase.Key(chunked: 5);
        Assert.True(wide.Tables[0].LogChunks(false) > key.Tables[0].LogChunks(false));
        Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, Of(wide).Prove()));
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(wide, Of(wide).Prove()));
    }

    /// <summary>4: fewer queries, work that was not done, in each round, or is done for fewer bits.</summary>
    [Fact]
    public void WorkNotDone()
    {
        StarkKey<F> key = PitfallCase.Key(grinding: s_work);
        LyingProver honest = Of(key);
        StarkProof proof = honest.Prove();
        Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, proof));
        Assert.Equal(VerifyResult.InsufficientWork, Try(key, k => Of(k, work: default(GrindingBits))));
        GrindingBits[] less = [s_work with { Lookup = 1 }, s_work with { Composition = 1 }, s_work with { OutOfDomain = 1 }, s_work with { Batching = 1 }, s_work with { Fold = 1 }, s_work with { Query = 1 }];
        foreach (GrindingBits work in less) Assert.Equal(VerifyResult.InsufficientWork, Try(key, k => Of(k, work: work)));
        int folds = key.Parameters.FoldSchedule(PitfallCase.AskedLog, 6).Length;
        foreach (int at in (int[])[32, honest.LowDegreeOffset, honest.LowDegreeOffset + 8 + 32, honest.LowDegreeOffset + 8 + folds * 40 + 2 * 16])
        {
            byte[] messages = proof.Messages.ToArray();
            BinaryPrimitives.WriteUInt64LittleEndian(messages.AsSpan(at), ulong.MaxValue);
            Assert.Equal(VerifyResult.InsufficientWork, PitfallCase.Verify(key, new(proof.LogRows.ToArray(), messages)));
        }
    }

    [Fact]
    public void FewerQueries()
    {
        // The rows of the other queries, and then the proof itself, are not where they are looked for.
        Assert.Equal(VerifyResult.NonCanonicalElement, Try(PitfallCase.Key(), key => Of(key, settings: honest => honest with { Queries = 1 })));
        Assert.Equal(VerifyResult.Valid, Try(PitfallCase.Key(), key => Of(key, settings: honest => honest with { })));
        Assert.Throws<ArgumentException>(() => PitfallCase.Key(queries: 0));
    }

    /// <summary>5: queries are drawn with replacement from fewer positions than there are queries, and all that is false is still found.</summary>
    [Fact]
    public void DuplicatedQueries()
    {
        StarkKey<F> key = PitfallCase.Key([new Prozchain.Zk.Airs.FibonacciAir()], least: 1, most: 1, queries: 24);
        var trace = Prozchain.Zk.Airs.FibonacciAir.Generate<F>(F.Zero, F.One, 2);
        F[][] publics = [[F.Zero, F.One, trace[1, 1]]];
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, new LyingProver(key, [trace], publics).Prove()));
        F[][] wrong = [[F.Zero, F.One, F.One + trace[1, 1]]];
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(key, wrong, new LyingProver(key, [trace], wrong).Prove()));
        Assert.Equal(VerifyResult.WrongFinalPolynomial, StarkVerifier.Verify(key, wrong, new LyingProver(key, [trace], wrong) { FitsQuotient = true }.Prove()));
        ProverTranscript<Keccak> transcript = new(StarkProtocol.Id, new System.Buffers.ArrayBufferWriter<byte>());
        Assert.InRange(FriSteps.Positions(transcript, 2, 24).Length, 1, 4);
    }

    /// <summary>6: a challenge has all coordinates, and one from the base field is not the verifier's.</summary>
    [Fact]
    public void ChallengesOfTheExtension()
    {
        ProverTranscript<Keccak> transcript = new(StarkProtocol.Id, new System.Buffers.ArrayBufferWriter<byte>());
        E challenge = transcript.Draw<E>("a"u8), fold = transcript.Draw<E>("fri fold"u8);
        for (int power = 0; power < KoalaBear4.Degree; power++) Assert.True(challenge[power] != F.Zero && fold[power] != F.Zero);
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkKey<F> key = PitfallCase.Key();
        Assert.Equal(VerifyResult.ConstraintMismatch, PitfallCase.Verify(key, new LyingProver(key, traces, publics) { OutOfDomainPoint = point => E.FromBase(point[0]) }.Prove()));
    }

    /// <summary>7: a point of a trace's or an evaluation domain is drawn again; the low-degree test refuses one on its own.</summary>
    [Fact]
    public void APointInTheDomain()
    {
        F root = F.TwoAdicGenerator(9), inCoset = F.MultiplicativeGenerator * root;
        foreach (F bad in (F[])[F.One, root, inCoset])
        {
            Scripted transcript = new([E.FromBase(bad), E.FromBase(F.FromUInt64(12345))]);
            Assert.Equal(E.FromBase(F.FromUInt64(12345)), StarkProtocol.DrawPoint<F, E>(transcript, 9));
        }
        (var traces, F[][] publics) = PitfallCase.Witness();
        StarkKey<F> key = PitfallCase.Key();
        Assert.Throws<ArgumentException>(() => new LyingProver(key, traces, publics) { OutOfDomainPoint = _ => E.FromBase(inCoset) }.Prove());
    }

    /// <summary>Cubes of cubes, beside a column that is free.</summary>
    private readonly struct Cubes : IAir
    {
        public AirShape Shape => new() { Name = "cubes", Width = 2 };

        public static Trace<F> Generate(int rows)
        {
            Trace<F> trace = new(2, rows);
            trace[0, 0] = F.FromUInt64(5);
            for (int row = 1; row < rows; row++) trace[0, row] = FieldMath.Power(trace[0, row - 1], 3);
            return trace;
        }

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> =>
            b.AssertEqual(Rows.Transition, b.Next(0), b.Local(0) * b.Local(0) * b.Local(0), "cube");
    }

    private sealed class Scripted(E[] points) : ITranscript
    {
        private int _next;

        public void Absorb(ReadOnlySpan<byte> label, ReadOnlySpan<byte> data) { }

        public void Absorb<TField>(ReadOnlySpan<byte> label, ReadOnlySpan<TField> elements) where TField : struct, IField<TField> { }

        public void Challenge(ReadOnlySpan<byte> label, Span<byte> challenge) => throw new NotSupportedException();

        public void Challenge<TField>(ReadOnlySpan<byte> label, Span<TField> challenges) where TField : struct, IField<TField> => challenges[0] = (TField)(object)points[_next++];

        public void ChallengeIndices(ReadOnlySpan<byte> label, int bound, Span<int> indices) => throw new NotSupportedException();
    }
}
