using Prozchain.Sharding.Execution;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Execution;

public class ExecutorAllocationTests
{
    /// <summary>From the bytes of the body to the committed root, without a copy of the writes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ExecuteStageAndCommit_Warm_AllocateNothing(int threads)
    {
        var random = new Random(5);
        byte[][] bodies = [.. Enumerable.Range(0, 3).Select(i => TestShard.Body(
            Enumerable.Range(0, 400).Select(_ => ScriptTransition.Program(random, 150, removes: true)).ToList(),
            builder => builder.AddBundle([], TestShard.Receipt(ScriptTransition.KeyOf((byte)(i * 9)), [1, 2]))).Encoded.ToArray())];
        using var state = new HeapTrieStore(1 << 24, TestShard.Info.Prefix, TestShard.Info.Depth);
        using var executor = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: threads);
        var body = new MicroBlockBody();
        BlockContext block = TestShard.Block();
        int turn = 0, changed = 0;
        AllocationAssert.None(() =>
        {
            body.Read(bodies[turn++ % bodies.Length]);
            executor.Execute(block, body, state);
            if (state.Stage(executor.Outcome.Writes) != state.Root) changed++;
            state.Commit();
        }, warmUps: 30);
        Assert.NotEqual(0, changed);
    }

    /// <summary>The memory of the writes is the executor's, and the store holds what they were all the same.</summary>
    [Fact]
    public void Writes_UsedAgainByTheNextBlock_StayInTheHeapTrie()
    {
        var random = new Random(6);
        var oracle = new TestShard();
        using var state = new HeapTrieStore(1 << 24, TestShard.Info.Prefix, TestShard.Info.Depth);
        using var executor = new MicroBlockExecutor<ScriptTransition>(default);
        for (ulong height = 1; height < 30; height++)
        {
            MicroBlockBody body = TestShard.Body(Enumerable.Range(0, 100).Select(_ => ScriptTransition.Program(random, 150, removes: true)).ToList());
            Assert.True(executor.Execute(TestShard.Block(height), body, state).IsOk);
            state.Stage(executor.Outcome.Writes);
            state.Commit();
            oracle.Commit(executor.Outcome);
            Assert.Equal((oracle.State.Root, oracle.State.Count), (state.Root, state.Count));
        }
    }
}
