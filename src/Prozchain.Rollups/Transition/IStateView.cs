namespace Prozchain.Rollups.Transition;

/// <summary>
/// The state as a transition sees it: byte strings under 256-bit keys. One transition runs unchanged over a node's
/// own state, over a view that records what is touched, and over the part of a state that a witness proves.
/// </summary>
public interface IStateView
{
    /// <summary>Looks up a key. The value may be viewed until the next write; it is empty unless found.</summary>
    StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value);

    /// <summary>Adds or replaces. False, without effect, if the view does not know that place of the state.</summary>
    bool Write(in Digest32 key, ReadOnlySpan<byte> value);

    /// <summary>A name for the state as it is now. Costs nothing.</summary>
    long Mark();

    /// <summary>Undoes every write since a mark was given. Marks given since are void.</summary>
    void Revert(long mark);
}
