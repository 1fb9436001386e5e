using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

public class FriHostileTests
{
    private static readonly FriCase s_case = new([[(4, 2), (2, 1)], [(4, 2), (2, 1)]], [2, 1]) { Queries = 5, Salt = 1, Batching = BatchingKind.Tensor };

    [Fact]
    public void Verify_EveryByteChanged_IsRefused()
    {
        CommittedBatch<F, Tree>[] batches = s_case.Commit();
        OpeningClaim<E>[] claims = s_case.Claims(batches);
        byte[] proof = s_case.Prove(batches, claims);
        Assert.Equal(VerifyResult.Valid, s_case.Verify(proof, FriCase.Public(batches), claims));
        for (int at = 0; at < proof.Length; at++)
            foreach (byte change in (byte[])[1, 0x10, 0x80, 0xFF])
            {
                byte[] wrong = [.. proof];
                wrong[at] ^= change;
                Refused(s_case.Verify(wrong, FriCase.Public(batches), claims), $"Byte {at} changed by {change}");
            }
    }

    [Fact]
    public void Verify_EveryOtherLength_IsRefused()
    {
        CommittedBatch<F, Tree>[] batches = s_case.Commit();
        OpeningClaim<E>[] claims = s_case.Claims(batches);
        byte[] proof = s_case.Prove(batches, claims);
        for (int length = 0; length < proof.Length; length++)
            Assert.Equal(VerifyResult.Truncated, s_case.Verify(proof[..length], FriCase.Public(batches), claims));
        Assert.Equal(VerifyResult.TrailingBytes, s_case.Verify([.. proof, 0], FriCase.Public(batches), claims));
    }

