using Prozchain.Sharding.Consensus;

namespace Prozchain.Sharding.Attesting;

/// <summary>What executing a segment again found.</summary>
public enum SegmentFault : byte
{
    /// <summary>No fault: the blocks give what their headers state.</summary>
    None,

    /// <summary>It is of another shard or chain.</summary>
    OtherShard,

    /// <summary>An attestation in a body is not signed by a quorum of a committee that is known here.</summary>
    BadAttestation,

    /// <summary>Channels and atomic transactions are not those that the root before covers, or are none.</summary>
    BadState,

    /// <summary>The witness is none, or does not lead to the root before.</summary>
    BadWitness,

    /// <summary>The blocks touch a cell that the witness does not cover, or remove one without what that takes.</summary>
    MissingCell,

    /// <summary>The witness shows more than the blocks need.</summary>
    UnusedCell,

    /// <summary>A certified block that can be none: its body is invalid where it stands.</summary>
    InvalidBody,

    /// <summary>A certified header states another receipts root than executing its parent gives.</summary>
    WrongReceiptsRoot,

    /// <summary>A certified header states another write digest.</summary>
    WrongWriteDigest,

    /// <summary>The sealing header states another state root.</summary>
    WrongStateRoot,
}

/// <summary>What executing a segment again gave.</summary>
/// <param name="Fault">What is wrong, or <see cref="SegmentFault.None"/>.</param>
/// <param name="Block">Index of the block at fault: the one with an invalid body, or whose result is misstated.</param>
/// <param name="Own">What executing that block gave here; of the last block without a fault. The state root only for the last.</param>
/// <param name="Transactions">Transactions executed.</param>
public readonly record struct SegmentResult(SegmentFault Fault, int Block, ExecutedBlock Own, int Transactions)
{
    /// <summary>True if who certified the headers is at fault, whoever made the witness.</summary>
    public bool IsInvalidTransition => Fault >= SegmentFault.InvalidBody;
}
