using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Execution;

public class StatelessExecutorTests
{
    [Fact]
    public void Check_RecordedWitness_GivesTheSameAndEveryFaultHasItsName()
    {
        var shard = new TestShard();
        using var executor = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: 2);
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        var random = new Random(3);
        for (ulong height = 1; height <= 12; height++)
        {
            MicroBlockBody body = TestShard.Body(Enumerable.Range(0, 60).Select(_ => ScriptTransition.Program(random, 100)).ToList(),
                builder => builder.AddBundle([], TestShard.Receipt(ScriptTransition.KeyOf((byte)random.Next(150)), [1])));
            Assert.True(executor.Execute(TestShard.Block(height), body, shard.State).IsOk);
            Digest preRoot = shard.State.Root;
            byte[] bytes = TestNetwork.Encode(ExecutionWitness.Record(executor.Outcome, shard.State).Write);
            Assert.Equal(ReadResult.Ok, ExecutionWitness.TryRead(bytes, out ExecutionWitness? witness));
            shard.Commit(executor.Outcome);
            var effect = new ExecutionEffect(shard.State.Root, executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot);
            Assert.Equal(new StatelessResult(StatelessFault.None, ExecutionResult.Ok, effect), stateless.Check(preRoot, TestShard.Block(height), body, witness!, effect));
            Assert.Equal(TestShard.Describe(executor.Outcome), TestShard.Describe(stateless.Outcome));

            Assert.Equal(StatelessFault.WrongPostRoot, Claim(effect with { PostRoot = preRoot }));
            Assert.Equal(StatelessFault.WrongWriteDigest, Claim(effect with { WriteDigest = preRoot }));
            Assert.Equal(StatelessFault.WrongReceiptsRoot, Claim(effect with { ReceiptsRoot = preRoot }));
            if (height > 1) Assert.Equal(StatelessFault.BadWitness, stateless.Check(effect.PostRoot, TestShard.Block(height), body, witness!, effect).Fault);
            Assert.Equal(StatelessFault.UnusedCell, stateless.Execute(preRoot, TestShard.Block(height), TestShard.Body([]), witness!).Fault);
            Assert.Equal(StatelessFault.BadBody, stateless.Execute(preRoot, TestShard.Block(height), TestShard.Body([[9]]), witness!).Fault);

            StatelessFault Claim(ExecutionEffect claim) => stateless.Check(preRoot, TestShard.Block(height), body, witness!, claim).Fault;
        }
    }

    [Fact]
    public void Execute_LeftOutCell_IsMissing()
    {
        (TestShard shard, Digest preRoot, MicroBlockBody body, _, _) = Sample();
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        Assert.True(executor.Execute(TestShard.Block(), TestShard.Body([body.Transaction(0).ToArray()]), shard.State).IsOk);
        ExecutionWitness part = ExecutionWitness.Record(executor.Outcome, shard.State);
        Assert.Equal(StatelessFault.MissingCell, stateless.Execute(preRoot, TestShard.Block(), body, part).Fault);
    }

    [Fact]
    public void Check_HostileWitness_IsRefusedByName()
    {
        (_, Digest preRoot, MicroBlockBody body, byte[] bytes, ExecutionEffect effect) = Sample();
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        var faults = new HashSet<StatelessFault>();
        int read = 0;
        HostileBytes.Feed([bytes], mutated =>
        {
            if (mutated.SequenceEqual(bytes) || ExecutionWitness.TryRead(mutated, out ExecutionWitness? witness) != ReadResult.Ok) return;
            read++;
            Assert.Equal(mutated.ToArray(), TestNetwork.Encode(witness!.Write));
            StatelessFault fault = stateless.Check(preRoot, TestShard.Block(), body, witness, effect).Fault;
            Assert.NotEqual(StatelessFault.None, fault);
            faults.Add(fault);
        }, 20_000);
        Assert.True(read > 500 && faults.Contains(StatelessFault.BadWitness), $"Expected refused witnesses, got {read} read.");
    }

    [Fact]
    public void TryRead_TooLargeWitness_IsRefusedUnread()
    {
        (_, _, _, byte[] bytes, _) = Sample();
        Assert.Equal(ReadResult.TooLarge, ExecutionWitness.TryRead(bytes, out _, bytes.Length - 1));
        Assert.Equal(ReadResult.Ok, ExecutionWitness.TryRead(bytes, out _, bytes.Length));
        for (int length = 0; length < bytes.Length; length += 7) Assert.NotEqual(ReadResult.Ok, ExecutionWitness.TryRead(bytes.AsSpan(0, length), out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ReadResult.Truncated, ExecutionWitness.TryRead([0, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3], out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
    }

    private static (TestShard Shard, Digest PreRoot, MicroBlockBody Body, byte[] Witness, ExecutionEffect Effect) Sample()
    {
        var random = new Random(8);
        TestShard shard = new(), after = new();
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        MicroBlockBody first = TestShard.Body(Enumerable.Range(0, 30).Select(_ => ScriptTransition.Program(random, 15)).ToList());
        Assert.True(executor.Execute(TestShard.Block(), first, shard.State).IsOk);
        shard.Commit(executor.Outcome);
        after.Commit(executor.Outcome);
        MicroBlockBody body = TestShard.Body(Enumerable.Range(0, 6).Select(_ => ScriptTransition.Program(random, 15)).ToList());
        Assert.True(executor.Execute(TestShard.Block(), body, shard.State).IsOk);
        byte[] witness = TestNetwork.Encode(ExecutionWitness.Record(executor.Outcome, shard.State).Write);
        after.Commit(executor.Outcome);
        return (shard, shard.State.Root, body, witness, new ExecutionEffect(after.State.Root, executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot));
    }
}