    [Fact]
    public void Verify_ArbitraryBytes_NeverThrows()
    {
        FriCase test = s_case with { Grinding = default };
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        byte[] proof = test.Prove(batches, claims);
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. proof];
            int from = random.Next(proof.Length), count = random.Next(1, proof.Length - from + 1);
            random.NextBytes(bytes.AsSpan(from, count));
            // Elements that can be read let the verifier go further.
            if (seed % 2 == 0) for (int i = 3; i < bytes.Length; i += 4) bytes[i] &= 0x3F;
            Refused(test.Verify(bytes, FriCase.Public(batches), claims), $"Seed {seed}");
        }
    }

    [Fact]
    public void Verify_AnotherCommitment_IsRefused()
    {
        CommittedBatch<F, Tree>[] batches = s_case.Commit(), other = (s_case with { Salt = 2 }).Commit();
        OpeningClaim<E>[] claims = s_case.Claims(batches);
        byte[] proof = s_case.Prove(batches, claims);
        IReadOnlyList<(BatchShape Shape, byte[] Cap)> right = FriCase.Public(batches);
        Refused(s_case.Verify(proof, [right[1], right[0]], claims), "Swapped caps");
        Refused(s_case.Verify(proof, [right[0], right[0]], claims), "The same cap twice");
        Refused(s_case.Verify(proof, FriCase.Public(other), claims), "Other salts");
        Refused(s_case.Verify(proof, [right[0], (right[1].Shape, [])], claims), "No cap");
        // The same values, claimed in another order, get other coefficients.
        Refused(s_case.Verify(proof, right, [.. claims.Reverse()]), "Claims in another order");
    }

    [Fact]
    public void Verify_SwappedOpenings_IsRefused()
    {
        // So many queries that every leaf is opened: both openings have one length, and begin behind two roots and the final polynomial.
        FriCase test = s_case with { Grinding = default, Queries = 400 };
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        byte[] proof = test.Prove(batches, claims);
        int start = 2 * 32 + 2 * 16, length = batches[0].Open([.. Enumerable.Range(0, 32)]).EncodedSize;
        byte[] swapped = [.. proof[..start], .. proof[(start + length)..(start + 2 * length)], .. proof[start..(start + length)], .. proof[(start + 2 * length)..]];
        Assert.Equal(VerifyResult.Valid, test.Verify(proof, FriCase.Public(batches), claims));
        Assert.Equal(VerifyResult.RootMismatch, test.Verify(swapped, FriCase.Public(batches), claims));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_AWordFarFromLowDegree_IsRefused(int random)
    {
        // Of the tall and of the short matrix in turn; folded, and finished, as by an honest prover.
        var test = new FriCase([[(5, 2), (3, 2)]], [2, 2]) { Queries = 10 };
        CommittedBatch<F, Tree> honest = test.Commit()[0];
        CommittedBatch<F, Tree>[] batches = [Batch([.. honest.Matrices.Select((matrix, i) => i == random ? Word(matrix.LogRows, FieldTools.Elements<F>(4 << matrix.LogRows, 8)) : matrix)])];
        OpeningClaim<E>[] claims = test.Claims(batches);
        Assert.Equal(VerifyResult.WrongFinalPolynomial, test.Verify(test.ProveByDefinition(batches, claims), FriCase.Public(batches), claims));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 1)]
    [InlineData(5, 2)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Verify_ADegreeAboveTheBound_IsRefused(int logRows, int excess)
    {
        // True values of polynomials with more coefficients than rows. One more passes: division by x - z lowers the degree, which
        // the security argument counts as one for each point (docs/security.md).
        bool tooHigh = excess > 1;
        var test = new FriCase([[(5, 1), (3, 1)]], [1, 1, 2]) { Queries = 10 };
        F[] polynomial = FieldTools.Elements<F>((1 << logRows) + excess, 3);
        var word = new F[2 << logRows];
        for (int i = 0; i < word.Length; i++) word[i] = FieldMath.Evaluate<F>(polynomial, DomainPoints<F>.At(F.MultiplicativeGenerator, logRows + 1, i));
        CommittedBatch<F, Tree> honest = test.Commit()[0];
        CommittedBatch<F, Tree>[] batches = [Batch([.. honest.Matrices.Select(matrix => matrix.LogRows == logRows ? Word(logRows, word) : matrix)])];
        OpeningClaim<E>[] claims = [.. test.Claims(batches).Select(claim => batches[0].Matrices[claim.Matrix].LogRows != logRows ? claim : claim with { Values = [Value(polynomial, claim.Point)] })];
        Assert.Equal(tooHigh ? VerifyResult.WrongFinalPolynomial : VerifyResult.Valid, test.Verify(test.ProveByDefinition(batches, claims), FriCase.Public(batches), claims));
    }

    [Fact]
    public void Verify_APointOfTheDomain_IsRefusedAndNotProven()
    {
        var test = new FriCase([[(4, 1), (2, 1)]], [2, 1]);
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        byte[] proof = test.Prove(batches, claims);
        for (int position = 0; position < 32; position++)
        {
            var point = E.FromBase(DomainPoints<F>.At(F.MultiplicativeGenerator, 5, position));
            OpeningClaim<E>[] inside = [claims[0] with { Point = point, Values = [E.One] }, .. claims.Skip(1)];
            Assert.Equal(VerifyResult.PointInDomain, test.Verify(proof, FriCase.Public(batches), inside));
            Assert.Throws<ArgumentException>(() => test.Prove(batches, inside));
        }
    }

    [Fact]
    public void Verify_AStatementThatIsNone_Throws()
    {
        var test = new FriCase([[(4, 2), (2, 1)]], [2, 1]);
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        Throws(test, claims[1..2], "no claim about the first matrix");
        Throws(test, [], "no claim");
        Throws(test, [claims[0] with { Values = [E.One] }, .. claims], "too few values");
        Throws(test, [claims[0] with { Matrix = 2 }, .. claims], "no such matrix");
        Throws(test, [claims[0] with { Batch = -1 }, .. claims], "no such batch");
        foreach (int[] folds in (int[][])[[3], [1], [2, 4], [2, 1, 2], [0, 2, 1], [1, -1, 2, 1]]) Throws(test with { Folds = folds }, claims, "folds");
        Throws(test with { Batching = BatchingKind.None }, claims, "no batching");
        Throws(test with { Queries = 0 }, claims, "no queries");
        Throws(test with { LogBlowup = 4 }, claims, "blowup above a height");

        void Throws(FriCase wrong, OpeningClaim<E>[] about, string why)
        {
            Assert.True(Record.Exception(() => wrong.Verify([], FriCase.Public(batches), about)) is ArgumentException, why);
            Assert.True(Record.Exception(() => wrong.Prove(batches, about)) is ArgumentException, why);
        }
    }

    private static CommittedBatch<F, Tree> Batch(ExtendedMatrix<F>[] matrices) =>
        new(matrices, BatchCommitment<F, Tree>.Commit([.. matrices.Select(matrix => Enumerable.Range(0, matrix.Width).Select(matrix.Column).ToArray())]));

    private static ExtendedMatrix<F> Word(int logRows, F[] values) => new(logRows, 1, new ColumnMemory<F>(values, new ColumnLayout(values.Length >> (logRows + 1), 2 << logRows)));

    private static E Value(F[] polynomial, E point)
    {
        E value = default;
        for (int i = polynomial.Length - 1; i >= 0; i--) value = value * point + E.FromBase(polynomial[i]);
        return value;
    }

    private static void Refused(VerifyResult result, string what) => Assert.True(result is not (VerifyResult.Valid or VerifyResult.None), $"{what}: {result}.");
}
