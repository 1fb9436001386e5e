namespace Prozchain.Sharding.State;

/// <summary>What a node of a binary prefix trie is.</summary>
internal enum TrieNode
{
    /// <summary>No key lies below.</summary>
    Empty,

    /// <summary>Only the hash is known.</summary>
    Stub,

    /// <summary>One key lies below.</summary>
    Leaf,

    /// <summary>More than one.</summary>
    Inner,
}
