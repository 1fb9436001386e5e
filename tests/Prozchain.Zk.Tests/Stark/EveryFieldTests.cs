using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Both fields, all extensions and hashes, tables of different heights, hiding or not, with memory for further blocks or without.</summary>
public sealed class EveryFieldTests
{
    [Theory]
    [InlineData(4, StarkHash.Sha256)]
    [InlineData(5, StarkHash.Blake3)]
    [InlineData(6, StarkHash.Sha256)]
    [InlineData(8, StarkHash.Blake3)]
    [InlineData(5, StarkHash.Poseidon2)]
    public void KoalaBears(int degree, StarkHash hash) => RoundTrips<Field31<KoalaBear>>(degree, hash);

    [Theory]
    [InlineData(StarkHash.Keccak256)]
    [InlineData(StarkHash.Blake3)]
    [InlineData(StarkHash.Sha256)]
    [InlineData(StarkHash.Poseidon2)]
    public void BabyBears(StarkHash hash) => RoundTrips<Field31<BabyBear>>(4, hash);

    private static void RoundTrips<TField>(int degree, StarkHash hash) where TField : unmanaged, ITwoAdicField<TField>
    {
        foreach ((int ring, int pairs) in ((int, int)[])[(0, 2), (1, 3), (2, 9), (3, 2), (4, 4), (9, 3), (7, 8)])
            foreach (int logBlowup in (int[])(ring < 4 ? [2] : [1, 2])) RoundTrip<TField>(degree, hash, hiding: false, ring, pairs, logBlowup);
        foreach ((int ring, int pairs) in ((int, int)[])[(6, 6), (6, 9), (8, 7)])
            foreach (int logBlowup in (int[])[1, 2]) RoundTrip<TField>(degree, hash, hiding: true, ring, pairs, logBlowup);
    }

    private static void RoundTrip<TField>(int degree, StarkHash hash, bool hiding, int ring, int pairs, int logBlowup) where TField : unmanaged, ITwoAdicField<TField>
    {
        RingCase<TField> statement = new(degree, hash, hiding, ring, pairs, logBlowup);
        byte[]? first = null;
        foreach ((long budget, int threads) in ((long, int)[])[(long.MaxValue, 1), .. statement.Budgets(2).Select(budget => (budget, 2))])
        {
            StarkProof proof = statement.Prove(new() { MemoryBudget = budget, MaxDegreeOfParallelism = threads, CheckTraces = true, Randomness = new SeededGenerator(3) });
            Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(statement.Key, statement.Publics, proof));
            first ??= proof.Messages.ToArray();
            Assert.Equal(first, proof.Messages.ToArray());
        }
        TField[][] wrong = [[statement.Publics[0][0] + TField.One], []];
        Assert.Equal(VerifyResult.ConstraintMismatch, StarkVerifier.Verify(statement.Key, wrong, statement.Prove(new())));
    }
}
