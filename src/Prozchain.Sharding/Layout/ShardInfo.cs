using Prozchain.Shared;

namespace Prozchain.Sharding.Layout;

/// <summary>What a shard is, or was: the keys of a class that share a prefix, and its lineage both ways. Immutable.</summary>
public sealed class ShardInfo
{
    internal const int MaxDepth = 255;

    internal ShardInfo(ShardId id, LayoutClass layoutClass, in Digest prefix, int depth, ulong bornVersion, ulong bornEpoch, ShardId[] parents, ShardId[]? children = null)
    {
        Id = id;
        Class = layoutClass;
        Prefix = prefix;
        Depth = depth;
        BornVersion = bornVersion;
        BornEpoch = bornEpoch;
        Parents = parents;
        Children = children ?? [];
    }

    /// <summary>The shard's name.</summary>
    public ShardId Id { get; }

    /// <summary>The shard's class.</summary>
    public LayoutClass Class { get; }

    /// <summary>The shards it came from: none for the first of a class, one after a split, the left and the right one after a merge.</summary>
    public IReadOnlyList<ShardId> Parents { get; }

    /// <summary>The shards it became: none while it is live, the left and the right one after a split, one after a merge.</summary>
    public IReadOnlyList<ShardId> Children { get; }

    /// <summary>Version of the first layout that had this shard.</summary>
    public ulong BornVersion { get; }

    /// <summary>Epoch in which it was made.</summary>
    public ulong BornEpoch { get; }

    /// <summary>The leading bits that all keys of the shard share, most significant first; bits from <see cref="Depth"/> on are zero.</summary>
    public Digest Prefix { get; }

    /// <summary>Length of the prefix in bits, 0 to 255: the depth of the shard's subtree in the tree of the whole class.</summary>
    public int Depth { get; }

    /// <summary>True until it is split or merged.</summary>
    public bool IsLive => Children.Count == 0;

    /// <summary>True if the key, of the shard's class, begins with its prefix.</summary>
    /// <param name="key">A 256-bit key.</param>
    public bool Contains(in Digest key) => Bytes32.CommonPrefix(Prefix.Bytes, key.Bytes) >= Depth;

    /// <summary>True if the shard is of the class, and the key begins with its prefix.</summary>
    /// <param name="layoutClass">The class that the key is of.</param>
    /// <param name="key">A 256-bit key.</param>
    public bool Contains(LayoutClass layoutClass, in Digest key) => Class == layoutClass && Contains(key);

    /// <summary>True if some key belongs to both.</summary>
    /// <param name="other">Another shard, of any time.</param>
    public bool Overlaps(ShardInfo other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Class == other.Class && Bytes32.CommonPrefix(Prefix.Bytes, other.Prefix.Bytes) >= Math.Min(Depth, other.Depth);
    }

    internal Digest LeftPrefix => Prefix;

    internal Digest RightPrefix
    {
        get
        {
            Span<byte> prefix = stackalloc byte[Digest.Size];
            Prefix.Span.CopyTo(prefix);
            prefix[Depth >> 3] |= (byte)(0x80 >> (Depth & 7));
            return new Digest(prefix);
        }
    }

    /// <summary>True if this one and <paramref name="right"/> are the two halves of one prefix, in that order.</summary>
    internal bool IsLeftSiblingOf(ShardInfo right) =>
        Class == right.Class && Depth == right.Depth && Depth > 0 && right.Prefix.Bytes.Bit(Depth - 1) == 1
        && Prefix.Bytes.Bit(Depth - 1) == 0 && Bytes32.CommonPrefix(Prefix.Bytes, right.Prefix.Bytes) == Depth - 1;

    internal ShardInfo Became(params ShardId[] children) => new(Id, Class, Prefix, Depth, BornVersion, BornEpoch, [.. Parents], children);
}
