namespace Prozchain.Sharding.Consensus;

/// <summary>What became of a transfer that was handed in.</summary>
public enum SubmitResult
{
    /// <summary>In the pool; the shard's next blocks include it, in the order of arrival.</summary>
    Accepted,

    /// <summary>The transfer names another chain.</summary>
    WrongChain,

    /// <summary>The sender's account lives on another shard.</summary>
    WrongShard,

    /// <summary>The nonce was used: the transfer, or another in its place, is in a block or in the pool.</summary>
    NonceTooLow,

    /// <summary>Earlier transfers of the sender are missing; hand it in after them.</summary>
    NonceGap,

    /// <summary>The signature is not the sender's over this transfer.</summary>
    BadSignature,

    /// <summary>The pool is full; try again after the next block.</summary>
    PoolFull,

    /// <summary>Too many receipts are on their way to the recipient's shard; try again after the next block.</summary>
    DestinationCongested,
}
