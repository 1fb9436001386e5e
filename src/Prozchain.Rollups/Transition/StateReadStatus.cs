namespace Prozchain.Rollups.Transition;

/// <summary>What looking up a key found.</summary>
public enum StateReadStatus
{
    /// <summary>The state holds a value under the key.</summary>
    Found,

    /// <summary>The state holds nothing under the key.</summary>
    Absent,

    /// <summary>The view does not know: a witness left this key out.</summary>
    Unknown,
}
