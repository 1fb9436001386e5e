using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Consensus;

/// <summary>What is wrong with a block, if anything.</summary>
public enum BlockResult
{
    /// <summary>Every root was recomputed and agrees.</summary>
    Valid,

    /// <summary>The header names another chain.</summary>
    WrongChain,

    /// <summary>The header names another shard.</summary>
    WrongShard,

    /// <summary>The height is not the parent's plus 1.</summary>
    WrongHeight,

    /// <summary>The header does not continue this chain's last header.</summary>
    WrongParent,

    /// <summary>The time lies before the parent's.</summary>
    TimeBeforeParent,

    /// <summary>The header is not of the current epoch.</summary>
    WrongEpoch,

    /// <summary>More transfers than the limits allow.</summary>
    TooManyTransfers,

    /// <summary>More inbound receipts than the limits allow.</summary>
    TooManyReceipts,

    /// <summary>The contents are not as many as the header's counts say.</summary>
    WrongCount,

    /// <summary>The inbound bundle at the index is for another shard, or one of its recipients lives elsewhere.</summary>
    MisdirectedBundle,

    /// <summary>No anchored header is known here for the inbound bundle at the index; it may come later.</summary>
    UnknownAnchor,

    /// <summary>The proof of the inbound bundle at the index is wrong.</summary>
    BadBundleProof,

    /// <summary>The inbound bundle at the index is not the next of its channel: applied before, or too early.</summary>
    WrongSequence,

    /// <summary>A receipt of the inbound bundle at the index would take a balance to 2^64 or more.</summary>
    CreditOverflow,

    /// <summary>The transfer at the index may be in no block; <see cref="BlockVerdict.Rejection"/> says why.</summary>
    TransferRejected,

    /// <summary>The transfer at the index has another status than the block claims.</summary>
    WrongStatus,

    /// <summary>The transfers root differs.</summary>
    WrongTransfersRoot,

    /// <summary>The inbound root differs.</summary>
    WrongInboundRoot,

    /// <summary>The receipts root differs.</summary>
    WrongReceiptsRoot,

    /// <summary>The state root differs.</summary>
    WrongStateRoot,

    /// <summary>The channels root differs.</summary>
    WrongChannelsRoot,
}

/// <summary>The outcome of verifying a block.</summary>
/// <param name="Result">What is wrong, if anything.</param>
/// <param name="Index">Index of the transfer or bundle at fault; -1 where the fault has none.</param>
/// <param name="Rejection">Why a transfer may be in no block, for <see cref="BlockResult.TransferRejected"/>.</param>
public readonly record struct BlockVerdict(BlockResult Result, int Index = -1, TransferRejection Rejection = TransferRejection.None)
{
    /// <summary>True for <see cref="BlockResult.Valid"/>.</summary>
    public bool IsValid => Result == BlockResult.Valid;
}
