using Prozchain.Shared;

namespace Prozchain.Sharding.Hashing;

/// <summary>The state trie's hashes: BLAKE3 in keyed mode, one key each for values, leaves and inner nodes.</summary>
internal readonly struct StateHash : ITrieHash
{
    public static Bytes32 Value(ReadOnlySpan<byte> value) => Domains.StateValue.Hash(value);

    public static Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash) => Domains.StateLeaf.Hash(key, valueHash);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Domains.StateInner.Hash(left, right);
}
