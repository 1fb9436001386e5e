using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfall 15: what a hiding proof opens tells nothing of the witness.</summary>
public sealed class HidingTests
{
    private const int Bins = 8, Samples = 400, Root = 5, LogRows = 4;
    private const uint Modulus = 2130706433;

    /// <summary>The share of an opening that depends on the witness: chi-square of two samples, 7 degrees of freedom.</summary>
    [Fact]
    public void TwoWitnessesLookAlike()
    {
        (int[] rows, int[] points) = Histogram(hiding: true, F.FromUInt64(Root));
        (int[] otherRows, int[] otherPoints) = Histogram(hiding: true, -F.FromUInt64(Root));
        Assert.True(Distance(rows, otherRows) < 30 && Distance(points, otherPoints) < 30);
        Assert.True(FromUniform(rows) < 30 && FromUniform(otherRows) < 30 && FromUniform(points) < 30 && FromUniform(otherPoints) < 30);
    }

    /// <summary>The same test sees a witness that is not hidden.</summary>
    [Fact]
    public void WithoutHidingTheyDoNot()
    {
        (int[] rows, int[] points) = Histogram(hiding: false, F.FromUInt64(Root));
        (int[] otherRows, int[] otherPoints) = Histogram(hiding: false, -F.FromUInt64(Root));
        Assert.True(Distance(rows, otherRows) > 100 && Distance(points, otherPoints) > 100);
    }

