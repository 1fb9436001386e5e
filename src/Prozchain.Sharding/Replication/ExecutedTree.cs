using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>A block that was executed on top of its parent; the last final one has its writes in the store.</summary>
internal sealed class ExecutedNode(in Digest hash, ulong height, long timeMs, MachineState state, ExecutedNode? parent)
{
    public Digest Hash { get; } = hash;

    public ulong Height { get; } = height;

    public long TimeMs { get; } = timeMs;

    public MachineState State { get; } = state;

    /// <summary>Null once the block is final.</summary>
    public ExecutedNode? Parent { get; set; } = parent;

    public required Digest ReceiptsRoot { get; init; }

    public required Digest WriteDigest { get; init; }

    public Digest? StateRoot { get; set; }

    /// <summary>Null for the block that the run starts from.</summary>
    public ShardBody? Body { get; init; }

    public ShardStep? Step { get; init; }

    /// <summary>What it wrote, until it is final.</summary>
    public Dictionary<Digest, StateWrite> Writes { get; set; } = [];

    public HashSet<Digest> Transactions { get; init; } = [];

    public HashSet<ReceiptName> Receipts { get; init; } = [];
}

/// <summary>The last final block and the executed ones above it; those that compete are kept apart.</summary>
internal sealed class ExecutedTree : ICellSource
{
    private readonly IAuthenticatedStore _store;
    private readonly Dictionary<Digest, ExecutedNode> _nodes = [];

    public ExecutedTree(IAuthenticatedStore store, ExecutedNode root)
    {
        _store = store;
        Tip = root;
        _nodes.Add(root.Hash, root);
    }

    /// <summary>The last final block.</summary>
    public ExecutedNode Tip { get; private set; }

    /// <summary>The block after which cells are read.</summary>
    public ExecutedNode? At { get; set; }

    public ExecutedNode? Find(in Digest hash) => _nodes.GetValueOrDefault(hash);

    public void Add(ExecutedNode node) => _nodes[node.Hash] = node;

    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
    {
        for (ExecutedNode? node = At; node is not null; node = node.Parent)
        {
            if (!node.Writes.TryGetValue(key, out StateWrite write)) continue;
            value = write.Value.Span;
            return !write.IsDelete;
        }
        return _store.TryGet(key, out value);
    }

    public void Fetch(ReadOnlySpan<Digest> keys) => (_store as HeapTrieStore)?.Fetch(keys);

    /// <summary>True if a block that is not final, up to one, satisfies the condition.</summary>
    public static bool Any(ExecutedNode node, Func<ExecutedNode, bool> condition)
    {
        for (ExecutedNode? at = node; at?.Parent is not null; at = at.Parent)
            if (condition(at)) return true;
        return false;
    }

    /// <summary>Sequence of a channel's last bundle in blocks that are not final, up to one; 0 for none.</summary>
    public static ulong Applied(ExecutedNode node, ChannelId channel)
    {
        for (ExecutedNode? at = node; at?.Parent is not null; at = at.Parent)
        {
            for (int i = at.Body!.Bundles.Count - 1; i >= 0; i--)
                if (at.Step!.Bundles[i] == ChannelResult.Applied && at.Body.Bundles[i].Bundle!.Channel == channel) return at.Body.Bundles[i].Bundle!.Sequence;
        }
        return 0;
    }

    /// <summary>The state's root after a block: null if the store has no room for what the blocks wrote.</summary>
    public Digest? RootAfter(ExecutedNode node)
    {
        if (node.StateRoot is { } known) return known;
        Digest cells = _store.Root;
        if (node.Parent is not null)
        {
            var writes = new Dictionary<Digest, StateWrite>();
            for (ExecutedNode? at = node; at is not null; at = at.Parent)
                foreach ((Digest key, StateWrite write) in at.Writes) writes.TryAdd(key, write);
            if (_store.TryStage(writes.Values.ToArray(), out cells) != StageResult.Ok) return null;
        }
        node.StateRoot = node.State.StateRoot(cells);
        return node.StateRoot;
    }

    /// <summary>Makes a child of the tip final and drops what competes with it. False if the store is full.</summary>
    public bool TryFinalize(ExecutedNode node)
    {
        if (_store.TryStage(node.Step!.Writes.Span, out _) != StageResult.Ok) return false;
        _store.Commit();
        node.Parent = null;
        node.Writes = [];
        Tip = node;
        foreach (ExecutedNode other in _nodes.Values.OrderBy(other => other.Height).ToArray())
            if (other != node && (other.Height <= node.Height || !(other.Parent is { } parent && _nodes.ContainsKey(parent.Hash)))) _nodes.Remove(other.Hash);
        return true;
    }
}
