using Prozchain.Shared;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>A shard, living or ended, with the keys that it holds or held: what cross-shard machinery knows of a layout.</summary>
/// <param name="Id">The shard.</param>
/// <param name="Prefix">The leading bits that its keys share; those from <paramref name="Depth"/> on are ignored.</param>
/// <param name="Depth">Length of the prefix in bits, 0 to 255.</param>
public readonly record struct ShardRange(ShardId Id, Digest Prefix, int Depth)
{
    /// <summary>The class that the shard and its keys are of.</summary>
    public LayoutClass Class { get; init; }

    /// <summary>True if the shard holds or held the key, which is of its class.</summary>
    /// <param name="key">A 256-bit key.</param>
    public bool Contains(in Digest key) => Bytes32.CommonPrefix(Prefix.Bytes, key.Bytes) >= Depth;

    /// <summary>True if the shard holds or held the key of a class.</summary>
    /// <param name="layoutClass">The class that the key is of.</param>
    /// <param name="key">A 256-bit key.</param>
    public bool Contains(LayoutClass layoutClass, in Digest key) => Class == layoutClass && Contains(key);

    /// <summary>True if a key can lie in both.</summary>
    /// <param name="other">The other range.</param>
    public bool Overlaps(in ShardRange other) => Class == other.Class && Bytes32.CommonPrefix(Prefix.Bytes, other.Prefix.Bytes) >= Math.Min(Depth, other.Depth);

    /// <summary>The range of a shard of a layout.</summary>
    /// <param name="info">The shard.</param>
    public static ShardRange Of(ShardInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new ShardRange(info.Id, info.Prefix, info.Depth) { Class = info.Class };
    }
}
