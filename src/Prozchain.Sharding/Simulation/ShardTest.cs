using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A test of a transition over many seeds: replicated shards under faults drawn from the seed, a load, and what must hold.
/// <c>SimulationCampaign.Run(test.Scenario, 1, 100)</c> runs a hundred seeds, replays and shrinks the first that fails;
/// <c>test.Scenario.Run(seed)</c> runs one again, and with <see cref="FaultPlan.Parse"/> under the faults of a report.
/// </summary>
/// <typeparam name="TTransition">What transactions mean.</typeparam>
public sealed record ShardTest<TTransition> where TTransition : IShardTransition
{
    /// <summary>What the worlds are like; their faults are those of the seed.</summary>
    public required ShardWorldOptions<TTransition> Options { get; init; }

    /// <summary>Adds loads and auditors to a world, new ones each time.</summary>
    public required Action<ShardWorld<TTransition>> Arrange { get; init; }

    /// <summary>Looks at a world at its end; null if all is well, else what is wrong. That all shards went on after the last fault and all receipts arrived is checked anyway.</summary>
    public Func<ShardWorld<TTransition>, string?>? AtEnd { get; init; }

    /// <summary>What goes wrong; null for all kinds of faults until <see cref="HealedMs"/>.</summary>
    public FaultMix? Faults { get; init; }

    /// <summary>When all faults have healed, milliseconds; a load should go on a little longer.</summary>
    public long HealedMs { get; init; } = 5_000;

    /// <summary>How long a world runs, milliseconds; long enough after the last fault for everything to be executed.</summary>
    public long DurationMs { get; init; } = 25_000;

    /// <summary>The test as a scenario.</summary>
    public SimulationScenario Scenario => new()
    {
        Build = (seed, plan) => Build(seed, plan).World,
        Plan = (Faults ?? new FaultMix { Nodes = Options.AllShards * Options.Validators, HealedMs = HealedMs }).Draw,
        DurationMs = DurationMs,
        AtEnd = world => Judge((ShardWorld<TTransition>)world.Tag!),
    };

    /// <summary>The world of a seed, with loads and auditors.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="plan">What goes wrong in it.</param>
    public ShardWorld<TTransition> Build(ulong seed, FaultPlan plan)
    {
        var world = new ShardWorld<TTransition>(seed, Options with { World = Options.World with { Faults = plan } });
        world.World.Tag = world;
        Arrange(world);
        return world;
    }

    private string? Judge(ShardWorld<TTransition> world)
    {
        // Half of the blocks that a healthy shard makes.
        long blocks = (DurationMs - HealedMs) / (2 * Options.IntervalMs);
        return world.Report() is var report && report is { IsQuiet: true, Waiting: 0 } && (long)report.LowestHeight >= blocks
            ? AtEnd?.Invoke(world)
            : $"Expected at least {blocks} blocks in each shard and no transaction or receipt under way at {DurationMs} ms, got {report}.";
    }
}
