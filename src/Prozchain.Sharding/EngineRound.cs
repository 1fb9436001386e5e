using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding;

/// <summary>A round that is acknowledged: it is in the log, and no crash takes it back.</summary>
public sealed record EngineRound
{
    /// <summary>Number of the round, from 1.</summary>
    public required ulong Height { get; init; }

    /// <summary>The time that the host gave it, Unix milliseconds.</summary>
    public required long TimeMs { get; init; }

    /// <summary>The epoch in which the round's headers are.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Hash of the beacon block: it covers all shards' headers and the records. Zero without a beacon.</summary>
    public required Digest BeaconHash { get; init; }

    /// <summary>The application records that the beacon block put in order.</summary>
    public required IReadOnlyList<ApplicationRecord> Records { get; init; }

    /// <summary>The split or merge with which the round ended; the next one begins with its heirs. Null for none.</summary>
    public TopologyChange? Change { get; init; }

    /// <summary>Changes that were asked for and could not be made; none in a replayed round.</summary>
    public IReadOnlyList<ReshapeAction> RefusedChanges { get; init; } = [];

    /// <summary>Each shard's part, in the order of the layout before the change.</summary>
    public required IReadOnlyList<ShardRound> Shards { get; init; }

    /// <summary>The host's own bytes that were logged with the round.</summary>
    public required ReadOnlyMemory<byte> HostMark { get; init; }

    /// <summary>Bytes that the round takes in the log, without the record's header.</summary>
    public required int LogBytes { get; init; }
}

/// <summary>What one shard did in a round.</summary>
public sealed record ShardRound
{
    /// <summary>The shard.</summary>
    public required ShardId Shard { get; init; }

    /// <summary>The sealing header: the last of the round, or that with which the shard ended, over an empty body, with the state root after all others.</summary>
    public required MicroHeader Header { get; init; }

    /// <summary>Height of the sealing header.</summary>
    public ulong Height => Header.Height;

    /// <summary>Root of the shard's state: cells, channels, atomic transactions.</summary>
    public Digest StateRoot => Header.StateRoot;

    /// <summary>Transactions that were applied.</summary>
    public required int Applied { get; init; }

    /// <summary>Transactions that are in a block, failed and left a trace, such as their number; those that left nothing, as what meets a cell of an open atomic transaction does, come again and do not count.</summary>
    public required int Failed { get; init; }

    /// <summary>Not in a replayed round: transactions that were given up: their window ended in the queue, the state has no room for them, or their receipts never had credit.</summary>
    public required int Dropped { get; init; }

    /// <summary>Atomic transactions that began here.</summary>
    public required int AtomicBegun { get; init; }

    /// <summary>Atomic transactions that are open here after the round.</summary>
    public required int AtomicOpen { get; init; }

    /// <summary>Bytes of the bodies.</summary>
    public required int Bytes { get; init; }

    /// <summary>Receipts credited.</summary>
    public required int ReceiptsIn { get; init; }

    /// <summary>Receipts sent to other shards.</summary>
    public required int ReceiptsOut { get; init; }

    /// <summary>Gas that transactions spent.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Transactions that wait for the next round; none in a replayed one.</summary>
    public required int Queued { get; init; }

    /// <summary>Bundles of receipts that came in and were credited.</summary>
    public required IReadOnlyList<BundleDelivery> Deliveries { get; init; }
}

/// <summary>A bundle of receipts that a micro-block credited.</summary>
/// <param name="Source">The shard that sent it.</param>
/// <param name="SourceHeight">Height of the micro-block that sent it.</param>
/// <param name="SourceTimeMs">Time of that block, Unix milliseconds.</param>
/// <param name="TimeMs">Time of the block that credited it.</param>
/// <param name="Rounds">0 if it was sent and credited in the same round, 1 if it was in the next, and so on.</param>
/// <param name="Receipts">Number of receipts.</param>
public readonly record struct BundleDelivery(ShardId Source, ulong SourceHeight, long SourceTimeMs, long TimeMs, int Rounds, int Receipts);
