namespace Prozchain.Sharding.Consensus;

/// <summary>What a shard made of another shard's anchored header.</summary>
public enum AnchorResult
{
    /// <summary>
    /// Kept until a bundle under it is applied, or a later one of its shard. Without a bundle that waits it may be dropped
    /// to make room; then it can be handed in again, together with the bundle.
    /// </summary>
    Accepted,

    /// <summary>It sends nothing, is known, or is not later than the last one of its shard whose bundle was applied.</summary>
    NotNeeded,

    /// <summary>As many anchors as the limits allow are kept, each for a bundle that waits; hand it in again after the next block.</summary>
    Full,

    /// <summary>The header is of another chain, of this shard, or of no shard of the layout.</summary>
    WrongShard,
}
