using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Splits and merges in the whole network: decided by the beacon, made by the validators.</summary>
public class NetworkReshapeTests(ITestOutputHelper output)
{
    private const long HealedMs = 7_000;

    private static readonly Digest s_right = new([0xFF, .. new byte[31]]);

    private static NetworkWorldOptions Options(long loadMs, IReadOnlyList<LineageDecision> decisions, FaultPlan? plan = null) =>
        NetworkTests.Options(2, 12, loadMs, plan) with { BeaconIntervalMs = 500, BlocksPerEpoch = 10, StallBlocks = 20, DrainBlocks = 3, Decisions = decisions };

    [Fact]
    public void Run_SplitAndMergeUnderLoad_NothingLostAndTheLoadGoesOn()
    {
        NetworkWorldOptions options = Options(10_000, [new LineageDecision(1_500, default, false), new LineageDecision(6_500, default, true)]);
        using var network = new NetworkWorld(TestSettings.Seed, options with { Bank = options.Bank with { TransfersPerSecond = 60, SwapsPerSecond = 6, LockSwapsPerSecond = 2 } });
        network.World.RunTo(18_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{report}");
        output.WriteLine(string.Join(' ', report.AppliedPerSlice));
        Assert.True(report is { Freezes: 0, Epoch: >= 3, Births: [{ IsMerge: false }, { IsMerge: false }, { IsMerge: true }], Bank: { IsQuiet: true, Waiting: 0, Transfers: > 300, Commits: > 20, LockCommits: > 0 } }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.All(report.Births, birth => Assert.InRange(birth.FirstBlockMs - birth.EndedMs, 1, 1_500));
        Assert.All(report.Births, birth => Assert.InRange(report.PercentAfter(birth), 50, 200));
    }

    /// <summary>All kinds of faults, and a member of the hot shard that has no power, while it splits and its halves merge.</summary>
    [Fact]
    public void Run_AllKindsOfFaultsWhileReshaping_ConservedExactlyOnceAndProgress()
    {
        var mix = new FaultMix { Nodes = 12, HealedMs = HealedMs };
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Network(seed, plan).World,
                Plan = mix.Draw,
                DurationMs = HealedMs + 33_000,
                AtEnd = world => s_networks.TryGetValue(world, out NetworkWorld? network) && network.Report() is { Epoch: >= 2, Births.Count: >= 3, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 30 } } ? null : $"Expected a network at rest after a split and a merge, got {network?.Report()}.",
            },
            TestSettings.Seed, TestSettings.Scale(2, 24));
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<SimulatedWorld, NetworkWorld> s_networks = [];

    private static NetworkWorld Network(ulong seed, FaultPlan plan)
    {
        var random = new Random((int)seed);
        Digest hot = random.Next(2) == 0 ? default : s_right;
        var network = new NetworkWorld(seed, Options(HealedMs + 5_000, [new(random.Next(500, 3_000), hot, false), new(random.Next(4_000, 9_000), hot, true)], plan));
        NodeId? crashed = null;
        network.World.At(random.Next(1_500, 6_000), world =>
        {
            crashed = network.CommitteeOf(network.State!.Layout.ShardOf(hot)) is [var first, ..] ? first : new NodeId(0);
            world.Crash(crashed.Value);
        });
        network.World.At(HealedMs, world => world.Restart(crashed!.Value));
        s_networks.Add(network.World, network);
        return network;
    }
}
