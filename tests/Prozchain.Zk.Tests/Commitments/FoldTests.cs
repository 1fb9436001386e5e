using System.Buffers;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

public class FoldTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 1)]
    [InlineData(6, 2)]
    [InlineData(11, 3)]
    public void Fold_APolynomial_CombinesItsParts(int logSize, int logArity)
    {
        E[] polynomial = FieldTools.Elements<E>(1 << (logSize - 1) | 1, logSize);
        E beta = FieldTools.Element<E>(6);
        Codeword<F> folded = CodewordFold<F, KoalaBear4>.Fold(new FoldRows<F>(Word(polynomial, logSize), logArity), beta, new(), 2, default);
        int arity = 1 << logArity;
        E[] expected = new E[(polynomial.Length + arity - 1) / arity];
        for (int i = 0; i < polynomial.Length; i++) expected[i / arity] += polynomial[i] * FieldMath.Power(beta, (ulong)(i % arity));
        Assert.Equal(FieldMath.Power(F.MultiplicativeGenerator, (ulong)arity), folded.Shift);
        for (int i = 0; i < 1 << folded.LogSize; i++)
            Assert.Equal(FinalPolynomial<F, KoalaBear4>.Evaluate(expected, DomainPoints<F>.At(folded.Shift, folded.LogSize, i)), At(folded, i));
    }

    [Fact]
    public void Interpolate_APolynomial_FindsItsCoefficients()
    {
        for (int logLength = 0; logLength <= 6; logLength++)
        {
            E[] polynomial = FieldTools.Elements<E>(1 << logLength, logLength);
            Assert.Equal(polynomial, FinalPolynomial<F, KoalaBear4>.Interpolate(Word(polynomial, logLength + 2), 2));
        }
    }

    [Fact]
    public void Verify_QueriesThatShareARow_AreAllCompared()
    {
        // All eight values lie in two rows, each with its first left out; one is changed before the commitment.
        var test = new FriCase([[(2, 1)]], [2]) { Queries = 200, Grinding = default };
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        for (int changed = 0; changed < 8; changed++) Assert.Equal(changed % 4 == 0 ? VerifyResult.RootMismatch : VerifyResult.WrongFold, Cheat(changed));
        Assert.Equal(VerifyResult.Valid, Cheat(null));

        VerifyResult Cheat(int? changed)
        {
            var proof = new ArrayBufferWriter<byte>();
            using var transcript = new ProverTranscript<Keccak256>(new("test of fri"), proof);
            transcript.Absorb("cap"u8, batches[0].Cap);
            foreach (OpeningClaim<E> claim in claims) transcript.Absorb<E>("values"u8, claim.Values);
            var plan = new ClaimPlan<F, E>(test.Settings, test.Folds, [batches[0].Shape], claims);
            E[] coefficients = BatchingCoefficients.Draw<E>(transcript, test.Batching, plan.Total);
            F[][] coordinates = BatchingCoefficients.Coordinates<F, E>(coefficients);
            E[] values = plan.Values(claims, coefficients)[0];
            var codeword = new Codeword<F>(3, 4, F.MultiplicativeGenerator);
            DeepQuotient<F, KoalaBear4>.Combine([.. plan.Heights[0].Points.Select((point, i) =>
                new DeepPoint<F, KoalaBear4>(point.Point, values[i], [new DeepTerm<F>(batches[0].Matrices[0], coordinates, point.Terms[0].FirstCoefficient)]))], codeword, new(), 1, default);
            if (changed is { } at) codeword.Column(1)[at] += F.One;
            var rows = new FoldRows<F>(codeword, 2);
            BatchCommitment<F, Tree> tree = BatchCommitment<F, Tree>.Commit([rows.Columns()]);
            transcript.Send("fri fold"u8, tree.Cap);
            E beta = transcript.Draw<E>("fri fold"u8);
            transcript.Send<E>("fri final"u8, FinalPolynomial<F, KoalaBear4>.Interpolate(CodewordFold<F, KoalaBear4>.Fold(rows, beta, new(), 1, default), 1));
            int[] positions = FriSteps.Positions(transcript, 3, test.Queries);
            Assert.Equal(8, positions.Length);
            var encoding = new ArrayBufferWriter<byte>();
            batches[0].Open(positions).Write(encoding);
            transcript.SendUnbound(encoding.WrittenSpan);
            transcript.SendUnbound(FoldOpening<F, KoalaBear4>.Encode(tree.Open([0, 1]), positions, 2));
            return test.Verify(proof.WrittenSpan.ToArray(), FriCase.Public(batches), claims);
        }
    }

    private static Codeword<F> Word(E[] polynomial, int logSize)
    {
        var word = new Codeword<F>(logSize, 4, F.MultiplicativeGenerator);
        for (int i = 0; i < 1 << logSize; i++)
        {
            E value = FinalPolynomial<F, KoalaBear4>.Evaluate(polynomial, DomainPoints<F>.At(word.Shift, logSize, i));
            for (int power = 0; power < 4; power++) word.Column(power)[i] = value[power];
        }
        return word;
    }

    private static E At(Codeword<F> word, int position)
    {
        var coordinates = new F[4];
        for (int power = 0; power < 4; power++) coordinates[power] = word.Column(power)[position];
        return E.FromCoefficients(coordinates);
    }
}
