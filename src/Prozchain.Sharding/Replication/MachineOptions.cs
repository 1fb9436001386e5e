using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>Rules of a <see cref="ShardMachine{TTransition}"/>: the same on every node of a network.</summary>
public sealed record MachineOptions
{
    /// <summary>Bounds of a block's execution.</summary>
    public ExecutionLimits Limits { get; init; } = new();

    /// <summary>Bounds of channels.</summary>
    public ChannelOptions Channels { get; init; } = new();

    /// <summary>Bounds and programs of atomic transactions; names the chain.</summary>
    public required AtomicOptions Atomic { get; init; }
}
