namespace Prozchain.DataAvailability.Coding;

/// <summary>How a decoding ended.</summary>
public enum DecodeResult
{
    /// <summary>Every shard asked for is there.</summary>
    Restored = 0,

    /// <summary>Fewer shards are present than there are data shards. Nothing was changed.</summary>
    NotEnoughShards = 1,
}
