using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
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
        // The load outlasts the two seconds after the merge, over which throughput is taken.
        NetworkWorldOptions options = Options(12_000, [new LineageDecision(1_500, default, false), new LineageDecision(6_500, default, true)]);
        using var network = new NetworkWorld(TestSettings.Seed, options with { Bank = options.Bank with { TransfersPerSecond = 60, SwapsPerSecond = 6, LockSwapsPerSecond = 2 } });
        network.World.RunTo(20_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{report}");
        output.WriteLine(string.Join(' ', report.AppliedPerSlice));
        // Blocks that drain the parents, two beacon blocks (both ends are known, the heir may begin), and what three blocks need to be final.
        int worstMs = (options.DrainBlocks + 3) * options.Bank.IntervalMs + 2 * options.BeaconIntervalMs;
        Assert.True(report is { Freezes: 0, Epoch: >= 3, Births: [{ IsMerge: false }, { IsMerge: false }, { IsMerge: true }], Bank: { IsQuiet: true, Waiting: 0, Transfers: > 300, Commits: > 8, LockCommits: > 0 } }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.All(report.Births, birth => Assert.InRange(birth.FirstBlockMs - birth.EndedMs, 1, worstMs));
        Assert.All(report.Births, birth => Assert.True(report.PercentAfter(birth) >= 50, $"Expected at least half of the load to go on, got {birth} of {report} with seed {TestSettings.Seed}."));
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

    /// <summary>A validator that claims a decision nobody made: in beacon blocks when it leads the pool, in its shard's blocks when it leads there. Nobody votes for either.</summary>
    [Fact]
    public void Run_ForgedSplit_IsRefusedByBeaconAndShard()
    {
        int claimed = 0, taken = 0;
        NetworkWorldOptions options = Options(5_000, [new LineageDecision(600_000, default, false)]) with { BeaconIntervalMs = 250, BlocksPerEpoch = 40, StallBlocks = 80 };
        using var same = new NetworkWorld(TestSettings.Seed, options);
        same.World.RunTo(200);
        ShardId shard = same.Layout.Shards[0].Id;
        // Of those who soon lead the shard, the first that leads the pool too.
        OrderingInstance pool = same.NodeOf(0)!.Beacon.InstanceOf(0)!, committee = same.NodeOf(0)!.Committees.Find(shard, 0)!.Instance;
        NodeId[] leaders = [LeaderOf(committee, 1), LeaderOf(committee, 2)];
        NodeId liar = Enumerable.Range(2, 20).Select(term => LeaderOf(pool, (ulong)term)).First(leaders.Contains);
        using var network = new NetworkWorld(TestSettings.Seed, options with { Liar = liar.Value });
        network.World.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind != SimulatedEventKind.Received || happened.From != liar || ProposedBy(bytes) is not { } block) return;
            var reader = new WireReader(block.Body.Span);
            if (block.Header.Shard == shard) taken += ShardBody.TryRead(block.Body) is { Topology.Count: > 0 } ? 1 : 0;
            else if (BeaconBody.Read(ref reader, out BeaconBody body) == ReadResult.Ok && body.Proposals.Count > 0) claimed++;
        };
        network.World.RunTo(1_000);
        network.NodeOf(liar.Value)!.Deceive(new TopologyChange(1, ReshapeAction.Split(shard), 0, network.World.NowMs));
        network.World.RunTo(14_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{claimed} and {taken} forged, {report}");
        Assert.True(claimed > 5 && taken > 5, $"Expected forged blocks of both kinds, got {claimed} and {taken} with seed {TestSettings.Seed}.");
        Assert.True(report is { Births: [], Freezes: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 30 } } && network.State!.Layout.Version == 0, $"Expected the first layout and a bank at rest, got {report} with seed {TestSettings.Seed}.");
    }

    private static NodeId LeaderOf(OrderingInstance run, ulong term)
    {
        ReadOnlyMemory<byte> key = run.Committee.Members[run.LeaderOf(run.FirstViewOf(term))].PublicKey;
        return new NodeId(Enumerable.Range(0, 12).First(number => new TestSigner(number).PublicKey.Span.SequenceEqual(key.Span)));
    }

    private static MicroBlock? ProposedBy(ReadOnlySpan<byte> message)
    {
        const int Share = 65;
        if (!NetworkMessage.TryRead(message, out NetworkMessage read) || read.Kind is not (NetworkMessageKind.Beacon or NetworkMessageKind.Run) || read.Payload.Length < 2 + Share || read.Payload[1] != (byte)OrderingMessage.Proposal) return null;
        var reader = new WireReader(read.Payload[(2 + Share)..]);
        return MicroBlock.Read(ref reader, out MicroBlock block) == ReadResult.Ok ? block : null;
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<SimulatedWorld, NetworkWorld> s_networks = [];

    private static NetworkWorld Network(ulong seed, FaultPlan plan)
    {
        var random = new Random((int)seed);
        Digest hot = random.Next(2) == 0 ? default : s_right;
        var network = new NetworkWorld(seed, Options(HealedMs + 5_000, [new(random.Next(500, 3_000), hot, false), new(random.Next(4_000, 9_000), hot, true)], plan));
        NodeId? crashed = null;
        void CrashOneOfTheHot(SimulatedWorld world)
        {
            // While the plan leaves nobody with power, there is nobody to ask who serves the hot shard.
            if (network.State is not { } state) world.At(world.ElapsedMs + 100, CrashOneOfTheHot);
            else world.Crash((crashed = network.CommitteeOf(state.Layout.ShardOf(hot)) is [var first, ..] ? first : new NodeId(0)).Value);
        }

        network.World.At(random.Next(1_500, 6_000), CrashOneOfTheHot);
        network.World.At(HealedMs, world => { if (crashed is { } member) world.Restart(member); });
        s_networks.Add(network.World, network);
        return network;
    }
}
