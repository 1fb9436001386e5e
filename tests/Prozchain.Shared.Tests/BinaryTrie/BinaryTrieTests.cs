using FsCheck;
using FsCheck.Fluent;

namespace Prozchain.Shared.Tests;

public class BinaryTrieTests
{
    [Fact]
    public void Root_EmptyAndSingle_AreZeroAndTheLeaf()
    {
        var trie = new BinaryTrie<Sha256TrieHash>();
        Assert.True(trie.Root().IsZero);
        var key = new Bytes32([.. Enumerable.Repeat((byte)7, 32)]);
        trie.Set(key, "value"u8);
        Assert.Equal(Sha256TrieHash.Leaf(key, Sha256TrieHash.Value("value"u8)), trie.Root());
        Assert.Equal(1, trie.Count);
    }

    [Fact]
    public void Root_AnySet_EqualsTheDefinitionInAnyOrder() => Law(300, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 1 + size % 24);
        KeyValuePair<Bytes32, byte[]>[] shuffled = [.. pairs];
        random.Shuffle(shuffled);
        Bytes32 expected = TrieTools.NaiveRoot(pairs, 0);
        BinaryTrie<Sha256TrieHash> a = TrieTools.Build(pairs), b = TrieTools.Build(shuffled);
        return a.Root().Equals(expected) && b.Root().Equals(expected) && a.Count == pairs.Count;
    });

    [Fact]
    public void Root_ReadBetweenUpdates_ChangesNothing() => Law(150, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 2 + size % 16);
        var trie = new BinaryTrie<Sha256TrieHash>();
        var model = new Dictionary<Bytes32, byte[]>();
        foreach ((Bytes32 key, byte[] value) in pairs)
        {
            trie.Set(key, value);
            model[key] = value;
            if (random.Next(2) == 0 && !trie.Root().Equals(TrieTools.NaiveRoot(model, 0))) return false;
            Bytes32 again = model.Keys.ElementAt(random.Next(model.Count));
            trie.Set(again, model[again] = TrieTools.RandomValue(random));
        }
        return trie.Root().Equals(TrieTools.NaiveRoot(model, 0)) && trie.Count == model.Count;
    });

    [Fact]
    public void TryGet_PresentAndAbsentKeys_AnswersAsTheModel() => Law(200, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 1 + size % 24);
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        Bytes32[] keys = [.. pairs.Keys];
        for (int i = 0; i < 40; i++)
        {
            Bytes32 key = TrieTools.RelatedKey(random, keys);
            TrieStatus status = trie.TryGet(key, out ReadOnlySpan<byte> value);
            bool present = pairs.TryGetValue(key, out byte[]? expected);
            if (status != (present ? TrieStatus.Found : TrieStatus.Absent) || (present && !value.SequenceEqual(expected))) return false;
        }
        return true;
    });

    [Fact]
    public void Root_SubtreesUnderAPrefix_CombineToTheWhole() => Law(150, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 1 + size % 40);
        const int depth = 2;
        var parts = new (Bytes32 Root, int Count)[1 << depth];
        for (int shard = 0; shard < parts.Length; shard++)
        {
            KeyValuePair<Bytes32, byte[]>[] mine = [.. pairs.Where(pair => pair.Key.Span[0] >> (8 - depth) == shard)];
            BinaryTrie<Sha256TrieHash> subtree = TrieTools.Build(mine, depth);
            Bytes32 root = subtree.Root();
            parts[shard] = (root, mine.Length);
            if (!root.Equals(TrieTools.NaiveRoot(mine, depth))) return false;
            foreach ((Bytes32 key, byte[] value) in mine)
            {
                TrieProof proof = subtree.Prove(key)!;
                if (!proof.Verify<Sha256TrieHash>(root, depth, key) || !proof.Shows(key, Sha256TrieHash.Value(value))) return false;
            }
        }
        return Combine(Combine(parts[0], parts[1]), Combine(parts[2], parts[3])).Root.Equals(TrieTools.Build(pairs).Root());
    });

    // A subtree with at most one key is that key's leaf, or nothing; any other is an inner node.
    private static (Bytes32 Root, int Count) Combine((Bytes32 Root, int Count) left, (Bytes32 Root, int Count) right)
    {
        int count = left.Count + right.Count;
        if (count > 1) return (Sha256TrieHash.Inner(left.Root, right.Root), count);
        return left.Count == 1 ? left : right;
    }

    [Fact]
    public void Set_KeysThatDifferInTheLastBit_ForkAtDepth255()
    {
        var zero = default(Bytes32);
        byte[] one = new byte[32];
        one[31] = 1;
        KeyValuePair<Bytes32, byte[]>[] pairs = [new(zero, [1]), new(new Bytes32(one), [2])];
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        Assert.Equal(TrieTools.NaiveRoot(pairs, 0), trie.Root());
        TrieProof proof = trie.Prove(zero)!;
        Assert.Equal(256, proof.Siblings.Length);
        Assert.True(proof.Verify<Sha256TrieHash>(trie.Root(), 0, zero));
        Assert.Equal(TrieTools.NaiveRoot(pairs, 255), TrieTools.Build(pairs, 255).Root());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void Constructor_RootDepthOutOfRange_Throws(int depth) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryTrie<Sha256TrieHash>(depth));

    [Fact]
    public void Set_KeyOfAnotherSubtree_ThrowsAndChangesNothing()
    {
        var trie = new BinaryTrie<Sha256TrieHash>(rootDepth: 8);
        byte[] other = new byte[32];
        other[0] = 1;
        trie.Set(default, [1]);
        Bytes32 root = trie.Root();
        Assert.Throws<ArgumentException>(() => trie.Set(new Bytes32(other), [2]));
        Assert.Equal(root, trie.Root());
        Assert.Equal(1, trie.Count);
    }

    internal static void Law(int runs, Func<int, int, bool> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<NonNegativeInt>(), (seed, size) => law(seed, size.Get))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(runs));
}
