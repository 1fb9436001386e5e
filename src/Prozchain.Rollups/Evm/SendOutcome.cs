namespace Prozchain.Rollups.Evm;

/// <summary>What a node said to a transaction that was handed to it.</summary>
internal enum SendOutcome
{
    /// <summary>It is in the node's pool, or was already.</summary>
    Accepted,

    /// <summary>The account's nonce is above the transaction's: this or another of the same nonce is in a block.</summary>
    NonceTooLow,

    /// <summary>The fee is too low to enter, or to replace the one in the pool.</summary>
    Underpriced,

    /// <summary>The account cannot pay for it.</summary>
    InsufficientFunds,

    /// <summary>The node refuses it for another reason.</summary>
    Rejected,

    /// <summary>No answer: it may be in the pool, or not.</summary>
    Unknown,
}
