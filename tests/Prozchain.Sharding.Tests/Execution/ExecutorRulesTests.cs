using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Execution;

/// <summary>What the executor holds every transition to, shown on one that breaks each rule.</summary>
public class ExecutorRulesTests
{
    private const string Frozen = "dc74485958de38b5 6be87d9cf9921e7d 158ef883243059f6";

    // Instructions: 2 writes, 4 keeps, 5 fails, 6 sends, 7 writes 18 bytes times its argument, 15 removes.
    [Theory]
    [InlineData(TransactionStatus.Applied, new byte[] { 2, 1, 8 })]
    [InlineData(TransactionStatus.ForbiddenCell, new byte[] { 2, 2, 8 })]
    [InlineData(TransactionStatus.ForbiddenCell, new byte[] { 0, 3, 0 })]
    [InlineData(TransactionStatus.ForbiddenCell, new byte[] { 15, 2, 0 })]
    [InlineData(TransactionStatus.ForbiddenCell, new byte[] { 15, 220, 0 })]
    [InlineData(TransactionStatus.ForbiddenCell, new byte[] { 2, 220, 8 })]
    [InlineData(TransactionStatus.ValueTooLarge, new byte[] { 7, 1, 250 })]
    [InlineData(TransactionStatus.BadReceipt, new byte[] { 6, 1, 1 })]
    [InlineData(TransactionStatus.BadReceipt, new byte[] { 6, 220, 250 })]
    [InlineData(TransactionStatus.OutOfGas, new byte[] { 7, 1, 1, 7, 1, 1, 7, 1, 1, 7, 1, 1, 7, 1, 1 })]
    public void Execute_Rule_EndsTheTransaction(byte expected, byte[] instructions)
    {
        foreach (bool declared in new[] { true, false })
        {
            // Undeclared, only what lies elsewhere is forbidden.
            if (!declared && expected == TransactionStatus.ForbiddenCell && instructions[1] < 200) continue;
            byte[] program = declared ? [1, 2, 2, 1, 1, 2, 0, 2, 1, 9, 4, 1, 0, .. instructions] : [0, 2, 0, 2, 1, 9, 4, 1, 0, .. instructions];
            foreach (int disorder in new[] { 0, 1 })
            {
                using var executor = new MicroBlockExecutor<ScriptTransition>(default) { Disorder = disorder };
                Assert.True(executor.Execute(TestShard.Block(), TestShard.Body([program, [1, 1, 0]]), new TestShard().State).IsOk);
                Assert.Equal(expected, executor.Outcome.Status(0));
                // What was kept stays; what came after went with the failure.
                Sharding.State.StateWrite write = Assert.Single(executor.Outcome.CopyWrites());
                Assert.Equal(ScriptTransition.KeyOf(1), write.Key);
                Assert.Equal(expected == TransactionStatus.Applied ? 8 : 9, write.Value.Length);
                Assert.Empty(executor.Outcome.Outbound);
            }
        }
    }

    [Fact]
    public void Execute_Removed_IsAbsentUntilWrittenAndBackAfterAFailure()
    {
        var shard = new TestShard();
        Sharding.State.StateWrite Cell(byte number, int length) => new(ScriptTransition.KeyOf(number), new byte[length]);
        shard.State.Stage([Cell(1, 20), Cell(2, 30), Cell(3, 0)]);
        shard.State.Commit();
        foreach (bool declared in new[] { true, false })
            foreach (int disorder in new[] { 0, 1 })
            {
                using var executor = new MicroBlockExecutor<ScriptTransition>(default) { Disorder = disorder };
                byte[] Program(params byte[] instructions) => declared ? [1, 9, 4, 1, 1, 2, 1, 3, 1, 4, 1, .. instructions] : [0, 9, 0, .. instructions];
                MicroBlockBody body = TestShard.Body([
                    Program(15, 1, 0, 15, 2, 0, 2, 2, 8, 15, 4, 0),
                    // Goes with the failure, which is a value over the limit.
                    Program(15, 3, 0, 2, 1, 5, 7, 4, 250),
                    Program(15, 2, 0, 4, 0, 0, 2, 2, 9, 7, 4, 250),
                ]);
                Assert.True(executor.Execute(TestShard.Block(), body, shard.State).IsOk);
                Assert.Equal([TransactionStatus.Applied, TransactionStatus.ValueTooLarge, TransactionStatus.ValueTooLarge], [executor.Outcome.Status(0), executor.Outcome.Status(1), executor.Outcome.Status(2)]);
                Digest[] gone = [.. new byte[] { 1, 2, 4 }.Select(ScriptTransition.KeyOf).Order()];
                Assert.Equal(gone.Select(key => (key, true)), executor.Outcome.CopyWrites().Select(write => (write.Key, write.IsDelete)));
                Assert.Equal(-(32 + 20) - (32 + 30), executor.Outcome.Counters.StateBytes);
                Assert.Equal(3, executor.Outcome.Counters.CellsWritten);
                // Removed is not empty: key, 0xFFFF.
                byte[] written = [.. gone.SelectMany(key => (byte[])[.. key.Span, 0xFF, 0xFF])];
                Assert.Equal(new Digest(Sharding.Hashing.Domains.WriteDigest.Hash(written)), executor.Outcome.WriteDigest);
            }
    }

