namespace Prozchain.Rollups.Derivation;

/// <summary>What became of a batch's own transactions. Its forced items are run whatever this says.</summary>
public enum BatchVerdict
{
    /// <summary>They were run.</summary>
    Executed,

    /// <summary>None: the source is empty, no frames, or completes no channel that holds a batch; or the batch's list is empty.</summary>
    NoBatch,

    /// <summary>None: no batch of the channel has this number, parent, count of forced items and mode; a bare one has no head, or that of another root.</summary>
    WrongHead,

    /// <summary>None: the columns do not decode.</summary>
    Undecodable,

    /// <summary>None: together they cross the cap of a batch.</summary>
    OverCap,
}
