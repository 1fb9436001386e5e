using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Execution;

/// <summary>What holds for every transaction of one micro-block.</summary>
public readonly struct BlockContext
{
    /// <summary>Names the block.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="layout">Which shard holds which key.</param>
    /// <param name="shard">The executing shard; live in the layout.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="height">Height of the micro-block.</param>
    /// <param name="timeMs">Time of its header, Unix milliseconds.</param>
    /// <exception cref="ArgumentException">The shard is not live in the layout.</exception>
    public BlockContext(ulong chainId, ShardLayout layout, ShardId shard, ulong epoch, ulong height, long timeMs)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (!layout.IsLive(shard) || !layout.TryGetInfo(shard, out ShardInfo? info))
            throw new ArgumentException($"Expected a live shard, got {shard}.", nameof(shard));
        ChainId = chainId;
        Layout = layout;
        Shard = info;
        Epoch = epoch;
        Height = height;
        TimeMs = timeMs;
    }

    /// <summary>The chain.</summary>
    public ulong ChainId { get; }

    /// <summary>Which shard holds which key.</summary>
    public ShardLayout Layout { get; }

    /// <summary>The executing shard.</summary>
    public ShardInfo Shard { get; }

    /// <summary>The epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>Height of the micro-block.</summary>
    public ulong Height { get; }

    /// <summary>Time of the block's header, Unix milliseconds: the only time there is.</summary>
    public long TimeMs { get; }

    /// <summary>True if the executing shard holds the key.</summary>
    /// <param name="key">A 256-bit key of the shard's class.</param>
    public bool IsLocal(in Digest key) => Shard.Contains(key);
}
