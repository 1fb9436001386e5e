namespace Prozchain.Sharding.Layout;

/// <summary>
/// Which shard holds which key: a binary prefix trie over 256-bit keys whose leaves are the shards, so that every key
/// belongs to exactly one. Immutable and thread-safe.
/// </summary>
public sealed class ShardLayout
{
    /// <summary>The most shards a layout holds.</summary>
    public const int MaxShards = 1024;

    private readonly ShardInfo[] _shards;
    private readonly Dictionary<ShardId, ShardInfo> _lineage;
    private readonly Dictionary<ShardId, int> _indexes = [];

    // Children of inner node n at 2n and 2n + 1: another inner node, or the complement of an index into _shards.
    private readonly int[] _children;

    private ShardLayout(ShardInfo[] shards, Dictionary<ShardId, ShardInfo> lineage, int[] children)
    {
        _shards = shards;
        _lineage = lineage;
        _children = children;
        for (int i = 0; i < shards.Length; i++) _indexes.Add(shards[i].Id, i);
    }

    /// <summary>The shards, in the order of their prefixes.</summary>
    public IReadOnlyList<ShardInfo> Shards => _shards;

    /// <summary>
    /// Makes a layout by splitting, again and again, the leftmost of the shallowest shards. The same count always gives
    /// the same layout; unless it is a power of two, some shards are twice as wide as others.
    /// </summary>
    /// <param name="count">Number of shards, 1 to <see cref="MaxShards"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another count.</exception>
    public static ShardLayout Create(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxShards);
        var lineage = new Dictionary<ShardId, ShardInfo>();
        var root = new Node(Add(lineage, parent: null, default, 0));
        var leaves = new Queue<Node>([root]);
        Span<byte> prefix = stackalloc byte[Digest.Size];
        while (leaves.Count < count)
        {
            Node node = leaves.Dequeue();
            node.Info.Prefix.Span.CopyTo(prefix);
            node.Left = new Node(Add(lineage, node.Info.Id, new Digest(prefix), node.Info.Depth + 1));
            prefix[node.Info.Depth >> 3] |= (byte)(0x80 >> (node.Info.Depth & 7));
            node.Right = new Node(Add(lineage, node.Info.Id, new Digest(prefix), node.Info.Depth + 1));
            leaves.Enqueue(node.Left);
            leaves.Enqueue(node.Right);
        }
        var shards = new List<ShardInfo>(count);
        var children = new List<int>(2 * count);
        Flatten(root, shards, children);
        return new ShardLayout([.. shards], lineage, [.. children]);
    }

    /// <summary>The shard of an address. Pure; allocates nothing.</summary>
    /// <param name="address">Any address.</param>
    public ShardId ShardOf(in Address address) => ShardOf(address.Digest);

    /// <summary>The shard of a 256-bit key. Pure; allocates nothing.</summary>
    /// <param name="key">Any key.</param>
    public ShardId ShardOf(in Digest key) => _shards[IndexOf(key)].Id;

    /// <summary>What a shard is, or was: shards that were split stay known.</summary>
    /// <param name="id">The shard's name.</param>
    /// <param name="info">The shard, when the result is true.</param>
    public bool TryGetInfo(ShardId id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ShardInfo? info) => _lineage.TryGetValue(id, out info);

    /// <summary>True if the shard exists now.</summary>
    /// <param name="id">The shard's name.</param>
    public bool IsLive(ShardId id) => _indexes.ContainsKey(id);

    internal int IndexOf(in Digest key)
    {
        if (_children.Length == 0) return 0;
        int at = 0;
        for (int depth = 0; at >= 0; depth++) at = _children[2 * at + key.Bytes.Bit(depth)];
        return ~at;
    }

    internal int IndexOf(ShardId id) => _indexes.TryGetValue(id, out int index) ? index : -1;

    private static ShardInfo Add(Dictionary<ShardId, ShardInfo> lineage, ShardId? parent, in Digest prefix, int depth)
    {
        var info = new ShardInfo(new ShardId((ulong)lineage.Count + 1), parent, prefix, depth);
        lineage.Add(info.Id, info);
        return info;
    }

    private static int Flatten(Node node, List<ShardInfo> shards, List<int> children)
    {
        if (node.Left is null || node.Right is null)
        {
            shards.Add(node.Info);
            return ~(shards.Count - 1);
        }
        int at = children.Count / 2;
        children.AddRange([0, 0]);
        children[2 * at] = Flatten(node.Left, shards, children);
        children[2 * at + 1] = Flatten(node.Right, shards, children);
        return at;
    }

    private sealed class Node(ShardInfo info)
    {
        public ShardInfo Info { get; } = info;

        public Node? Left { get; set; }

        public Node? Right { get; set; }
    }
}
