using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.State;

/// <summary>A store that has ended, is full to the last byte, or has no memory left says so, and never answers from what is not there.</summary>
public class HeapTrieLifeTests
{
    [Fact]
    public void TryMerge_DisposedSide_ThrowsAndLosesNothing()
    {
        var store = new HeapTrieStore(1 << 20);
        store.Stage([.. Enumerable.Range(0, 50).Select(i => new StateWrite(TestNetwork.Key(i), new byte[20]))]);
        store.Commit();
        (HeapTrieStore left, HeapTrieStore right) = store.Split();
        Digest root = right.Root;
        left.Dispose();
        Assert.Throws<ObjectDisposedException>(() => HeapTrieStore.TryMerge(left, right, out _));
        Assert.Equal(root, right.Root);
        Assert.True(right.Count > 0);
        right.Dispose();
    }

    [Fact]
    public void Dispose_WithABatchStaged_EndsIt()
    {
        var store = new HeapTrieStore(1 << 20);
        store.Stage([.. Enumerable.Range(0, 5000).Select(i => new StateWrite(TestNetwork.Key(i), new byte[2]))]);
        store.Dispose();
        store.Revert();
        store.Commit();
        Assert.Throws<ObjectDisposedException>(() => store.TryGet(TestNetwork.Key(1), out _));
        Assert.Throws<ObjectDisposedException>(() => store.Prove(TestNetwork.Key(1)));
        Assert.Throws<ObjectDisposedException>(() => store.Split());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryMerge_WhatDoesNotFitInPages_IsFull(bool related)
    {
        // Two buckets of eight with a nibble for each key: a page and sixteen buckets come out of them.
        HeapTrieStore left, right;
        if (related) (left, right) = new HeapTrieStore(1 << 16).Split();
        else (left, right) = (new HeapTrieStore(1 << 16, new Digest(new byte[32]), 1), new HeapTrieStore(1 << 16, KeyAt(8), 1));
        for (int nibble = 0; nibble < 16; nibble++)
        {
            HeapTrieStore side = nibble < 8 ? left : right;
            side.Stage([new StateWrite(KeyAt(nibble), new byte[nibble == 0 ? 1792 : 4096])]);
            side.Commit();
        }
        Assert.InRange(left.UsedBytes + right.UsedBytes, 63_900, 65_536 - 1088);
        (Digest leftRoot, Digest rightRoot) = (left.Root, right.Root);
        Assert.Equal(StageResult.Full, HeapTrieStore.TryMerge(left, right, out _));
        Assert.Equal((leftRoot, rightRoot), (left.Root, right.Root));
        left.Stage([new StateWrite(KeyAt(1), default)]);
        left.Commit();
        Assert.Equal(StageResult.Ok, HeapTrieStore.TryMerge(left, right, out HeapTrieStore? merged));
        Assert.InRange(merged!.UsedBytes, 0, merged.MaxBytes);
        merged.Dispose();
    }

    [Fact]
    public void TryStage_WithoutMemoryLeft_ThrowsAndTheStoreAnswersNoMore()
    {
        // A family has 4,096 segments; two a store are not there for 2,100 of them.
        List<HeapTrieStore> family = [new HeapTrieStore(1 << 16)];
        for (int level = 0; family.Count < 2100; level++)
        {
            HeapTrieStore first = family[0];
            family.RemoveAt(0);
            (HeapTrieStore left, HeapTrieStore right) = first.Split();
            family.AddRange([left, right]);
        }
        int failed = 0, went = 0;
        foreach (HeapTrieStore store in family)
        {
            Digest key = store.Prefix;
            try
            {
                store.Stage([new StateWrite(key, new byte[100])]);
                store.Commit();
                went++;
            }
            catch (InsufficientMemoryException)
            {
                failed++;
                Assert.Throws<ObjectDisposedException>(() => store.TryGet(key, out _));
                Assert.Throws<ObjectDisposedException>(() => store.Stage([]));
            }
        }
        Assert.True(failed > 0 && went > 2000, $"Expected some stores without memory, got {failed} and {went} with it.");
        foreach (HeapTrieStore store in family) store.Dispose();
    }

    [Fact]
    public void Stage_UndoOfMoreThanTwoGibibytes_IsUndone()
    {
        Assert.SkipUnless(TestSettings.IsLong, "PROZCHAIN_LONG=1 runs it: 12 GiB of memory.");
        const int Keys = 560_000;
        using var store = new HeapTrieStore(1L << 32);
        byte[] value = new byte[4096];
        value[7] = 9;
        StateWrite[] writes = [.. Enumerable.Range(0, Keys).Select(i => new StateWrite(TestNetwork.Key(i), value))];
        foreach (StateWrite[] batch in writes.Chunk(100_000)) { store.Stage(batch); store.Commit(); }
        Digest root = store.Root;
        Assert.Equal(default, store.Stage([.. writes.Select(write => StateWrite.Delete(write.Key))]));
        store.Revert();
        Assert.Equal(root, store.Root);
        Assert.True(store.TryGet(writes[^1].Key, out ReadOnlySpan<byte> got) && got.SequenceEqual(value));
        // And a batch of that size going in.
        store.Stage(writes);
        Assert.Equal(root, store.Root);
    }

    private static Digest KeyAt(int nibble)
    {
        byte[] key = new byte[32];
        key[0] = (byte)(nibble << 4);
        return new Digest(key);
    }
}
