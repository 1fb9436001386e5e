using System.Buffers;

namespace Prozchain.Shared.Tests;

public class TrieProofTests
{
    [Fact]
    public void Verify_ProofsOfPresenceAndAbsence_HoldAndShowTheTruth() => BinaryTrieTests.Law(200, (seed, size) =>
    {
        var random = new Random(seed);
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(random, 1 + size % 24);
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        for (int i = 0; i < 20; i++)
        {
            Bytes32 key = TrieTools.RelatedKey(random, [.. pairs.Keys]);
            TrieProof proof = trie.Prove(key)!;
            if (!proof.Verify<Sha256TrieHash>(trie.Root(), 0, key)) return false;
            bool present = pairs.TryGetValue(key, out byte[]? value);
            if (proof.ShowsAbsent(key) == present || (present && !proof.Shows(key, Sha256TrieHash.Value(value)))) return false;
        }
        return true;
    });

    [Fact]
    public void Verify_EveryFieldTamperedWith_IsRefused()
    {
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(new Random(3), 20);
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        Bytes32 root = trie.Root();
        foreach (Bytes32 key in pairs.Keys)
        {
            TrieProof proof = trie.Prove(key)!;
            Bytes32 wrong = Sha256TrieHash.Value([1]);
            Assert.False(With(proof, proof.Siblings[..^1]).Verify<Sha256TrieHash>(root, 0, key));
            Assert.False(With(proof, [.. proof.Siblings, default]).Verify<Sha256TrieHash>(root, 0, key));
            for (int i = 0; i < proof.Siblings.Length; i++)
                Assert.False(With(proof, [.. proof.Siblings[..i], wrong, .. proof.Siblings[(i + 1)..]]).Verify<Sha256TrieHash>(root, 0, key));
            Assert.False(new TrieProof { Siblings = proof.Siblings }.Verify<Sha256TrieHash>(root, 0, key));
            Assert.False(new TrieProof { Siblings = proof.Siblings, HasLeaf = true, LeafKey = key, LeafValueHash = wrong }.Verify<Sha256TrieHash>(root, 0, key));
            Assert.False(new TrieProof { Siblings = proof.Siblings, HasLeaf = true, LeafKey = wrong, LeafValueHash = proof.LeafValueHash }.Verify<Sha256TrieHash>(root, 0, key));
        }
    }

    [Fact]
    public void Verify_LeafOfAnotherPath_DoesNotProveAbsence()
    {
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(new Random(4), 12);
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        foreach (Bytes32 key in pairs.Keys)
            foreach (Bytes32 other in pairs.Keys.Where(other => !other.Equals(key)))
                Assert.False(trie.Prove(other)!.Verify<Sha256TrieHash>(trie.Root(), 0, key));
    }

    [Fact]
    public void Verify_LeafPlacedOffItsPath_IsRefused()
    {
        // The root of a forger: the leaf of a key that starts with 1 stands where keys that start with 0 belong.
        byte[] stray = new byte[32];
        stray[0] = 0x80;
        Bytes32 sibling = Sha256TrieHash.Value([5]), valueHash = Sha256TrieHash.Value([6]);
        Bytes32 root = Sha256TrieHash.Inner(Sha256TrieHash.Leaf(new Bytes32(stray), valueHash), sibling);
        var proof = new TrieProof { Siblings = [sibling], HasLeaf = true, LeafKey = new Bytes32(stray), LeafValueHash = valueHash };
        Assert.Equal(root, proof.RootHash<Sha256TrieHash>(0, default));
        Assert.False(proof.Verify<Sha256TrieHash>(root, 0, default));
    }

    [Fact]
    public void Verify_MoreSiblingsThanBits_IsRefused()
    {
        foreach (int rootDepth in (int[])[0, 10, 255])
        {
            var proof = new TrieProof { Siblings = new Bytes32[257 - rootDepth] };
            Assert.False(proof.Verify<Sha256TrieHash>(default, rootDepth, default));
        }
    }

    [Fact]
    public void TryRead_MutatedProofs_NeverThrowAndNeverLie()
    {
        Dictionary<Bytes32, byte[]> pairs = TrieTools.RandomPairs(new Random(2), 16);
        BinaryTrie<Sha256TrieHash> trie = TrieTools.Build(pairs);
        Bytes32 root = trie.Root();
        Bytes32[] present = [.. pairs.Keys];
        Bytes32[] absent = [.. Enumerable.Range(0, 100).Select(i => TrieTools.RelatedKey(new Random(i), present)).Where(key => !pairs.ContainsKey(key)).Take(8)];
        Bytes32[] keys = [.. present, .. absent];
        byte[][] seeds = [.. keys.Select(key => Encode(trie.Prove(key)!))];
        int at = 0, read = 0;
        Testing.HostileBytes.Feed(seeds, bytes =>
        {
            Bytes32 key = keys[at++ % keys.Length];
            var reader = new WireReader(bytes);
            if (!TrieProof.TryRead(ref reader, out TrieProof proof) || !reader.IsAtEnd) return;
            read++;
            Assert.Equal(bytes, Encode(proof));
            if (at % 8 != 0 || !proof.Verify<Sha256TrieHash>(root, 0, key)) return;
            bool isPresent = pairs.TryGetValue(key, out byte[]? value);
            Assert.Equal(!isPresent, proof.ShowsAbsent(key));
            if (isPresent) Assert.True(proof.Shows(key, Sha256TrieHash.Value(value)));
        });
        Assert.True(read > 1000, $"Only {read} mutations were read at all.");
    }

    [Fact]
    public void TryRead_NonCanonical_IsRefused()
    {
        byte[] sibling = [.. Enumerable.Repeat((byte)1, 32)];
        Assert.True(Reads([1, 1, .. sibling, 0]));
        Assert.False(Reads([1, 3, .. sibling, 0]));               // A bit of the bitmap beyond the depth.
        Assert.False(Reads([1, 1, .. new byte[32], 0]));          // A zero sibling spelled out.
        Assert.False(Reads([1, 1, .. sibling, 2]));               // Neither leaf nor no leaf.
        Assert.False(Reads([1, 1, .. sibling, 1]));               // A leaf that is not there.
        Assert.False(Reads([0x81, 0, 1, .. sibling, 0]));         // A long varint.
        Assert.False(Reads([0x81, 2, .. new byte[33], 0]));       // Depth 257.
        Assert.True(Reads([0x80, 2, .. new byte[32], 0]));        // Depth 256, all siblings zero.
    }

    private static bool Reads(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        return TrieProof.TryRead(ref reader, out _) && reader.IsAtEnd;
    }

    private static TrieProof With(TrieProof proof, Bytes32[] siblings) =>
        new() { Siblings = siblings, HasLeaf = proof.HasLeaf, LeafKey = proof.LeafKey, LeafValueHash = proof.LeafValueHash };

    private static byte[] Encode(TrieProof proof)
    {
        var output = new ArrayBufferWriter<byte>();
        proof.Write(output);
        return output.WrittenSpan.ToArray();
    }
}
