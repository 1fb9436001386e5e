using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.State;
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
        int removed = 0;
        for (ulong height = 1; height <= 12; height++)
        {
            MicroBlockBody body = TestShard.Body(Enumerable.Range(0, 60).Select(_ => ScriptTransition.Program(random, 100, removes: true)).ToList(),
                builder => builder.AddBundle([], TestShard.Receipt(ScriptTransition.KeyOf((byte)random.Next(150)), [1])));
            Assert.True(executor.Execute(TestShard.Block(height), body, shard.State).IsOk);
            Digest preRoot = shard.State.Root;
            byte[] witness = TestNetwork.Encode(output => executor.Outcome.WriteWitness(shard.State, output));
            foreach (StateWrite write in executor.Outcome.Writes)
                if (write.IsDelete && shard.State.TryGet(write.Key, out _)) removed++;
            shard.Commit(executor.Outcome);
            var effect = new ExecutionEffect(shard.State.Root, executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot);
            Assert.Equal(new StatelessResult(StatelessFault.None, ExecutionResult.Ok, effect), stateless.Check(preRoot, TestShard.Block(height), body, witness, effect));
            Assert.Equal(TestShard.Describe(executor.Outcome), TestShard.Describe(stateless.Outcome));

            Assert.Equal(StatelessFault.WrongPostRoot, Claim(effect with { PostRoot = preRoot }));
            Assert.Equal(StatelessFault.WrongWriteDigest, Claim(effect with { WriteDigest = preRoot }));
            Assert.Equal(StatelessFault.WrongReceiptsRoot, Claim(effect with { ReceiptsRoot = preRoot }));
            if (height > 1) Assert.Equal(StatelessFault.BadWitness, stateless.Check(effect.PostRoot, TestShard.Block(height), body, witness, effect).Fault);
            // Of nothing there is but one witness.
            Assert.Equal(height > 1 ? StatelessFault.UnusedCell : StatelessFault.None, stateless.Execute(preRoot, TestShard.Block(height), TestShard.Body([]), witness).Fault);
            Assert.Equal(StatelessFault.BadBody, stateless.Execute(preRoot, TestShard.Block(height), TestShard.Body([[9]]), witness).Fault);

            StatelessFault Claim(ExecutionEffect claim) => stateless.Check(preRoot, TestShard.Block(height), body, witness, claim).Fault;
        }
        Assert.True(removed > 20, $"Expected cells that went, got {removed}.");
    }

    [Fact]
    public void Execute_LeftOutCell_IsMissing()
    {
        (TestShard shard, Digest preRoot, MicroBlockBody body, _, _) = Sample();
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        Assert.True(executor.Execute(TestShard.Block(), TestShard.Body([body.Transaction(0).ToArray()]), shard.State).IsOk);
        byte[] part = TestNetwork.Encode(output => executor.Outcome.WriteWitness(shard.State, output));
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
            if (mutated.SequenceEqual(bytes)) return;
            read++;
            StatelessFault fault = stateless.Check(preRoot, TestShard.Block(), body, mutated, effect).Fault;
            Assert.NotEqual(StatelessFault.None, fault);
            faults.Add(fault);
        }, 20_000);
        Assert.True(read > 500 && faults.Contains(StatelessFault.BadWitness), $"Expected refused witnesses, got {read} read.");
    }

    [Fact]
    public void Execute_WitnessOfMoreThanTheBlock_IsUnused()
    {
        (TestShard shard, Digest preRoot, MicroBlockBody body, _, _) = Sample();
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        Assert.True(executor.Execute(TestShard.Block(), body, shard.State).IsOk);
        var touched = new Digest[executor.Outcome.TouchedCount];
        executor.Outcome.CopyTouched(touched);
        Digest other = Enumerable.Range(0, 200).Select(i => ScriptTransition.KeyOf((byte)i)).First(key => !touched.Contains(key));
        byte[] more = TestNetwork.Encode(output => shard.State.WriteWitness([.. touched, other], [], output));
        Assert.Equal(StatelessFault.UnusedCell, stateless.Execute(preRoot, TestShard.Block(), body, more).Fault);
        // Room for deletions that the block does not make.
        byte[] room = TestNetwork.Encode(output => shard.State.WriteWitness(touched, touched, output));
        Assert.Equal(StatelessFault.UnusedCell, stateless.Execute(preRoot, TestShard.Block(), body, room).Fault);
        Assert.Equal(StatelessFault.BadWitness, stateless.Execute(preRoot, TestShard.Block(), body, new byte[WitnessStore.MaxBytes + 1]).Fault);
    }

    [Fact]
    public void Execute_RemovalWithoutItsSibling_IsMissing()
    {
        // Two cells: without one the other is the root, and a stub does not say that it is a leaf.
        var shard = new TestShard();
        Digest first = ScriptTransition.KeyOf(1), second = ScriptTransition.KeyOf(2);
        shard.State.Stage([new StateWrite(first, new byte[1]), new StateWrite(second, new byte[1])]);
        shard.State.Commit();
        MicroBlockBody body = TestShard.Body([[0, 9, 0, ScriptTransition.RemoveInstruction, 1, 0]]);
        using var stateless = new StatelessExecutor<ScriptTransition>(default);
        byte[] without = TestNetwork.Encode(output => shard.State.WriteWitness([first], [], output));
        byte[] with = TestNetwork.Encode(output => shard.State.WriteWitness([first], [first], output));
        Assert.Equal(StatelessFault.MissingCell, stateless.Execute(shard.State.Root, TestShard.Block(), body, without).Fault);
        StatelessResult result = stateless.Execute(shard.State.Root, TestShard.Block(), body, with);
        Assert.Equal(StatelessFault.None, result.Fault);
        Assert.Equal(shard.State.Stage([StateWrite.Delete(first)]), result.Effect.PostRoot);
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
        byte[] witness = TestNetwork.Encode(output => executor.Outcome.WriteWitness(shard.State, output));
        after.Commit(executor.Outcome);
        return (shard, shard.State.Root, body, witness, new ExecutionEffect(after.State.Root, executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot));
    }
}
