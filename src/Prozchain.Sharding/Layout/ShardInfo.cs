using Prozchain.Shared;

namespace Prozchain.Sharding.Layout;

/// <summary>What a shard is: the keys that share a prefix, and the shard it was split from.</summary>
public sealed class ShardInfo
{
    internal ShardInfo(ShardId id, ShardId? parent, in Digest prefix, int depth)
    {
        Id = id;
        Parent = parent;
        Prefix = prefix;
        Depth = depth;
    }

    /// <summary>The shard's name.</summary>
    public ShardId Id { get; }

    /// <summary>The shard this one was split from; null for the first of all.</summary>
    public ShardId? Parent { get; }

    /// <summary>The leading bits that all keys of the shard share, most significant first; bits from <see cref="Depth"/> on are zero.</summary>
    public Digest Prefix { get; }

    /// <summary>Length of the prefix in bits, 0 to 255: the depth of the shard's subtree in the tree of the whole state.</summary>
    public int Depth { get; }

    /// <summary>True if the key begins with the shard's prefix.</summary>
    /// <param name="key">A 256-bit key.</param>
    public bool Contains(in Digest key) => Bytes32.CommonPrefix(Prefix.Bytes, key.Bytes) >= Depth;
}
