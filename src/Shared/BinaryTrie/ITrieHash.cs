namespace Prozchain.Shared;

/// <summary>
/// The three hashes of a prefix trie, each in its own domain, so that no leaf can be passed off as an inner node.
/// None of them ever yields 32 zero bytes for an input anyone can find: zero stands for the empty subtree.
/// </summary>
internal interface ITrieHash
{
    static abstract Bytes32 Value(ReadOnlySpan<byte> value);

    static abstract Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash);

    static abstract Bytes32 Inner(in Bytes32 left, in Bytes32 right);
}
