using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.State;

/// <summary>A witness answers for what it covers as the whole state does, and for nothing else; ranges leave nothing out.</summary>
public class WitnessTests
{
    private const long Bound = 1 << 26;
    private const string Frozen = "eec147a713d8075bc01b7635fa24033a1aa09cc2e59f33e4467086395f62eabd";

    [Fact]
    public void Prove_AnyKey_EqualsTheReference()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(seed, seed * 7);
            using (store)
            {
                // What is staged is not proven.
                if (seed % 2 == 0) store.Stage(cases.Batch(20, oracle.Prefix, oracle.RootDepth));
                foreach (Digest key in Keys(cases, oracle, 30))
                    Assert.Equal(TestNetwork.Encode(oracle.Prove(key).Write), TestNetwork.Encode(store.Prove(key).Write));
            }
        }
    }

    [Fact]
    public void Witness_OfAnyBatch_GivesTheSameRootAfter()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(seed, cases => cases.Random.Next(60));
            using (store)
            {
                Digest prefix = oracle.Prefix;
                StateWrite[] batch = cases.Batch(cases.Random.Next(1, 30), prefix, oracle.RootDepth, deletesIn10: cases.Random.Next(11));
                Digest[] keys = [.. batch.Where(write => !write.IsDelete).Select(write => write.Key)], deletes = [.. batch.Where(write => write.IsDelete).Select(write => write.Key)];
                byte[] bytes = TestNetwork.Encode(output => store.WriteWitness(keys, deletes, output));
                Assert.Equal(TestNetwork.Encode(output => oracle.WriteWitness(keys, deletes, output)), bytes);
                Assert.Equal(ProofResult.Valid, WitnessStore.TryOpen(bytes, store.Root, prefix, oracle.RootDepth, out WitnessStore? witness));
                foreach (StateWrite write in batch)
                {
                    bool expected = oracle.TryGet(write.Key, out ReadOnlySpan<byte> value);
                    Assert.Equal(expected, witness!.TryGet(write.Key, out ReadOnlySpan<byte> got));
                    Assert.True(value.SequenceEqual(got));
                }
                // Any part of the deletions may be made.
                StateWrite[] part = [.. batch.Where(write => !write.IsDelete || cases.Random.Next(3) > 0)];
                Assert.Equal(StageResult.Ok, witness!.TryStage(part, out Digest root));
                Assert.Equal(oracle.Stage(part), root);
                Assert.False(witness.HasGap);
                witness.Commit();
                oracle.Commit();
                Assert.Equal(oracle.Root, witness.Root);
                foreach (Digest key in keys) Assert.Equal(TestNetwork.Encode(oracle.Prove(key).Write), TestNetwork.Encode(witness.Prove(key).Write));
            }
        }
    }

    [Fact]
    public void Witness_BeyondWhatItCovers_SaysSo()
    {
        using var store = new HeapTrieStore(Bound);
        store.Stage([.. Enumerable.Range(0, 1000).Select(i => new StateWrite(TestNetwork.Key(i), new byte[] { 1 }))]);
        store.Commit();
        byte[] bytes = TestNetwork.Encode(output => store.WriteWitness([TestNetwork.Key(3)], [], output));
        Assert.InRange(bytes.Length, 32 * 8, 32 * 20);
        Assert.Equal(ProofResult.Valid, WitnessStore.TryOpen(bytes, store.Root, default, 0, out WitnessStore? witness));
        Assert.True(witness!.TryGet(TestNetwork.Key(3), out _) && !witness.HasGap);
        Assert.Equal(StageResult.NotCovered, witness.TryStage([StateWrite.Delete(TestNetwork.Key(3)), new StateWrite(TestNetwork.Key(700), default)], out _));
        Assert.True(witness.HasGap);
        Assert.Throws<InvalidOperationException>(() => ((IAuthenticatedStore)witness).Stage([new StateWrite(TestNetwork.Key(700), default)]));
        Assert.Throws<InvalidOperationException>(() => witness.Prove(TestNetwork.Key(700)));
        Assert.Equal(ProofResult.WrongRoot, WitnessStore.TryOpen(bytes, TestNetwork.Key(9), default, 0, out _));
        Assert.Equal(ProofResult.TooLarge, WitnessStore.TryOpen(new byte[WitnessStore.MaxBytes + 1], store.Root, default, 0, out _));
    }

    [Fact]
    public void Range_InChunks_IsTheWholeState()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(seed, seed * 5);
            using (store)
            {
                Digest from = default, to = Digests.Last;
                if (seed % 2 == 1) (from, to) = Digests.Ordered(cases.Key(), cases.Key());
                var pairs = new List<StateWrite>();
                for (Digest at = from; ;)
                {
                    byte[] bytes = null!;
                    Digest covered = default;
                    bytes = TestNetwork.Encode(output => covered = store.WriteRange(at, to, 2000, output));
                    Assert.Equal(bytes, TestNetwork.Encode(output => oracle.WriteRange(at, to, 2000, output)));
                    Assert.Equal(ProofResult.Valid, StateRange.TryRead(bytes, store.Root, oracle.Prefix, oracle.RootDepth, at, to, out StateRange? range));
                    Assert.Equal(covered, range!.CoveredTo);
                    pairs.AddRange(range.Pairs);
                    if (covered == to) break;
                    at = Digests.Next(covered);
                }
                Assert.Equal(cases.Content.Where(pair => pair.Key >= from && pair.Key <= to).Select(pair => (pair.Key, Convert.ToHexString(pair.Value))),
                    pairs.Select(pair => (pair.Key, Convert.ToHexString(pair.Value.Span))));
            }
        }
    }

    [Fact]
    public void Range_ThatOmitsAddsOrChangesAPair_IsRefused()
    {
        (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(1, 100);
        using (store)
        {
            Digest[] keys = [.. cases.Content.Keys];
            foreach (int i in (int[])[0, 1, keys.Length / 2, keys.Length - 2, keys.Length - 1])
                foreach (StateWrite lie in (StateWrite[])[StateWrite.Delete(keys[i]), new StateWrite(keys[i], new byte[] { 7, 7 }), new StateWrite(cases.Key(oracle.Prefix, oracle.RootDepth), new byte[] { 1 })])
                {
                    (Digest from, Digest to) = (keys[Math.Max(0, i - 3)], keys[Math.Min(keys.Length - 1, i + 3)]);
                    Digest root = oracle.Root;
                    // A prover whose state differs by one pair makes a proof of its own state, not of this one.
                    oracle.Stage([lie]);
                    oracle.Commit();
                    byte[] bytes = TestNetwork.Encode(output => oracle.WriteRange(from, to, 1 << 20, output));
                    Assert.NotEqual(ProofResult.Valid, StateRange.TryRead(bytes, root, oracle.Prefix, oracle.RootDepth, from, to, out _));
                    oracle.Stage([.. keys.Select(key => new StateWrite(key, cases.Content[key])), .. cases.Content.ContainsKey(lie.Key) ? (StateWrite[])[] : [StateWrite.Delete(lie.Key)]]);
                    oracle.Commit();
                    Assert.Equal(root, oracle.Root);
                }
            byte[] part = TestNetwork.Encode(output => store.WriteRange(keys[3], keys[9], 1 << 20, output));
            Assert.Equal(ProofResult.WrongRange, StateRange.TryRead(part, store.Root, oracle.Prefix, oracle.RootDepth, keys[2], keys[9], out _));
            Assert.Equal(ProofResult.WrongRange, StateRange.TryRead(part, store.Root, oracle.Prefix, oracle.RootDepth, keys[3], keys[8], out _));
        }
    }

    [Fact]
    public void Range_ThatCoversLessThanItCould_IsRefused()
    {
        (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(3, 100);
        using (store)
        {
            Digest[] keys = [.. cases.Content.Keys];
            // Right up to a key, or to before the next one: what was asked for goes on, and no pair says why this ends here.
            byte[] empty = [.. keys[5].Span];
            empty[^1]--;
            var end = new Digest(empty);
            byte[] bytes = TestNetwork.Encode(output => store.WriteRange(keys[2], end, 1 << 20, output));
            Assert.Equal(ProofResult.WrongRange, StateRange.TryRead(bytes, store.Root, oracle.Prefix, oracle.RootDepth, keys[2], keys[50], out _));
            Assert.Equal(ProofResult.Valid, StateRange.TryRead(bytes, store.Root, oracle.Prefix, oracle.RootDepth, keys[2], end, out _));
            byte[] part = TestNetwork.Encode(output => store.WriteRange(keys[2], keys[50], 1, output));
            Assert.Equal(ProofResult.Valid, StateRange.TryRead(part, store.Root, oracle.Prefix, oracle.RootDepth, keys[2], keys[50], out StateRange? read));
            Assert.Equal(keys[2], read!.CoveredTo);
        }
    }

    [Fact]
    public void TryOpen_MutatedBytes_AreRefusedOrTheSameState()
    {
        (HeapTrieStore store, TrieStore oracle, StateCases cases) = Make(4, 60);
        using (store)
        {
            Digest[] keys = [.. cases.Content.Keys.Take(20)];
            byte[] witness = TestNetwork.Encode(output => store.WriteWitness(keys, keys.AsSpan(0, 5), output));
            byte[] range = TestNetwork.Encode(output => store.WriteRange(keys[2], keys[15], 1 << 20, output));
            int valid = 0;
            HostileBytes.Feed([witness], bytes =>
            {
                if (WitnessStore.TryOpen(bytes, store.Root, oracle.Prefix, oracle.RootDepth, out WitnessStore? opened) != ProofResult.Valid) return;
                valid++;
                foreach (Digest key in keys)
                    if (opened!.TryGet(key, out ReadOnlySpan<byte> value)) Assert.True(value.SequenceEqual(cases.Content[key]));
                    else Assert.True(opened.HasGap);
            }, count: 30_000);
            HostileBytes.Feed([range], bytes =>
            {
                if (StateRange.TryRead(bytes, store.Root, oracle.Prefix, oracle.RootDepth, keys[2], keys[15], out StateRange? read) != ProofResult.Valid) return;
                valid++;
                foreach (StateWrite pair in read!.Pairs) Assert.True(pair.Value.Span.SequenceEqual(cases.Content[pair.Key]));
                Assert.Equal(cases.Content.Keys.Count(key => key >= keys[2] && key <= read.CoveredTo), read.Pairs.Count);
            }, count: 30_000);
            Assert.InRange(valid, 0, 3000);
        }
    }

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Fact]
    public void Write_SeededCases_AreFrozen()
    {
        (HeapTrieStore store, _, StateCases cases) = Make(4, 60);
        using (store)
        {
            Digest[] keys = [.. cases.Content.Keys.Take(20)];
            byte[] bytes = TestNetwork.Encode(output =>
            {
                store.WriteWitness(keys, keys.AsSpan(0, 5), output);
                store.WriteRange(keys[2], keys[15], 1 << 20, output);
            });
            string actual = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
            Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");
        }
    }

    private static (HeapTrieStore Store, TrieStore Oracle, StateCases Cases) Make(int seed, int keys) => Make(seed, _ => keys);

    private static (HeapTrieStore Store, TrieStore Oracle, StateCases Cases) Make(int seed, Func<StateCases, int> keys)
    {
        var cases = new StateCases(seed);
        int depth = seed % 3 == 0 ? 0 : cases.Random.Next(30);
        Digest prefix = TestNetwork.Key(seed);
        var store = new HeapTrieStore(Bound, prefix, depth);
        var oracle = new TrieStore(prefix, depth);
        StateWrite[] batch = cases.Batch(keys(cases), prefix, depth, deletesIn10: 0);
        Assert.Equal(oracle.Stage(batch), store.Stage(batch));
        oracle.Commit();
        store.Commit();
        cases.Done(batch);
        return (store, oracle, cases);
    }

    private static IEnumerable<Digest> Keys(StateCases cases, TrieStore oracle, int count) =>
        cases.Content.Keys.Take(count).Concat(Enumerable.Range(0, count).Select(_ => cases.Key(oracle.Prefix, oracle.RootDepth)));
}
