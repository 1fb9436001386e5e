namespace Prozchain.Sharding.Execution;

/// <summary>What became of a transfer that is in a block. In each case the sender's nonce advanced by one.</summary>
public enum TransferStatus : byte
{
    /// <summary>No status; not valid on the wire.</summary>
    None = 0,

    /// <summary>The value left the sender: it is with the recipient, or in a receipt to the recipient's shard.</summary>
    Applied = 1,

    /// <summary>The sender had less than the amount. No value moved.</summary>
    InsufficientBalance = 2,

    /// <summary>The recipient, in the same shard, would hold 2^64 or more. No value moved.</summary>
    RecipientOverflow = 3,
}
