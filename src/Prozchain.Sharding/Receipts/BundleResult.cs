namespace Prozchain.Sharding.Receipts;

/// <summary>What a shard made of a bundle that came in.</summary>
public enum BundleResult
{
    /// <summary>Kept; it is applied once all earlier ones of its channel are.</summary>
    Accepted,

    /// <summary>Applied already, or kept already. Not an error: senders resend.</summary>
    Duplicate,

    /// <summary>Meant for another shard, or from a shard that does not exist.</summary>
    WrongShard,

    /// <summary>A recipient lives on another shard: the source is faulty.</summary>
    WrongRecipient,

    /// <summary>No anchored header of the source at that height is known here; hand the header in, then the bundle again.</summary>
    UnknownAnchor,

    /// <summary>The proof does not lead to the anchored receipts root.</summary>
    BadProof,

    /// <summary>Too far ahead of what was applied, or too much is waiting; resend it later.</summary>
    Full,
}
