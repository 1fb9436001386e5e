using Prozchain.Zk.Commitments;
using Prozchain.Zk.Security;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

public class FriTests
{
    public static IEnumerable<TheoryDataRow<int>> Cases => Enumerable.Range(0, s_cases.Length).Select(i => new TheoryDataRow<int>(i));

    private static readonly FriCase[] s_cases =
    [
        new([[(3, 1)]], [1, 1, 1]),
        new([[(5, 3)]], []),
        new([[(0, 2)]], []),
        new([[(5, 6)]], [2, 3]) { Points = 1 },
        new([[(6, 5), (6, 2)], [(6, 4)]], [3, 2]) { LogBlowup = 2, Batching = BatchingKind.Tensor },
        new([[(6, 5), (4, 2)], [(3, 4), (6, 1)]], [2, 1, 2, 1]) { Batching = BatchingKind.Independent, Points = 3 },
        new([[(7, 3), (1, 2)], [(4, 4)], [(4, 8), (7, 4), (1, 1)]], [3, 3]) { Salt = 4, Batching = BatchingKind.Tensor },
        new([[(3, 1), (0, 9)], [(9, 2)]], [3, 3, 3]) { LogBlowup = 3, Queries = 40, Grinding = default },
        new([[(8, 17)]], [3, 1]) { Points = 1, Batching = BatchingKind.Independent, Salt = 1 },
        new([[(10, 30), (9, 4), (8, 5), (7, 1)]], [1, 1, 1, 3]) { Queries = 30, Batching = BatchingKind.Tensor },
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_HonestProof_IsValidWhateverTheThreads(int number)
    {
        FriCase test = s_cases[number];
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        byte[] proof = test.Prove(batches, claims);
        Assert.Equal(VerifyResult.Valid, test.Verify(proof, FriCase.Public(batches), claims));
        Assert.Equal(proof, test.Prove(test.Commit(threads: 2), claims, threads: 2));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_AnyWrongValue_IsRefused(int number)
    {
        FriCase test = s_cases[number];
        CommittedBatch<F, Tree>[] batches = test.Commit();
        OpeningClaim<E>[] claims = test.Claims(batches);
        for (int i = 0; i < claims.Length; i++)
        {
            E[] wrong = [.. claims[i].Values];
            wrong[^1] += E.One;
            OpeningClaim<E>[] forged = [.. claims];
            forged[i] = claims[i] with { Values = wrong };
            VerifyResult result = test.Verify(test.Prove(batches, forged), FriCase.Public(batches), forged);
            Assert.True(result is VerifyResult.WrongFinalPolynomial, $"Claim {i}: {result}.");
        }
    }
}
