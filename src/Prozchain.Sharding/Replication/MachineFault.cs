namespace Prozchain.Sharding.Replication;

/// <summary>Why a body can be no block's on top of a state.</summary>
public enum MachineFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The bytes are no body.</summary>
    Malformed,

    /// <summary>A bundle, notice or record is not under the receipts root that the body names for it.</summary>
    BadProof,

    /// <summary>A transaction can be in no block, or is not signed.</summary>
    BadTransaction,

    /// <summary>The gas limits of the transactions are together over the bound.</summary>
    OverGasLimit,

    /// <summary>Atomic records or transactions in a block that follows its parent too closely.</summary>
    TooSoon,

    /// <summary>The body takes in a change of the layout that is not the next one or comes too early, relies on a shard that the layout does not know, or continues a shard that ended.</summary>
    BadTopology,

    /// <summary>A transaction sends more than its channel may carry now: more receipts than granted, or more value than the cap on what is not attested.</summary>
    OverCredit,
}