    [Fact]
    public void Execute_TooManyCells_EndsAlikeUnderEverySchedule()
    {
        var instructions = new List<byte> { 0, 250, 0 };
        for (byte i = 0; i < 70; i++) instructions.AddRange([(byte)(i % 2 * 2), i, 8]);
        foreach (int disorder in new[] { 0, 1 })
        {
            using var executor = new MicroBlockExecutor<ScriptTransition>(default) { Disorder = disorder };
            Assert.True(executor.Execute(TestShard.Block(), TestShard.Body([[.. instructions]]), new TestShard().State).IsOk);
            Assert.Equal(TransactionStatus.TooManyCells, executor.Outcome.Status(0));
            Assert.Equal(64, executor.Outcome.TouchedCount);
            Assert.Empty(executor.Outcome.CopyWrites());
        }
    }

    [Theory]
    [InlineData(TransactionFault.BadDeclaration, new byte[] { 1, 1, 2, 1, 1, 1, 0 })]
    [InlineData(TransactionFault.ForeignCells, new byte[] { 1, 1, 1, 210, 0 })]
    [InlineData(TransactionFault.Malformed, new byte[] { 1, 1, 3, 1, 1 })]
    public void Execute_BadDeclaration_IsAFaultOfTheBody(TransactionFault fault, byte[] program)
    {
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        Assert.Equal(new ExecutionResult(ExecutionFault.BadTransaction, 0, fault), executor.Execute(TestShard.Block(), TestShard.Body([program]), new TestShard().State));
    }

    [Fact]
    public void Execute_HostileBodies_NeverThrow()
    {
        var random = new Random(4);
        var shard = new TestShard();
        byte[][] samples = [.. Enumerable.Range(0, 50).Select(_ => TestShard.Body([ScriptTransition.Program(random, 10), ScriptTransition.Program(random, 10)],
            builder => builder.AddBundle([1], TestShard.Receipt(ScriptTransition.KeyOf(1), [1, 2]))).Encoded.ToArray())];
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        var body = new MicroBlockBody();
        int executed = 0;
        HostileBytes.Feed(samples, bytes =>
        {
            if (body.Read(bytes.ToArray()) == Sharding.Wire.ReadResult.Ok && executor.Execute(TestShard.Block(), body, shard.State).IsOk) executed++;
        }, 20_000);
        Assert.True(executed > 500);
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Execute_WithoutInstructionSets_GivesTheFrozenDigests(InstructionSet set)
    {
        Check();
        IsaRerun.Without(set, Check);

        static void Check()
        {
            var random = new Random(1);
            using var executor = new MicroBlockExecutor<ScriptTransition>(default);
            MicroBlockBody body = TestShard.Body(Enumerable.Range(0, 500).Select(_ => ScriptTransition.Program(random, 60)).ToList());
            Assert.True(executor.Execute(TestShard.Block(), body, new TestShard().State).IsOk);
            string actual = $"{body.Root.ToString()[..16]} {executor.Outcome.WriteDigest.ToString()[..16]} {executor.Outcome.ReceiptsRoot.ToString()[..16]}";
            Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");
        }
    }
}
