using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>Bounds of a shard's blocks and queues. The first two are rules of the chain: a block beyond them is invalid.</summary>
public sealed record BlockLimits
{
    /// <summary>Transfers in one block, 1 to 65,536. Default 4,096.</summary>
    public int MaxTransfers { get; init; } = 4096;

    /// <summary>
    /// Receipts that one block applies, <see cref="MaxTransfers"/> to 2^20, so that any one bundle fits into an empty
    /// block. Default 8,192.
    /// </summary>
    public int MaxReceipts { get; init; } = 8192;

    /// <summary>Transfers that wait in one shard's pool. Default 65,536.</summary>
    public int MaxPooledTransfers { get; init; } = 65_536;

    /// <summary>Receipts that wait in one shard's inbox; beyond, only the next bundle of each channel is let in. Default 65,536.</summary>
    public int MaxWaitingReceipts { get; init; } = 65_536;

    /// <summary>
    /// Anchored headers of other shards that one shard keeps. Default 131,072: room for those of all that waits, and of
    /// any one block besides, which may apply other bundles.
    /// </summary>
    public int MaxAnchors { get; init; } = 131_072;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTransfers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxTransfers, WireLimits.MaxTransfers);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReceipts, MaxTransfers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxReceipts, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPooledTransfers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingReceipts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAnchors, 1);
    }
}
