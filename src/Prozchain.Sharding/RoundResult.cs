using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding;

/// <summary>A round that is acknowledged: it is in the log, and no crash takes it back.</summary>
public sealed record RoundResult
{
    /// <summary>Number of the round, from 1: the height of its beacon block and of each shard's block.</summary>
    public required ulong Height { get; init; }

    /// <summary>The time that the host gave it, Unix milliseconds.</summary>
    public required long TimeMs { get; init; }

    /// <summary>The beacon's epoch.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Hash of the beacon block: it covers all shards' headers and the records.</summary>
    public required Digest BeaconHash { get; init; }

    /// <summary>Each shard's block, in the order of the layout.</summary>
    public required IReadOnlyList<ShardBlockSummary> Shards { get; init; }

    /// <summary>The application records that the beacon block put in order.</summary>
    public required IReadOnlyList<ApplicationRecord> Records { get; init; }

    /// <summary>The host's own bytes that were logged with the round.</summary>
    public required ReadOnlyMemory<byte> HostMark { get; init; }

    /// <summary>Bytes that the round takes in the log, without the record's header.</summary>
    public required int LogBytes { get; init; }
}

/// <summary>What one shard's block did.</summary>
public sealed record ShardBlockSummary
{
    /// <summary>The shard.</summary>
    public required ShardId Shard { get; init; }

    /// <summary>Height of the block.</summary>
    public required ulong Height { get; init; }

    /// <summary>Hash of its header.</summary>
    public required Digest HeaderHash { get; init; }

    /// <summary>Root of the shard's accounts after it.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>Transfers that moved value, within the shard or out of it.</summary>
    public required int Applied { get; init; }

    /// <summary>Transfers that are in the block but moved nothing.</summary>
    public required int Failed { get; init; }

    /// <summary>Length of the block in bytes.</summary>
    public required int Bytes { get; init; }

    /// <summary>Receipts sent to other shards.</summary>
    public required int ReceiptsOut { get; init; }

    /// <summary>Bundles of receipts that came in and were credited.</summary>
    public required IReadOnlyList<ReceiptDelivery> Deliveries { get; init; }
}

/// <summary>A bundle of receipts that a block credited. Its latency is the block's time less the source's.</summary>
/// <param name="Source">The shard that sent it.</param>
/// <param name="SourceHeight">Height of the block that sent it.</param>
/// <param name="SourceTimeMs">Time of that block, Unix milliseconds.</param>
/// <param name="Receipts">Number of receipts.</param>
public readonly record struct ReceiptDelivery(ShardId Source, ulong SourceHeight, long SourceTimeMs, int Receipts);
