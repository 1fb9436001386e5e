namespace Prozchain.Sharding.Consensus;

/// <summary>What a shard made of another shard's anchored header.</summary>
public enum AnchorResult
{
    /// <summary>Kept until the bundles under it are applied.</summary>
    Accepted,

    /// <summary>It sends nothing, or is not later than one already known.</summary>
    NotNeeded,

    /// <summary>As many anchors are kept as the limits allow; hand it in again later.</summary>
    Full,

    /// <summary>The header is of another chain, of this shard, or of no shard of the layout.</summary>
    WrongShard,
}
