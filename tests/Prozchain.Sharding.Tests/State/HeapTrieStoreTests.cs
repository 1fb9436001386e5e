using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.State;

/// <summary>The heap trie is the reference trie, batch by batch.</summary>
public class HeapTrieStoreTests
{
    private const long Bound = 1 << 28;

    [Fact]
    public void Stage_RandomBatches_EqualsTheReference() => CheckBatches(60);

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Stage_WithoutInstructionSets_EqualsTheReference(InstructionSet set) => IsaRerun.Without(set, () => CheckBatches(8));

    [Fact]
    public void Stage_ManyKeysThenNone_LeavesNothing()
    {
        var cases = new StateCases(5);
        using var store = new HeapTrieStore(Bound);
        var oracle = new TrieStore();
        StateWrite[] batch = cases.Batch(20_000, deletesIn10: 0);
        cases.Done(batch);
        Assert.Equal(oracle.Stage(batch), store.Stage(batch));
        store.Commit();
        StateWrite[] deletes = [.. cases.Content.Keys.Select(StateWrite.Delete)];
        foreach (StateWrite[] part in deletes.Chunk(3001)) { store.Stage(part); store.Commit(); }
        Assert.Equal((default, 0, 0), (store.Root, store.Count, store.UsedBytes));
    }

    [Fact]
    public void Stage_OverTheBound_IsRefusedAndChangesNothing()
    {
        var cases = new StateCases(7);
        using var store = new HeapTrieStore(1 << 18);
        int refused = 0;
        for (int i = 0; i < 60; i++)
        {
            StateWrite[] batch = cases.Batch(40, deletesIn10: i % 10 < 7 ? 1 : 7);
            (Digest root, int count, long used) = (store.Root, store.Count, store.UsedBytes);
            if (store.TryStage(batch, out _) == StageResult.Full)
            {
                refused++;
                Assert.Equal((root, count, used), (store.Root, store.Count, store.UsedBytes));
                continue;
            }
            store.Commit();
            cases.Done(batch);
            Assert.InRange(store.UsedBytes, 0, store.MaxBytes);
            Assert.Equal(cases.Content.Count, store.Count);
        }
        Assert.InRange(refused, 3, 57);
        // What is refused depends on the content alone: a store that came to it at once takes as much.
        using var other = new HeapTrieStore(1 << 18);
        Assert.Equal(store.Root, other.Stage([.. cases.Content.Select(pair => new StateWrite(pair.Key, pair.Value))]));
        Assert.Equal(store.UsedBytes, other.UsedBytes);
        Assert.Equal(StageResult.Full, store.TryStage([.. Enumerable.Range(0, 100).Select(i => new StateWrite(TestNetwork.Key(i), new byte[4096]))], out _));
        Assert.Throws<InvalidOperationException>(() => store.Stage([.. Enumerable.Range(0, 100).Select(i => new StateWrite(TestNetwork.Key(i), new byte[4096]))]));
    }

    [Fact]
    public void Stage_NotCommitted_IsNotSeen()
    {
        var cases = new StateCases(9);
        using var store = new HeapTrieStore(Bound);
        StateWrite[] first = cases.Batch(500, deletesIn10: 0);
        store.Stage(first);
        store.Commit();
        cases.Done(first);
        Digest root = store.Root;
        for (int i = 0; i < 20; i++)
        {
            StateWrite[] batch = cases.Batch(100);
            store.Stage(batch);
            Assert.Equal((root, cases.Content.Count), (store.Root, store.Count));
            foreach (StateWrite write in batch) AssertHolds(store, cases, write.Key);
            foreach (StateWrite write in first) AssertHolds(store, cases, write.Key);
        }
        store.Revert();
        store.Commit();
        Assert.Equal(root, store.Root);
    }

    [Fact]
    public void Stage_Misuse_Throws()
    {
        using var store = new HeapTrieStore(Bound, TestNetwork.Key(1), 9);
        Assert.Throws<ArgumentException>(() => store.Stage([new StateWrite(TestNetwork.Key(1), default), StateWrite.Delete(TestNetwork.Key(1))]));
        Assert.Throws<ArgumentException>(() => store.Stage([new StateWrite(TestNetwork.Key(2), default)]));
        Assert.Throws<ArgumentException>(() => store.Stage([new StateWrite(TestNetwork.Key(1), new byte[4097])]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeapTrieStore(1000));
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Stage([]));
    }

    [Fact]
    public void StageAndCommit_Warm_AllocatesNothing()
    {
        using var store = new HeapTrieStore(Bound);
        StateWrite[] all = [.. Enumerable.Range(0, 20_000).Select(i => new StateWrite(TestNetwork.Key(i), new byte[16 + i % 90]))];
        store.Stage(all);
        store.Commit();
        StateWrite[][] batches = [all[..5000], [.. all[..3000].Select(write => StateWrite.Delete(write.Key))], [StateWrite.Delete(TestNetwork.Key(-1)), .. all[7000..7010]], []];
        int turn = 0, found = 0;
        AllocationAssert.None(() =>
        {
            store.Stage(batches[turn++ % batches.Length]);
            if (turn % 3 != 0) store.Commit();
            if (store.TryGet(all[turn].Key, out _)) found++;
        }, warmUps: 24);
        Assert.NotEqual(0, found);
    }

    private static void CheckBatches(int seeds)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            var cases = new StateCases(seed);
            int depth = seed % 3 == 0 ? 0 : cases.Random.Next(40);
            Digest prefix = TestNetwork.Key(seed);
            using var store = new HeapTrieStore(Bound, prefix, depth);
            var oracle = new TrieStore(prefix, depth);
            for (int i = 0; i < 30; i++)
            {
                StateWrite[] batch = cases.Batch(cases.Random.Next(1, 1 << cases.Random.Next(1, 10)), prefix, depth, deletesIn10: cases.Random.Next(10));
                Digest expected = oracle.Stage(batch), got = store.Stage(batch);
                Assert.True(expected == got, $"Seed {seed}, batch {i}: expected {expected}, got {got}.");
                if (cases.Random.Next(4) == 0) continue;
                store.Commit();
                oracle.Commit();
                cases.Done(batch);
                Assert.Equal((oracle.Root, oracle.Count), (store.Root, store.Count));
                foreach (StateWrite write in batch) AssertHolds(store, cases, write.Key);
            }
            store.Revert();
            using var again = new HeapTrieStore(Bound, prefix, depth);
            Assert.Equal(store.Root, again.Stage([.. cases.Content.Select(pair => new StateWrite(pair.Key, pair.Value))]));
            Assert.Equal(again.UsedBytes, store.UsedBytes);
        }
    }

    private static void AssertHolds(HeapTrieStore store, StateCases cases, in Digest key)
    {
        bool expected = cases.Content.TryGetValue(key, out byte[]? value);
        Assert.Equal(expected, store.TryGet(key, out ReadOnlySpan<byte> got));
        Assert.True(got.SequenceEqual(value));
    }
}
