namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Which eight elements of π(x) + x a compression gives; the number is the first of them. Another use of the hash has another window.</summary>
internal enum CompressionWindow
{
    /// <summary>Elements 0 to 7: nodes, and all but the last block of a hash. Asked on <see cref="RollupBuses.CompressN"/>.</summary>
    N = 0,

    /// <summary>Elements 4 to 11: the last block of a hash, and a leaf under a hashed key. Asked on <see cref="RollupBuses.CompressM"/>.</summary>
    M = 4,
}
