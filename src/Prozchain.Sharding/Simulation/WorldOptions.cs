namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="SimulatedWorld"/> is like. The seed and these say everything about it.</summary>
public sealed record WorldOptions
{
    /// <summary>What the nodes' clocks show at the beginning, Unix milliseconds.</summary>
    public long StartMs { get; init; } = 1_800_000_000_000;

    /// <summary>The network.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>How long a medium takes to make records durable, microseconds; records asked for meanwhile go together into the next turn.</summary>
    public int FsyncMicroseconds { get; init; } = 500;

    /// <summary>What handling costs a node's CPU; null for nothing.</summary>
    public CostModel? Cost { get; init; }

    /// <summary>What goes wrong and when; all of it heals.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>How many of the last events a <see cref="SimulationFailure"/> shows.</summary>
    public int TraceLength { get; init; } = 64;
}
