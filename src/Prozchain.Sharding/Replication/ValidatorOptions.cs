using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>What a <see cref="ValidatorNode{TTransition}"/> is made from.</summary>
/// <typeparam name="TTransition">What transactions mean.</typeparam>
public sealed class ValidatorOptions<TTransition> where TTransition : IShardTransition
{
    /// <summary>The validator's part in the beacon.</summary>
    public required BeaconNodeOptions Beacon { get; init; }

    /// <summary>What transactions mean.</summary>
    public required TTransition Transition { get; init; }

    /// <summary>What they mean in the shards of each class; null where all shards run <see cref="Transition"/>.</summary>
    public Func<LayoutClass, TTransition>? TransitionOf { get; init; }

    /// <summary>Rules of the shards.</summary>
    public required MachineOptions Machine { get; init; }

    /// <summary>Makes a shard's cells at genesis.</summary>
    public required Func<ShardInfo, HeapTrieStore> Genesis { get; init; }

    /// <summary>The most bytes that a shard's cells take.</summary>
    public long MaxCellBytes { get; init; } = 500L << 20;

    /// <summary>Time between two micro-blocks, milliseconds.</summary>
    public int IntervalMs { get; init; } = 100;

    /// <summary>One-way delay between members of a committee to begin with, milliseconds.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>The longest timer of an ordering run, milliseconds.</summary>
    public int MaxTimeoutMs { get; init; } = 10_000;

    /// <summary>Each so-many-th micro-block states the state's root.</summary>
    public int SealEvery { get; init; } = 5;

    /// <summary>Ended runs of a shard that still answer, and deliver what they said.</summary>
    public int KeepRuns { get; init; } = 3;

    /// <summary>What this validator proposes to the beacon after a block, because the load or somebody asks for it; null for nothing. Asked after each final beacon block.</summary>
    public Func<BeaconState, TopologyProposal?>? Propose { get; init; }

    /// <summary>Sees each heir of a split or a merge that begins here from the ends of its parents, before its first block; must not call the node.</summary>
    public Action<ShardBirth<TTransition>>? Born { get; init; }

    /// <summary>Sees each final block of each shard that the validator follows, with its result; must not call the node.</summary>
    public Action<MicroBlock, ShardStep>? Observer { get; init; }
}