    /// <summary>No opened value is a cell, no point of an evaluation domain a row; a cell among the words would be seen.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoCellIsOpened(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding);
        (Trace<F>[] traces, F[][] publics) = PitfallCase.Witness();
        HashSet<uint> cells = [.. traces.SelectMany(trace => Enumerable.Range(0, trace.Width).SelectMany(column => trace.Column(column).ToArray())).Select(Word)];
        cells.Remove(Word(F.Zero));
        cells.Remove(Word(publics[0][0]));
        LyingProver prover = new(key, traces, publics);
        byte[] messages = prover.Prove().Messages.ToArray();
        int Found(int from) => Enumerable.Range(0, (messages.Length - from) / 4).Count(i => cells.Contains(BitConverter.ToUInt32(messages, from + 4 * i)));
        for (int offset = 0; offset < 4; offset++) Assert.InRange(Found(offset), 0, 1);
        BitConverter.TryWriteBytes(messages.AsSpan(prover.LowDegreeOffset), cells.First());
        BitConverter.TryWriteBytes(messages.AsSpan(prover.LowDegreeOffset + 4), cells.Last());
        Assert.True(Found(prover.LowDegreeOffset) >= 2);
        for (int log = 0; log <= F.TwoAdicity; log++) Assert.NotEqual(F.One, FieldMath.Power(F.MultiplicativeGenerator, 1UL << log));
    }

    /// <summary>A table's share of the lookup sum is blinded: who knows the witness does not find it there. Where nothing is hidden, it is the share.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoShareOfTheLookupSumTells(bool hiding)
    {
        StarkKey<F> key = PitfallCase.Key(hiding);
        (Trace<F>[] traces, F[][] publics) = PitfallCase.Witness();
        Assert.Equal(PitfallCase.Numbers, key.Lookups.Buses[0]);
        E Unexplained(int seed)
        {
            LyingProver prover = new(key, traces, publics) { Seed = seed };
            Assert.Equal(VerifyResult.Valid, PitfallCase.Verify(key, prover.Prove()));
            E start = prover.Challenges.Alpha + FieldMath.Power(prover.Challenges.Beta, (ulong)key.Lookups.MessageLength), sum = default;
            foreach (F number in traces[0].Column(0)) sum += (start + E.FromBase(number)).Inverse();
            Assert.Equal(E.Zero, prover.LookupSums[0] + prover.LookupSums[1]);
            return prover.LookupSums[0] - sum;
        }

        E first = Unexplained(1), second = Unexplained(2);
        Assert.Equal(!hiding, first == E.Zero);
        Assert.Equal(!hiding, first == second);
    }

    /// <summary>Two proofs of one witness share no word of a commitment, an opened value, a row, a salt or a mask; two that do not hide are equal.</summary>
    [Fact]
    public void TwoProofsShareNothing()
    {
        Trace<F> trace = new(1, 128);
        trace.Column(0).Fill(F.FromUInt64(Root));
        F[][] publics = [[F.FromUInt64(Root * Root)]];
        // Pairs of words: single ones meet by chance.
        int Shared(StarkKey<F> key)
        {
            ulong[] Pairs()
            {
                byte[] bytes = StarkProver.Prove(key, [trace], publics).Messages.ToArray();
                return [.. Enumerable.Range(0, bytes.Length / 4 - 1).Select(i => BitConverter.ToUInt64(bytes, 4 * i))];
            }
            return Pairs().Intersect(Pairs()).Count();
        }

        Assert.Equal(0, Shared(PitfallCase.Key([new Square()], hiding: true, queries: 12)));
        Assert.True(Shared(PitfallCase.Key([new Square()], queries: 12)) > 100);
    }

    /// <summary>A table with too few rows to hide what a proof opens is refused on both sides.</summary>
    [Fact]
    public void FewRowsAreRefused()
    {
        StarkKey<F> key = PitfallCase.Key([new Square()], hiding: true, least: 0, most: 6, queries: 20);
        Assert.Equal(6, key.Parameters.LeastPaddedLogRows);
        F[][] publics = [[F.One]];
        Trace<F> Ones(int height)
        {
            Trace<F> trace = new(1, height);
            trace.Column(0).Fill(F.One);
            return trace;
        }

        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, StarkProver.Prove(key, [Ones(64)], publics)));
        Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [Ones(32)], publics));
        Assert.Equal(VerifyResult.WrongShape, StarkVerifier.Verify(key, publics, new LyingProver(key, [Ones(32)], publics).Prove()));
    }

    // Of the opened row at the first query, and of the first coordinate out of domain, over many proofs.
    private static (int[] Rows, int[] Points) Histogram(bool hiding, F root)
    {
        StarkKey<F> key = PitfallCase.Key([new Square()], hiding, least: LogRows, most: LogRows, queries: 2);
        ProofLayout<F> layout = new(key, [LogRows]);
        int values = 32 * layout.Batches.Count;
        int row = values + 16 * layout.Slots.Sum(slot => slot.Width) + 32 * layout.FoldSchedule.Length + (16 << (layout.LogDegree(0) - layout.FoldSchedule.Sum())) + 1;
        F[][] publics = [[root * root]];
        int[] rows = new int[Bins], points = new int[Bins];
        for (int seed = 0; seed < Samples; seed++)
        {
            Trace<F> trace = new(1, 1 << LogRows);
            trace.Column(0).Fill(root);
            StarkProof proof = StarkProver.Prove(key, [trace], publics, new() { Randomness = new SeededGenerator(root == F.FromUInt64(Root) ? seed : seed + Samples) });
            ReadOnlySpan<byte> messages = proof.Messages.Span;
            rows[(int)(BitConverter.ToUInt32(messages[row..]) * (ulong)Bins / Modulus)]++;
            points[(int)(BitConverter.ToUInt32(messages[values..]) * (ulong)Bins / Modulus)]++;
        }
        return (rows, points);
    }

    private static double Distance(int[] a, int[] b) => Enumerable.Range(0, Bins).Where(i => a[i] + b[i] > 0).Sum(i => Math.Pow(a[i] - b[i], 2) / (a[i] + b[i]));

    private static double FromUniform(int[] a) => a.Sum(count => Math.Pow(count - (double)Samples / Bins, 2) * Bins / Samples);

    private static uint Word(F value)
    {
        Span<byte> bytes = stackalloc byte[4];
        value.Write(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    /// <summary>A root of a public square in every row: there are two.</summary>
    private readonly struct Square : IAir
    {
        public AirShape Shape => new() { Name = "square", Width = 1, PublicValues = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.AssertEqual(Rows.All, b.Local(0) * b.Local(0), b.Public(0), "square");
            b.AssertEqual(Rows.Transition, b.Local(0), b.Next(0), "one root");
        }
    }
}
