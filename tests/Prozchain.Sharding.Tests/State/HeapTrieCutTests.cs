using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.State;

/// <summary>A split gives the two children of the root and a merge gives the root back, at every depth, and both go on as stores.</summary>
public class HeapTrieCutTests
{
    private const long Bound = 1 << 26;

    [Fact]
    public void SplitAndMerge_AnyContent_AreInverses()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var cases = new StateCases(seed);
            int depth = seed % 3 == 0 ? 0 : cases.Random.Next(9);
            Digest prefix = TestNetwork.Key(seed);
            var store = new HeapTrieStore(Bound, prefix, depth);
            StateWrite[] batch = cases.Batch(seed % 5 == 0 ? cases.Random.Next(12) : cases.Random.Next(2000), prefix, depth, deletesIn10: 0);
            store.Stage(batch);
            store.Commit();
            cases.Done(batch);
            (Digest root, int count, long used) = (store.Root, store.Count, store.UsedBytes);
            List<HeapTrieStore> parts = [store];
            for (int level = 0; level < 7; level++)
                parts = [.. parts.SelectMany(part => { (HeapTrieStore left, HeapTrieStore right) = part.Split(); return (HeapTrieStore[])[left, right]; })];
            foreach (HeapTrieStore part in parts) AssertIs(part, cases);
            // Each goes on by itself, reading what it shares with the others and writing elsewhere.
            for (int i = 0; i < parts.Count; i++)
            {
                StateWrite[] more = cases.Batch(cases.Random.Next(20), parts[i].Prefix, parts[i].RootDepth);
                more = [.. more.Where(write => parts[i].Prefix.Bytes.Bit(0) == write.Key.Bytes.Bit(0) && Prozchain.Shared.Bytes32.CommonPrefix(parts[i].Prefix.Bytes, write.Key.Bytes) >= parts[i].RootDepth)];
                parts[i].Stage(more);
                parts[i].Commit();
                cases.Done(more);
            }
            foreach (HeapTrieStore part in parts) AssertIs(part, cases);
            if (seed % 4 == 0) parts = [.. parts.Select((part, i) => i % 3 == 0 ? part.Detach() : part)];
            while (parts.Count > 1)
                parts = [.. parts.Chunk(2).Select(pair => { Assert.Equal(StageResult.Ok, HeapTrieStore.TryMerge(pair[0], pair[1], out HeapTrieStore? merged)); return merged!; })];
            AssertIs(parts[0], cases);
            // Back to what it was.
            StateWrite[] back = [.. cases.Content.Keys.Except(batch.Select(write => write.Key)).Select(StateWrite.Delete), .. batch];
            parts[0].Stage(back);
            parts[0].Commit();
            Assert.Equal((root, count, used), (parts[0].Root, parts[0].Count, parts[0].UsedBytes));
            parts[0].Dispose();
        }
    }

    [Fact]
    public void SplitAndMerge_Misuse_IsRefused()
    {
        var store = new HeapTrieStore(1 << 16);
        store.Stage([new StateWrite(TestNetwork.Key(1), default)]);
        Assert.Throws<InvalidOperationException>(() => store.Split());
        store.Commit();
        (HeapTrieStore left, HeapTrieStore right) = store.Split();
        Assert.Throws<ObjectDisposedException>(() => store.TryGet(default, out _));
        Assert.Throws<ArgumentException>(() => HeapTrieStore.TryMerge(right, left, out _));
        Assert.Throws<ArgumentException>(() => HeapTrieStore.TryMerge(left, left, out _));
        Fill(left);
        Fill(right);
        (Digest leftRoot, Digest rightRoot) = (left.Root, right.Root);
        Assert.Equal(StageResult.Full, HeapTrieStore.TryMerge(left, right, out _));
        Assert.Equal((leftRoot, rightRoot), (left.Root, right.Root));
        left.Dispose();
        right.Dispose();
    }

    private static void Fill(HeapTrieStore store)
    {
        for (int i = 0; i < 200 && store.UsedBytes < 40_000; i++)
        {
            if (Prozchain.Shared.Bytes32.CommonPrefix(TestNetwork.Key(i).Bytes, store.Prefix.Bytes) < store.RootDepth) continue;
            store.Stage([new StateWrite(TestNetwork.Key(i), new byte[1000])]);
            store.Commit();
        }
    }

    private static void AssertIs(HeapTrieStore store, StateCases cases)
    {
        var oracle = new TrieStore(store.Prefix, store.RootDepth);
        StateWrite[] mine = [.. cases.Content.Where(pair => Prozchain.Shared.Bytes32.CommonPrefix(pair.Key.Bytes, store.Prefix.Bytes) >= store.RootDepth).Select(pair => new StateWrite(pair.Key, pair.Value))];
        oracle.Stage(mine);
        oracle.Commit();
        Assert.Equal((oracle.Root, oracle.Count), (store.Root, store.Count));
        foreach (StateWrite write in mine)
        {
            Assert.True(store.TryGet(write.Key, out ReadOnlySpan<byte> value));
            Assert.True(value.SequenceEqual(write.Value.Span));
        }
        using var again = new HeapTrieStore(Bound, store.Prefix, store.RootDepth);
        again.Stage(mine);
        Assert.Equal(again.UsedBytes, store.UsedBytes);
    }
}
