namespace Prozchain.DataAvailability.Coding;

/// <summary>What <see cref="ProgressiveDecoder.Add"/> made of a shard.</summary>
public enum AddShardResult
{
    /// <summary>It was taken, and was needed.</summary>
    Added = 0,

    /// <summary>A shard of this index was added before. The first one stays.</summary>
    Duplicate = 1,

    /// <summary>As many shards as it takes are there already. It was not taken.</summary>
    NotNeeded = 2,

    /// <summary>The code has no shard of this index.</summary>
    WrongIndex = 3,

    /// <summary>The shard has not the size of the others.</summary>
    WrongSize = 4,
}
