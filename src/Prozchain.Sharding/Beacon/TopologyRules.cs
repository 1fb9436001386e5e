using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>How fast the layout may change.</summary>
public sealed record TopologyRules
{
    /// <summary>Judges claims; null for a layout that never changes.</summary>
    public TopologyTrigger? Trigger { get; init; }

    /// <summary>The cap on live shards, which is what really bounds a runaway trigger; at most 1,024.</summary>
    public int MaxShards { get; init; } = ShardLayout.MaxShards;

    /// <summary>Epochs for which shards that a change made are left alone.</summary>
    public int CooldownEpochs { get; init; } = 2;

    /// <summary>Epochs after which a proposal lapses whose target committee was never ready.</summary>
    public int ExpiryEpochs { get; init; } = 4;

    /// <summary>One change may be open for every so many shards, but always one.</summary>
    public int ShardsPerChange { get; init; } = 16;

    /// <summary>
    /// Readiness counts up to so many blocks before the end of an epoch. A shard whose cut is scheduled stops in them, once
    /// its last header is anchored: the new shards continue from that one.
    /// </summary>
    public int DrainBlocks { get; init; } = 4;

    /// <summary>
    /// Epochs for which the layout remembers shards that were split or merged: longer than any message to one may be under way,
    /// and short enough that the layout never fills up (<see cref="ShardLayout.MaxLineage"/>). Default 256.
    /// </summary>
    public int RememberEpochs { get; init; } = 256;

    /// <summary>
    /// True: what its target committee is ready for is decided (<see cref="BeaconState.Decided"/>) and put off no more. It is made by
    /// the block that anchors the terminal blocks with which its shards end, and the committees of that epoch go on with the heirs:
    /// the target committee is of the running epoch. False, for hosts that anchor each epoch's last blocks with its last beacon
    /// block: it is made at the epoch's end, if those are the terminal ones, and the next epoch's committees go on.
    /// </summary>
    public bool IsMadeWithinEpoch { get; init; }

    internal void Check(int blocksPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxShards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxShards, ShardLayout.MaxShards);
        ArgumentOutOfRangeException.ThrowIfNegative(CooldownEpochs);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExpiryEpochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardsPerChange, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(DrainBlocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(RememberEpochs, 1);
        if (Trigger is not null) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(DrainBlocks, blocksPerEpoch);
    }
}
