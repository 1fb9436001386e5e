using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.State;

/// <summary>Makes the proofs of a trie out of its nodes, the same whatever keeps them.</summary>
/// <exception cref="InvalidOperationException">What is to be proven lies below a stub (of every member).</exception>
internal static class TrieProver<TView, TNode> where TView : ITrieView<TNode>
{
    public static TrieProof Prove(TView view, in Bytes32 key)
    {
        var siblings = new List<Bytes32>();
        TNode at = view.Root;
        for (int depth = view.RootDepth; view.Kind(at) == TrieNode.Inner; depth++)
        {
            (TNode left, TNode right) = view.Children(at);
            bool isLeft = key.Bit(depth) == 0;
            siblings.Add(view.Hash(isLeft ? right : left));
            at = isLeft ? left : right;
        }
        if (view.Kind(at) == TrieNode.Stub) throw NotCovered(key);
        if (view.Kind(at) == TrieNode.Empty) return new TrieProof { Siblings = [.. siblings] };
        (Bytes32 leafKey, Bytes32 valueHash) = view.Leaf(at);
        return new TrieProof { Siblings = [.. siblings], HasLeaf = true, LeafKey = leafKey, LeafValueHash = valueHash };
    }

    /// <summary>Writes a witness of the keys, and of what deleting some of them needs.</summary>
    public static void WriteWitness(TView view, ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output)
    {
        Digest[] sortedKeys = [.. keys, .. deletes], sortedDeletes = deletes.ToArray();
        Array.Sort(sortedKeys);
        Array.Sort(sortedDeletes);
        var sorted = new Bytes32[sortedKeys.Length];
        var goes = new bool[sortedKeys.Length];
        int count = 0, passed = 0;
        foreach (Digest key in sortedKeys)
        {
            if (count > 0 && sorted[count - 1].Equals(key.Bytes)) continue;
            while (passed < sortedDeletes.Length && sortedDeletes[passed] < key) passed++;
            (sorted[count], goes[count]) = (key.Bytes, passed < sortedDeletes.Length && sortedDeletes[passed] == key);
            count++;
        }
        var tokens = new ProofTokens();
        Describe(view, view.Root, view.RootDepth, sorted.AsSpan(0, count), goes.AsSpan(0, count), tokens);
        new WireWriter(output).WriteByte(WireLimits.Version);
        tokens.Write(output);
    }

    // True if nothing is left once the deletions are made.
    private static bool Describe(TView view, TNode at, int depth, ReadOnlySpan<Bytes32> keys, ReadOnlySpan<bool> deletes, ProofTokens tokens)
    {
        switch (view.Kind(at))
        {
            case TrieNode.Empty:
                tokens.Empty();
                return true;
            case TrieNode.Stub when keys.IsEmpty:
            case TrieNode.Leaf when keys.IsEmpty:
            case TrieNode.Inner when keys.IsEmpty:
                tokens.Stub(view.Hash(at));
                return false;
            case TrieNode.Stub:
                throw NotCovered(keys[0]);
            case TrieNode.Leaf:
                (Bytes32 key, Bytes32 valueHash) = view.Leaf(at);
                int index = keys.BinarySearch(key);
                if (index >= 0 && view.TryValue(at, out ReadOnlySpan<byte> value)) tokens.Leaf(key, value);
                else tokens.Leaf(key, valueHash);
                return index >= 0 && deletes[index];
        }
        tokens.Inner();
        (TNode left, TNode right) = view.Children(at);
        int split = 0;
        while (split < keys.Length && keys[split].Bit(depth) == 0) split++;
        // Where one side goes, what the other is decides what stays: it is opened by one node.
        bool leftGoes = IsWiped(view, left, depth + 1, keys[..split], deletes[..split]), rightGoes = IsWiped(view, right, depth + 1, keys[split..], deletes[split..]);
        Open(view, left, depth + 1, keys[..split], deletes[..split], rightGoes, tokens);
        Open(view, right, depth + 1, keys[split..], deletes[split..], leftGoes, tokens);
        return leftGoes && rightGoes;
    }

    private static void Open(TView view, TNode at, int depth, ReadOnlySpan<Bytes32> keys, ReadOnlySpan<bool> deletes, bool mustOpen, ProofTokens tokens)
    {
        TrieNode kind = view.Kind(at);
        if (!mustOpen || !keys.IsEmpty || kind is TrieNode.Empty or TrieNode.Stub)
        {
            Describe(view, at, depth, keys, deletes, tokens);
            return;
        }
        if (kind == TrieNode.Leaf)
        {
            (Bytes32 key, Bytes32 valueHash) = view.Leaf(at);
            tokens.Leaf(key, valueHash);
            return;
        }
        tokens.Inner();
        (TNode left, TNode right) = view.Children(at);
        Describe(view, left, depth + 1, [], [], tokens);
        Describe(view, right, depth + 1, [], [], tokens);
    }

    private static bool IsWiped(TView view, TNode at, int depth, ReadOnlySpan<Bytes32> keys, ReadOnlySpan<bool> deletes)
    {
        if (view.Kind(at) == TrieNode.Empty) return true;
        if (!deletes.Contains(true)) return false;
        if (view.Kind(at) == TrieNode.Leaf) return keys.BinarySearch(view.Leaf(at).Key) is var index && index >= 0 && deletes[index];
        if (view.Kind(at) == TrieNode.Stub) return false;
        (TNode left, TNode right) = view.Children(at);
        int split = 0;
        while (split < keys.Length && keys[split].Bit(depth) == 0) split++;
        return IsWiped(view, left, depth + 1, keys[..split], deletes[..split]) && IsWiped(view, right, depth + 1, keys[split..], deletes[split..]);
    }

    private static InvalidOperationException NotCovered(in Bytes32 key) => new($"Expected a key that the witness covers, got {key}.");
}
