namespace Prozchain.Sharding.Receipts;

/// <summary>Whether a receipt may be sent now.</summary>
public enum SendResult
{
    /// <summary>It is in the block's bundle.</summary>
    Sent,

    /// <summary>The key lies in this shard, or in no live one.</summary>
    NoChannel,

    /// <summary>The destination has granted no more: defer the transaction until it does.</summary>
    NoCredit,

    /// <summary>The channel would carry too much value that is not attested yet: defer the transaction.</summary>
    UnattestedCap,

    /// <summary>The payload is over 1,024 bytes, or the bundle is full: the transaction waits for the next block.</summary>
    TooLarge,
}
