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
    /// Adds, replaces or deletes, in a trie whose root is at <paramref name="depth"/>. The writes are sorted by key, without
    /// doubles, and share the trie's prefix. <paramref name="added"/> grows by the number of keys that were not there, less
    /// that of those that are no more.
    /// </summary>
    /// <exception cref="NotCoveredException">The outcome depends on what a stub hides.</exception>
    public static StateTrie? Update(StateTrie? trie, ReadOnlySpan<StateWrite> writes, int depth, ref int added)
    {
        if (writes.IsEmpty) return trie;
        if (trie is Stub) throw new NotCoveredException();
        if (writes.Length == 1 && (trie is null || trie is Leaf { Key: var key } && key.Equals(writes[0].Key.Bytes)))
        {
            if (writes[0].IsDelete)
            {
                if (trie is not null) added--;
                return null;
            }
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
        return Join(left, right);
    }

    /// <summary>The node over two: a key that is alone is its leaf.</summary>
    /// <exception cref="NotCoveredException">The only one of the two is a stub.</exception>
    public static StateTrie? Join(StateTrie? left, StateTrie? right)
    {
        if (left is not null && right is not null) return new Inner(left, right);
        return (left ?? right) switch
        {
            Inner => new Inner(left, right),
            Stub => throw new NotCoveredException(),
            var lone => lone,
        };
    }

    /// <summary>Whether a key is there; unknown where its path, or its value, is not.</summary>
    public static TrieStatus TryGet(StateTrie? trie, in Bytes32 key, int depth, out ReadOnlySpan<byte> value)
    {
        value = default;
        while (trie is Inner inner) trie = key.Bit(depth++) == 0 ? inner.Left : inner.Right;
        if (trie is Stub) return TrieStatus.Unknown;
        if (trie is not Leaf leaf || !leaf.Key.Equals(key)) return TrieStatus.Absent;
        if (leaf.Value is not { } bytes) return TrieStatus.Unknown;
        value = bytes.Span;
        return TrieStatus.Found;
    }

    /// <summary>Visits all pairs in the order of their keys.</summary>
    public static void Visit(StateTrie? trie, Action<Digest, ReadOnlyMemory<byte>> visitor)
    {
        if (trie is Leaf { Value: { } value } leaf) visitor(new Digest(leaf.Key), value);
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

    /// <summary>A subtree of which only the hash is known.</summary>
    public sealed class Stub(in Bytes32 hash) : StateTrie(hash);

    /// <summary>A batch reaches below a stub.</summary>
    public sealed class NotCoveredException : Exception;

    public sealed class Inner(StateTrie? left, StateTrie? right) : StateTrie(StateHash.Inner(left?.Hash ?? default, right?.Hash ?? default))
    {
        public StateTrie? Left { get; } = left;

        public StateTrie? Right { get; } = right;
    }

    public sealed class Leaf : StateTrie
    {
        public readonly Bytes32 Key, ValueHash;

        public Leaf(in StateWrite write) : this(write.Key.Bytes, StateHash.Value(write.Value.Span)) => Value = write.Value;

        public Leaf(in Bytes32 key, in Bytes32 valueHash) : base(StateHash.Leaf(key, valueHash)) => (Key, ValueHash) = (key, valueHash);

        /// <summary>The value, or null if only its hash is known.</summary>
        public ReadOnlyMemory<byte>? Value { get; }
    }
}
