using FsCheck;
using FsCheck.Fluent;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Laws;

/// <summary>The root is a function of the set of pairs: of its recursive definition, whatever the order and the batches.</summary>
public class StateTrieLaws
{
    [Fact]
    public void Root_AnyOrderAndBatches_IsTheDefinition() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            Dictionary<Digest, byte[]> pairs = RandomPairs(random, random.Next(40));
            var store = new TrieStore();
            foreach (StateWrite[] batch in Batches(random, pairs)) Commit(store, batch);
            var oracle = new BinaryTrie<StateHash>();
            foreach ((Digest key, byte[] value) in pairs) oracle.Set(key.Bytes, value);
            return store.Root.Bytes.Equals(Naive([.. pairs], 0)) && store.Root.Bytes.Equals(oracle.Root()) && store.Count == pairs.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Prove_AnyKey_ShowsWhatIsThereAndNothingElse() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            Dictionary<Digest, byte[]> pairs = RandomPairs(random, random.Next(1, 40));
            var store = new TrieStore();
            Commit(store, [.. pairs.Select(pair => new StateWrite(pair.Key, pair.Value))]);
            foreach ((Digest key, byte[] value) in pairs)
            {
                StateProof proof = RoundTrip(store.Prove(key));
                if (!proof.Shows(store.Root, 0, key, value) || proof.ShowsAbsent(store.Root, 0, key)) return false;
                if (proof.Shows(store.Root, 0, key, [.. value, 1]) || proof.Shows(TestNetwork.Key(1), 0, key, value)) return false;
            }
            Digest other = TestNetwork.Key(random.Next());
            StateProof absent = RoundTrip(store.Prove(other));
            return pairs.ContainsKey(other) || absent.ShowsAbsent(store.Root, 0, other) && !absent.Shows(store.Root, 0, other, [1]);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(300)]
    public void Roots_OfAllShards_CombineToTheRootOfTheWhole(int keys)
    {
        foreach (int shards in (int[])[1, 2, 3, 8, 17])
        {
            ShardLayout layout = ShardLayout.Create(shards);
            Dictionary<Digest, byte[]> pairs = RandomPairs(new Random(keys), keys, clustered: false);
            var whole = new TrieStore();
            Commit(whole, [.. pairs.Select(pair => new StateWrite(pair.Key, pair.Value))]);
            var parts = layout.Shards.ToDictionary(shard => shard.Id, shard => new TrieStore(shard.Prefix, shard.Depth));
            foreach (IGrouping<ShardId, KeyValuePair<Digest, byte[]>> group in pairs.GroupBy(pair => layout.ShardOf(pair.Key)))
                Commit(parts[group.Key], [.. group.Select(pair => new StateWrite(pair.Key, pair.Value))]);
            (Bytes32 root, int count) = Combine(layout, parts, layout.Shards[0], 0);
            Assert.Equal(whole.Root.Bytes, root);
            Assert.Equal(whole.Count, count);
        }
    }

    [Fact]
    public void Stage_WithoutCommit_ChangesNothing()
    {
        var store = new TrieStore();
        Commit(store, [new StateWrite(TestNetwork.Key(1), new byte[] { 1 })]);
        Digest before = store.Root;
        Digest staged = store.Stage([new StateWrite(TestNetwork.Key(2), new byte[] { 2 })]);
        Assert.NotEqual(before, staged);
        Assert.Equal(before, store.Root);
        Assert.False(store.TryGet(TestNetwork.Key(2), out _));
        Assert.NotEqual(staged, store.Stage([new StateWrite(TestNetwork.Key(3), new byte[] { 3 })]));
        store.Commit();
        Assert.False(store.TryGet(TestNetwork.Key(2), out _));
        Assert.True(store.TryGet(TestNetwork.Key(3), out ReadOnlySpan<byte> value));
        Assert.Equal([3], value.ToArray());
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public void Stage_DoubledOrForeignKey_Throws()
    {
        ShardInfo shard = ShardLayout.Create(2).Shards[0];
        var store = new TrieStore(shard.Prefix, shard.Depth);
        Digest mine = Enumerable.Range(0, 100).Select(TestNetwork.Key).First(key => shard.Contains(key));
        Digest foreign = Enumerable.Range(0, 100).Select(TestNetwork.Key).First(key => !shard.Contains(key));
        Assert.Throws<ArgumentException>(() => store.Stage([new StateWrite(mine, default), new StateWrite(mine, default)]));
        Assert.Throws<ArgumentException>(() => store.Stage([new StateWrite(foreign, default)]));
    }

    // hash({}) = 0; hash({k: v}) = Leaf(k, Value(v)); otherwise Inner(those with bit d = 0, those with bit d = 1).
    private static Bytes32 Naive(KeyValuePair<Digest, byte[]>[] pairs, int depth) => pairs.Length switch
    {
        0 => default,
        1 => StateHash.Leaf(pairs[0].Key.Bytes, StateHash.Value(pairs[0].Value)),
        _ => StateHash.Inner(
            Naive([.. pairs.Where(pair => pair.Key.Bytes.Bit(depth) == 0)], depth + 1),
            Naive([.. pairs.Where(pair => pair.Key.Bytes.Bit(depth) == 1)], depth + 1)),
    };

    // A parent with one key below it is that key's leaf; otherwise it hashes its two sides.
    private static (Bytes32 Root, int Count) Combine(ShardLayout layout, Dictionary<ShardId, TrieStore> parts, ShardInfo any, int depth)
    {
        ShardInfo[] under = [.. layout.Shards.Where(shard => Bytes32.CommonPrefix(shard.Prefix.Bytes, any.Prefix.Bytes) >= depth)];
        if (under.Length == 1 && under[0].Depth == depth) return (parts[under[0].Id].Root.Bytes, parts[under[0].Id].Count);
        (Bytes32 left, int leftCount) = Combine(layout, parts, under.First(shard => shard.Prefix.Bytes.Bit(depth) == 0), depth + 1);
        (Bytes32 right, int rightCount) = Combine(layout, parts, under.First(shard => shard.Prefix.Bytes.Bit(depth) == 1), depth + 1);
        int count = leftCount + rightCount;
        return (count == 0 ? default : count == 1 ? leftCount == 1 ? left : right : StateHash.Inner(left, right), count);
    }

    private static Dictionary<Digest, byte[]> RandomPairs(Random random, int count, bool clustered = true)
    {
        var pairs = new Dictionary<Digest, byte[]>();
        while (pairs.Count < count)
        {
            var key = new byte[32];
            random.NextBytes(key);
            // Many keys that share a long prefix, down to the very last bit.
            if (clustered && random.Next(2) == 0) key.AsSpan(0, random.Next(32)).Clear();
            if (clustered && random.Next(4) == 0 && pairs.Count > 0)
            {
                pairs.Keys.Last().Span.CopyTo(key);
                key[31] ^= 1;
            }
            var value = new byte[random.Next(1, 100)];
            random.NextBytes(value);
            pairs[new Digest(key)] = value;
        }
        return pairs;
    }

    private static IEnumerable<StateWrite[]> Batches(Random random, Dictionary<Digest, byte[]> pairs)
    {
        StateWrite[] writes = [.. pairs.Select(pair => new StateWrite(pair.Key, pair.Value))];
        random.Shuffle(writes);
        for (int at = 0; at < writes.Length;)
        {
            int size = Math.Min(random.Next(1, 12), writes.Length - at);
            // Some keys get another value first.
            if (random.Next(2) == 0) yield return [new StateWrite(writes[at].Key, new byte[] { 9 })];
            yield return writes[at..(at + size)];
            at += size;
        }
    }

    private static void Commit(TrieStore store, StateWrite[] writes)
    {
        Digest staged = store.Stage(writes);
        store.Commit();
        Assert.Equal(staged, store.Root);
    }

    private static StateProof RoundTrip(StateProof proof)
    {
        byte[] bytes = TestNetwork.Encode(proof.Write);
        Assert.Equal(Sharding.Wire.ReadResult.Ok, StateProof.TryRead(bytes, out StateProof? read));
        Assert.Equal(bytes, TestNetwork.Encode(read!.Write));
        return read;
    }
}
