using System.Security.Cryptography;

namespace Prozchain.Shared.Tests;

/// <summary>Trie hashes for tests: SHA-256 with one tag byte per domain.</summary>
internal readonly struct Sha256TrieHash : ITrieHash
{
    public static Bytes32 Value(ReadOnlySpan<byte> value) => Tagged(0, value);

    public static Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash) => Tagged(1, [.. key.Span, .. valueHash.Span]);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Tagged(2, [.. left.Span, .. right.Span]);

    private static Bytes32 Tagged(byte tag, ReadOnlySpan<byte> data) => new(SHA256.HashData([tag, .. data]));
}

internal static class TrieTools
{
    /// <summary>The definition, word for word: the hash of a set of pairs at a depth.</summary>
    public static Bytes32 NaiveRoot(IReadOnlyCollection<KeyValuePair<Bytes32, byte[]>> pairs, int depth)
    {
        if (pairs.Count == 0) return default;
        if (pairs.Count == 1) return Sha256TrieHash.Leaf(pairs.First().Key, Sha256TrieHash.Value(pairs.First().Value));
        return Sha256TrieHash.Inner(
            NaiveRoot([.. pairs.Where(pair => pair.Key.Bit(depth) == 0)], depth + 1),
            NaiveRoot([.. pairs.Where(pair => pair.Key.Bit(depth) == 1)], depth + 1));
    }

    /// <summary>
    /// A small set of pairs with deep and shallow forks: each key is a bit of an earlier key flipped, at any depth,
    /// or the all-zero or all-one key, or random. All keys share the first <paramref name="prefix"/> bits.
    /// </summary>
    public static Dictionary<Bytes32, byte[]> RandomPairs(Random random, int count, int prefix = 0)
    {
        var first = new byte[32];
        random.NextBytes(first);
        var pairs = new Dictionary<Bytes32, byte[]> { [new Bytes32(first)] = [] };
        while (pairs.Count < count) pairs[RelatedKey(random, [.. pairs.Keys], prefix)] = RandomValue(random);
        return pairs;
    }

    public static byte[] RandomValue(Random random)
    {
        var value = new byte[random.Next(40)];
        random.NextBytes(value);
        return value;
    }

    /// <summary>A key near the given ones, perhaps one of them.</summary>
    public static Bytes32 RelatedKey(Random random, Bytes32[] keys, int prefix = 0)
    {
        byte[] key = keys[random.Next(keys.Length)].Span.ToArray();
        int from = random.Next(3) == 0 ? Math.Max(prefix, 240) : prefix, kind = random.Next(8);
        if (kind < 4) Flip(key, random.Next(from, 256));
        else if (kind < 7) for (int bit = prefix; bit < 256; bit++) if (random.Next(2) == 0) Flip(key, bit);
        return new Bytes32(key);
    }

    public static BinaryTrie<Sha256TrieHash> Build(IEnumerable<KeyValuePair<Bytes32, byte[]>> pairs, int rootDepth = 0)
    {
        var trie = new BinaryTrie<Sha256TrieHash>(rootDepth);
        foreach ((Bytes32 key, byte[] value) in pairs) Assert.Equal(TrieStatus.Found, trie.Set(key, value));
        return trie;
    }

    public static void Flip(byte[] key, int bit) => key[bit >> 3] ^= (byte)(0x80 >> (bit & 7));
}
