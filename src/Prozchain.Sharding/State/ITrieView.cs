using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>A binary prefix trie as it is defined, node by node, however it is kept: what proofs are made from.</summary>
/// <typeparam name="TNode">Where a node is.</typeparam>
internal interface ITrieView<TNode>
{
    TNode Root { get; }

    int RootDepth { get; }

    TrieNode Kind(TNode node);

    Bytes32 Hash(TNode node);

    /// <summary>The two sides of an inner node.</summary>
    (TNode Left, TNode Right) Children(TNode node);

    /// <summary>A leaf's key and the hash of its value.</summary>
    (Bytes32 Key, Bytes32 ValueHash) Leaf(TNode node);

    /// <summary>A leaf's value; false if only its hash is known.</summary>
    bool TryValue(TNode node, out ReadOnlySpan<byte> value);
}
