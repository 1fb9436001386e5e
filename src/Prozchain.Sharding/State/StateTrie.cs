using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>
/// The binary prefix trie as immutable nodes: an update shares all that it does not touch with the trie before it, so
/// that a proposed block costs its own changes and an abandoned one nothing. Same definition of the root as the
/// mutable <see cref="BinaryTrie{THash}"/>, which is its oracle in the tests.
/// </summary>
internal abstract class StateTrie
{
    private StateTrie(in Bytes32 hash) => Hash = hash;

    public readonly Bytes32 Hash;

    /// <summary>
    /// Adds or replaces, in a trie whose root is at <paramref name="depth"/>. The writes are sorted by key, without
    /// doubles, and share the trie's prefix. <paramref name="added"/> grows by the number of keys that were not there.
    /// </summary>
    public static StateTrie? Update(StateTrie? trie, ReadOnlySpan<StateWrite> writes, int depth, ref int added)
    {
        if (writes.IsEmpty) return trie;
        if (writes.Length == 1 && (trie is null || trie is Leaf { Key: var key } && key.Equals(writes[0].Key.Bytes)))
        {
            if (trie is null) added++;
            return new Leaf(writes[0]);
        }
        // More than one key meets here: both sides of the next bit, the leaf that was here on its own side.
        var inner = trie as Inner;
        StateTrie? left = inner?.Left, right = inner?.Right;
        if (trie is Leaf leaf) (left, right) = leaf.Key.Bit(depth) == 0 ? ((StateTrie?)leaf, (StateTrie?)null) : (null, leaf);
        int split = FirstWithBit(writes, depth);
        left = Update(left, writes[..split], depth + 1, ref added);
        right = Update(right, writes[split..], depth + 1, ref added);
        return new Inner(left, right);
    }

    public static bool TryGet(StateTrie? trie, in Bytes32 key, int depth, out ReadOnlySpan<byte> value)
    {
        while (trie is Inner inner) trie = key.Bit(depth++) == 0 ? inner.Left : inner.Right;
        bool found = trie is Leaf leaf && leaf.Key.Equals(key);
        value = found ? ((Leaf)trie!).Value.Span : default;
        return found;
    }

    public static TrieProof Prove(StateTrie? trie, in Bytes32 key, int depth)
    {
        var siblings = new List<Bytes32>();
        while (trie is Inner inner)
        {
            bool left = key.Bit(depth++) == 0;
            siblings.Add((left ? inner.Right : inner.Left)?.Hash ?? default);
            trie = left ? inner.Left : inner.Right;
        }
        return trie is Leaf leaf
            ? new TrieProof { Siblings = [.. siblings], HasLeaf = true, LeafKey = leaf.Key, LeafValueHash = StateHash.Value(leaf.Value.Span) }
            : new TrieProof { Siblings = [.. siblings] };
    }

    /// <summary>Visits all pairs in the order of their keys.</summary>
    public static void Visit(StateTrie? trie, Action<Digest, ReadOnlyMemory<byte>> visitor)
    {
        if (trie is Leaf leaf) visitor(new Digest(leaf.Key), leaf.Value);
        if (trie is not Inner inner) return;
        Visit(inner.Left, visitor);
        Visit(inner.Right, visitor);
    }

    private static int FirstWithBit(ReadOnlySpan<StateWrite> writes, int depth)
    {
        int low = 0, high = writes.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (writes[middle].Key.Bytes.Bit(depth) == 0) low = middle + 1; else high = middle;
        }
        return low;
    }

    private sealed class Inner(StateTrie? left, StateTrie? right) : StateTrie(StateHash.Inner(left?.Hash ?? default, right?.Hash ?? default))
    {
        public StateTrie? Left { get; } = left;

        public StateTrie? Right { get; } = right;
    }

    private sealed class Leaf(StateWrite write) : StateTrie(StateHash.Leaf(write.Key.Bytes, StateHash.Value(write.Value.Span)))
    {
        public readonly Bytes32 Key = write.Key.Bytes;

        public ReadOnlyMemory<byte> Value { get; } = write.Value;
    }
}
