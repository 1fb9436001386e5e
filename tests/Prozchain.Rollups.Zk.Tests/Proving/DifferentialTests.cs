using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Poseidon2 = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Random batches, natively and by the tables of their proofs: the same roots, receipts, effects and meters.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    /// <summary>What a status is counted for: rows, forced payments.</summary>
    private static readonly TransitionStatus[] s_rows =
    [
        TransitionStatus.Applied, TransitionStatus.InsufficientBalance, TransitionStatus.UnknownRecipient, TransitionStatus.UnknownSender, TransitionStatus.WrongSponsor, TransitionStatus.CannotPayFee,
        TransitionStatus.UsedKey, TransitionStatus.Malformed,
    ],
    s_forced = [.. s_rows, TransitionStatus.WrongKey, TransitionStatus.WrongNonce, TransitionStatus.BadSignature];

    [Theory]
    [InlineData(0, 12)]
    [InlineData(1, 3)]
    [InlineData(2, 0)]
    public void RandomBatches_AreAsNative(ulong seed, byte exponent)
    {
        var random = new SeededRandom(TestSettings.Seed + seed);
        var rollup = new SignedRollup<OracleCells>(exponent);
        var batches = new RandomBatches<OracleCells>(rollup, random);
        int segments = 0;
        for (int round = 0; round < TestSettings.Scale(70, 1_500); round++)
        {
            SignedBatch batch = round % 9 == 8 ? batches.Next(0, random.Next(8), bytes => Spoil(bytes, random)) : batches.Next(random.Next(16), random.Next(8));
            ProverInput input = rollup.Input(batch, random.Next(3) == 0 ? ProverInput.MaxSegmentSteps : random.Next(1, 12));
            Assert.Equal(TracerResult.Ok, BatchTracer<OracleCells, OracleCells>.TryOpen(input, rollup.BatchRules, out BatchTracer<OracleCells, OracleCells>? tracer));
            BatchComparison.AssertSame(batch, tracer!);
            ExecutedBatch again = rollup.Execute(input)!;
            Assert.True(rollup.IsSigned(input));
            Assert.Equal((batch.Native.PostRoot, batch.Native.ExitRoot, batch.Native.Resources), (again.PostRoot, again.ExitRoot, again.Resources));
            segments += tracer!.Segments;
            if (round % 15 == 0) TracedTables.AssertAll(tracer, rollup.BatchRules);
        }
        output.WriteLine($"{batches}; {segments} segments");
        Assert.Superset(s_rows.ToHashSet(), batches.Rows.Keys.ToHashSet());
        Assert.Superset(s_forced.ToHashSet(), batches.Payments.Keys.ToHashSet());
        Assert.Superset(new HashSet<TransitionStatus> { TransitionStatus.Applied, TransitionStatus.SentBack, TransitionStatus.Malformed }, batches.Deposits.Keys.ToHashSet());
    }

    // Bytes that are no batch: nothing, another head, too many, or a row that is none.
    private static byte[] Spoil(byte[] bytes, SeededRandom random) => random.Next(5) switch
    {
        0 => [],
        1 => random.Bytes(random.Next(300)),
        2 => [.. bytes, 1],
        3 => [.. bytes[..2], .. random.Bytes(32), .. bytes[34..]],
        _ => [.. bytes[..34], 2, 1, 2, 8, 1, .. random.Bytes(random.Next(12)), 0xFF],
    };

    /// <summary>More rows than are executed at a time; in the long form more bytes than a chunk has.</summary>
    [Fact]
    public void LargeBatch_IsAsNative()
    {
        var random = new SeededRandom(TestSettings.Seed + 4);
        var rollup = new SignedRollup<OracleCells>(12);
        SignedBatch batch = new RandomBatches<OracleCells>(rollup, random, people: 20).Next(TestSettings.Scale(400, 5_000), 20);
        ProverInput input = rollup.Input(batch, random.Next(150, 300));
        Assert.Equal(TestSettings.IsLong, input.Source.Length > ChunkCommitment.ChunkSize);
        Assert.Equal(TracerResult.Ok, BatchTracer<OracleCells, OracleCells>.TryOpen(input, rollup.BatchRules, out BatchTracer<OracleCells, OracleCells>? tracer));
        BatchComparison.AssertSame(batch, tracer!);
        Assert.True(tracer!.Segments > 1);
        TracedTables.AssertAll(tracer, rollup.BatchRules);
    }

    /// <summary>The same with the permutation that proofs are made with: few batches, as a signature takes a tenth of a second; and, in the long form, proofs.</summary>
    [Fact]
    public async Task RandomBatches_OfPoseidon2_AreAsNative()
    {
        var random = new SeededRandom(TestSettings.Seed + 3);
        var rollup = new SignedRollup<Poseidon2>(12);
        var batches = new RandomBatches<Poseidon2>(rollup, random, people: 3);
        for (int round = 0; round < TestSettings.Scale(1, 40); round++)
        {
            SignedBatch batch = batches.Next(8, 3);
            ProverInput input = rollup.Input(batch, random.Next(4, 9));
            Assert.Equal(TracerResult.Ok, BatchTracer<Poseidon2, Poseidon2>.TryOpen(input, rollup.BatchRules, out BatchTracer<Poseidon2, Poseidon2>? tracer));
            BatchComparison.AssertSame(batch, tracer!);
            if (round % 10 == 0) TracedTables.AssertAll(tracer!, rollup.BatchRules);
            if (!TestSettings.IsLong || round % 10 != 5) continue;
            BatchVerifier<Poseidon2> verifier = BatchVerifier<Poseidon2>.Of<Poseidon2>(rollup.BatchRules);
            BatchProof proof = await new BatchProver<Poseidon2, Poseidon2>(rollup.BatchRules).ProveAsync(input with { Setup = verifier.Setup }, null, TestContext.Current.CancellationToken);
            Assert.Equal(BatchRefusal.Valid, verifier.Verify(batch.Asked, proof).Refusal);
        }
        output.WriteLine($"{batches}");
    }
}
