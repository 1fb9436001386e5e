namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What verifying the proof of a batch came to. Only <see cref="Valid"/> accepts.</summary>
public enum BatchRefusal
{
    /// <summary>Nothing was verified yet.</summary>
    None,

    /// <summary>The statement is true.</summary>
    Valid,

    /// <summary>The bytes are none of a proof.</summary>
    Unreadable,

    /// <summary>Asked about some steps of a batch, of which there are no proofs of this kind.</summary>
    Steps,

    /// <summary>Of another rollup.</summary>
    OtherChain,

    /// <summary>Of another version of the rules.</summary>
    OtherVersion,

    /// <summary>Of other keys or bounds.</summary>
    OtherSetup,

    /// <summary>Not the state and exits before that were asked about.</summary>
    OtherStart,

    /// <summary>Not the state and exits after.</summary>
    OtherEnd,

    /// <summary>Not the batch that was asked about: its place, time, bytes or forced items, or what lay before it.</summary>
    OtherBatch,

    /// <summary>A state root that is no digest of the state's tree.</summary>
    WrongRoot,

    /// <summary>Said to be withheld, which the settlement layer does not say of it.</summary>
    NotWithheld,

    /// <summary>Not as many chunks as the bytes have.</summary>
    WrongChunks,

    /// <summary>The first bytes are not exactly those of the head.</summary>
    WrongHead,

    /// <summary>An exit that no payment can make, or payloads where own payments do not count.</summary>
    WrongExits,

    /// <summary>A claim about a forced item that cannot be, one too many or too few, or an exit that is not the item's.</summary>
    ForcedItem,

    /// <summary>The first segment does not start where the batch does.</summary>
    WrongFirstBoundary,

    /// <summary>A segment goes back: in the bytes, payments or exits.</summary>
    WrongOrder,

    /// <summary>The last segment ends before all bytes are hashed, or not behind the last exit.</summary>
    WrongLastBoundary,

    /// <summary>Reading ended where nothing ends: neither in a fault nor behind the last row or byte.</summary>
    Unfinished,

    /// <summary>Own payments are said to count though there is a fault, or the reverse.</summary>
    WrongVerdict,

    /// <summary>A segment tells more than its key counts.</summary>
    TooMuch,

    /// <summary>The proofs are refused: why, the result of the list says.</summary>
    Proofs,
}
