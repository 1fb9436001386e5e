namespace Prozchain.Sharding.Execution;

/// <summary>Why a transfer can be in no block. A block that holds a rejected transfer is invalid.</summary>
public enum TransferRejection
{
    /// <summary>Not rejected.</summary>
    None,

    /// <summary>The transfer names another chain.</summary>
    WrongChain,

    /// <summary>The sender's account lives on another shard.</summary>
    WrongShard,

    /// <summary>The nonce is not the sender's next one.</summary>
    WrongNonce,

    /// <summary>The signature is not the sender's over this transfer.</summary>
    BadSignature,
}
