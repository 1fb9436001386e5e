namespace Prozchain.Shared.Tests;

/// <summary>Tries built from proofs: what a verifier holds.</summary>
public class PartialTrieTests
{
    [Fact]
    public void TryFromProofs_SameUpdates_SameRootAsTheFullTrie() => BinaryTrieTests.Law(250, (seed, size) =>
    {
        var random = new Random(seed);
        int rootDepth = random.Next(2) == 0 ? 0 : random.Next(1, 250);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 1 + size % 30, rootDepth);
        if (random.Next(16) == 0) pairs = [];
        BinaryTrie<Sha256TrieHash> full = TrieTools.Build(pairs, rootDepth);
        Bytes32[] near = pairs.Count == 0 ? [default] : [.. pairs.Keys];
        Bytes32[] keys = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => TrieTools.RelatedKey(random, near, rootDepth))];
        BinaryTrie<Sha256TrieHash> part = Part(full, keys, pairs);
        if (!part.Root().Equals(full.Root())) return false;

        for (int i = 0; i < 30; i++)
        {
            Bytes32 key = keys[random.Next(keys.Length)];
            if (part.TryGet(key, out ReadOnlySpan<byte> mine) != full.TryGet(key, out ReadOnlySpan<byte> theirs) || !mine.SequenceEqual(theirs)) return false;
            byte[] value = TrieTools.RandomValue(random);
            if (part.Set(key, value) != TrieStatus.Found) return false;
            full.Set(key, value);
            if (random.Next(3) == 0 && !part.Root().Equals(full.Root())) return false;
        }
        return part.Root().Equals(full.Root());
    });

    [Fact]
    public void TryFromProofs_OtherKeys_AreUnknownOrAnsweredTruly() => BinaryTrieTests.Law(150, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 8 + size % 30);
        BinaryTrie<Sha256TrieHash> full = TrieTools.Build(pairs);
        Bytes32[] all = [.. pairs.Keys];
        BinaryTrie<Sha256TrieHash> part = Part(full, [all[0], all[1]], pairs);
        foreach (Bytes32 key in all)
        {
            Bytes32 before = part.Root();
            TrieStatus status = part.TryGet(key, out ReadOnlySpan<byte> value);
            if (status == TrieStatus.Absent || (status == TrieStatus.Found && !value.SequenceEqual(pairs[key]))) return false;
            if (status == TrieStatus.Unknown && part.Prove(key) is null && (part.Set(key, [1]) != TrieStatus.Unknown || !part.Root().Equals(before))) return false;
        }
        return true;
    });

    [Fact]
    public void TryGet_LeafWithoutItsValue_IsUnknownUntilSet()
    {
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(new Random(5), 6);
        BinaryTrie<Sha256TrieHash> full = TrieTools.Build(pairs);
        Bytes32 key = pairs.Keys.First();
        Assert.True(BinaryTrie<Sha256TrieHash>.TryFromProofs(full.Root(), 0, [key], [full.Prove(key)!], [null], out BinaryTrie<Sha256TrieHash> part));
        Assert.Equal(TrieStatus.Unknown, part.TryGet(key, out _));
        Assert.True(part.Prove(key)!.Shows(key, Sha256TrieHash.Value(pairs[key])));
        part.Set(key, [9]);
        full.Set(key, [9]);
        Assert.Equal(full.Root(), part.Root());
        Assert.Equal(TrieStatus.Found, part.TryGet(key, out ReadOnlySpan<byte> value));
        Assert.True(value.SequenceEqual((ReadOnlySpan<byte>)[9]));
    }

    [Fact]
    public void TryFromProofs_WrongRootValueOrCounts_IsRefused()
    {
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(new Random(6), 6);
        BinaryTrie<Sha256TrieHash> full = TrieTools.Build(pairs);
        Bytes32 key = pairs.Keys.First(), root = full.Root();
        TrieProof proof = full.Prove(key)!;
        Assert.False(BinaryTrie<Sha256TrieHash>.TryFromProofs(key, 0, [key], [proof], [null], out _));
        Assert.False(BinaryTrie<Sha256TrieHash>.TryFromProofs(default, 0, [key], [proof], [null], out _));
        Assert.False(BinaryTrie<Sha256TrieHash>.TryFromProofs(root, 0, [key], [proof], [[1, 2, 3]], out _));
        Assert.False(BinaryTrie<Sha256TrieHash>.TryFromProofs(root, 0, [key], [proof], [], out _));
        Assert.False(BinaryTrie<Sha256TrieHash>.TryFromProofs(root, 0, [], [proof], [null], out _));
        Assert.True(BinaryTrie<Sha256TrieHash>.TryFromProofs(root, 0, [], [], [], out BinaryTrie<Sha256TrieHash> stub));
        Assert.Equal(TrieStatus.Unknown, stub.TryGet(key, out _));
        Assert.Equal(root, stub.Root());
    }

    [Fact]
    public void TryFromProofs_DeepPath_HashesInProportionToItsDepth()
    {
        var key = new Bytes32(new byte[32]);
        var trie = new BinaryTrie<CountingHash>();
        trie.Set(key, [1]);
        trie.Set(new Bytes32([.. new byte[31], 1]), [2]);
        TrieProof proof = trie.Prove(key)!;
        Assert.Equal(256, proof.Siblings.Length);
        CountingHash.Inners = 0;
        Assert.True(BinaryTrie<CountingHash>.TryFromProofs(trie.Root(), 0, [key], [proof], [[1]], out _));
        Assert.InRange(CountingHash.Inners, 256, 3 * 256);
    }

    private static BinaryTrie<Sha256TrieHash> Part(BinaryTrie<Sha256TrieHash> full, Bytes32[] keys, Dictionary<Bytes32, byte[]> pairs)
    {
        TrieProof[] proofs = [.. keys.Select(key => full.Prove(key)!)];
        byte[]?[] values = [.. proofs.Select(proof => proof.HasLeaf ? pairs[proof.LeafKey] : null)];
        Assert.True(BinaryTrie<Sha256TrieHash>.TryFromProofs(full.Root(), full.RootDepth, keys, proofs, values, out BinaryTrie<Sha256TrieHash> part));
        return part;
    }

    private readonly struct CountingHash : ITrieHash
    {
        [ThreadStatic]
        public static int Inners;

        public static Bytes32 Value(ReadOnlySpan<byte> value) => Sha256TrieHash.Value(value);

        public static Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash) => Sha256TrieHash.Leaf(key, valueHash);

        public static Bytes32 Inner(in Bytes32 left, in Bytes32 right)
        {
            Inners++;
            return Sha256TrieHash.Inner(left, right);
        }
    }
}
