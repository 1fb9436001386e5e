namespace Prozchain.Rollups.Transition;

/// <summary>What looking up a key found.</summary>
public enum StateReadStatus
{
    // The values are those of the trie's own status, so that one converts to the other.
    /// <summary>The state holds a value under the key.</summary>
    Found,

    /// <summary>The state holds nothing under the key.</summary>
    Absent,

    /// <summary>The view does not know: a witness left this key out.</summary>
    Unknown,
}
