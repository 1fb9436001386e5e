namespace Prozchain.Shared;

/// <summary>What a look-up or an update of a trie found.</summary>
internal enum TrieStatus
{
    Found,
    Absent,

    /// <summary>The path runs into a subtree of which only the hash is known.</summary>
    Unknown,
}
