using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Beacon and shards over one pool of validators, in the simulator.</summary>
public class NetworkTests(ITestOutputHelper output)
{
    private const long HealedMs = 6_000;

    internal static NetworkWorldOptions Options(int shards, int pool, long loadMs, FaultPlan? plan = null) => new()
    {
        Bank = new BankOptions
        {
            Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = 4, TransfersPerSecond = 20, LoadMs = loadMs,
            World = new WorldOptions { Faults = plan ?? FaultPlan.None },
        },
        Vrf = new TestVrf(), VrfKey = i => TestVrf.KeyOf(i), Prove = (i, message) => TestVrf.Prove(TestVrf.KeyOf(i), message), Pool = pool,
    };

    [Fact]
    public void Run_NoFaults_EpochsChangeUnderLoad()
    {
        using var network = new NetworkWorld(TestSettings.Seed, Options(2, 12, 15_000));
        network.World.RunTo(24_000);
        NetworkReport report = network.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { Epoch: >= 2, Freezes: 0, Withheld: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 100, Commits: > 0, LowestHeight: > 150 } }, $"Expected epochs and a bank at rest, got {report} with seed {TestSettings.Seed}.");
        // A light client follows from the genesis set alone.
        BeaconNode beacon = network.NodeOf(0)!.Beacon;
        (BeaconHeader header, Sharding.Consensus.FinalityProof proof) = beacon.Prove(3)!.Value;
        ValidatorSet set = network.State!.Validators;
        var client = new BeaconLightClient(BankWorld.ChainId, 0, header.Validators, new TestVerifier());
        Assert.Equal(LightClientResult.Accepted, client.Accept(header, proof, set));
        Assert.Equal(LightClientResult.BadCertificate, client.Accept(beacon.Prove(5)!.Value.Header, beacon.Prove(6)!.Value.Proof, set));
        Assert.Equal(LightClientResult.Accepted, client.HandOver(header, proof, set, set));
        (header, proof) = beacon.Prove(8)!.Value;
        Assert.Equal((0UL, LightClientResult.Accepted), (header.Epoch, client.Accept(header, proof, set)));
    }

    [Fact]
    public void Run_Rotation_SeatsChangeOneByOneUnderLoad()
    {
        int seeds = TestSettings.Scale(1, 100);
        for (ulong seed = TestSettings.Seed; seed < TestSettings.Seed + (ulong)seeds; seed++)
        {
            using var network = new NetworkWorld(seed, Options(2, 12, 15_000) with { RotationBlocks = 1 });
            network.World.RunTo(24_000);
            NetworkReport report = network.Report();
            output.WriteLine($"{seed}: {report} {network.Auditor.Runs.Count} runs");
            Assert.True(report is { Epoch: >= 2, Freezes: 0, Withheld: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 100, Commits: > 0, LowestHeight: > 130 } }, $"Expected epochs and a bank at rest, got {report} with seed {seed}.");
            AssertRunsInOrder(network);
        }
    }

    /// <summary>Crashes, partitions and loss while seats change.</summary>
    [Fact]
    public void Run_RotationWithFaults_OneChainConservedAndProgress()
    {
        int seeds = TestSettings.Scale(2, 100);
        for (ulong seed = TestSettings.Seed; seed < TestSettings.Seed + (ulong)seeds; seed++)
        {
            var mix = new FaultMix { Nodes = 12, HealedMs = 16_000 };
            using var network = new NetworkWorld(seed, Options(2, 12, 20_000, mix.Draw(seed)) with { RotationBlocks = 1, StallBlocks = 12 });
            bool quiet = network.World.RunUntil(_ => network.World.ElapsedMs > 26_000 && network.World.Steps % 100 == 0 && network.Report() is { Bank: { IsQuiet: true, Waiting: 0 } }, 70_000);
            output.WriteLine($"{seed}: {network.World.ElapsedMs} ms {network.Report()} {network.Auditor.Runs.Count} runs");
            Assert.True(quiet && network.Report() is { Epoch: >= 2, Bank.Transfers: > 50 }, $"Expected a network at rest with seed {seed}, got {network.Report()}.");
        }
    }

    /// <summary>Two of the seats have no power for moments on end, but too short for a freeze: then all the runs that were missed are made up, with those who were to leave in them.</summary>
    [Fact]
    public void Run_ShardStopsForSeveralMoments_MakesThemUpInTurn()
    {
        int seeds = TestSettings.Scale(1, 100);
        for (ulong seed = TestSettings.Seed; seed < TestSettings.Seed + (ulong)seeds; seed++)
        {
            using var network = new NetworkWorld(seed, Options(1, 12, 10_000) with { RotationBlocks = 1, StallBlocks = 60 });
            ShardId shard = network.Layout.Shards[0].Id;
            Assert.True(network.World.RunUntil(_ => network.State is { Epoch: 1 } state && state.MomentOf(shard) == 1, 20_000), $"Expected epoch 1, got {network.Report()} with seed {seed}.");
            NodeId[] dead = [.. network.CommitteeOf(shard).Take(2)];
            foreach (NodeId member in dead) network.World.Crash(member);
            Assert.True(network.World.RunUntil(_ => network.State!.MomentOf(shard) == 6, 20_000), $"Expected the last moment, got {network.Report()} with seed {seed}.");
            ulong height = network.HeightOf(shard);
            foreach (NodeId member in dead) network.World.Restart(member);
            Assert.True(network.World.RunUntil(_ => network.HeightOf(shard) > height + 30, 40_000), $"Expected a shard that goes on from height {height}, got {network.Report()} with seed {seed}.");
            AssertRunsInOrder(network);
        }
    }

    /// <summary>The member that joins first has no power until it is long in: it counts as a crashed one, and comes back without the state.</summary>
    [Fact]
    public void Run_JoinerNotReady_CountsAsACrashedSeat()
    {
        using var network = new NetworkWorld(TestSettings.Seed, Options(2, 14, 16_000) with { RotationBlocks = 1 });
        network.World.RunTo(1_000);
        // Who joins first in the next epoch has no power before it can fetch the state, and for all the epoch.
        ShardId shard = network.Layout.Shards[0].Id;
        BeaconDirectory committees = network.NodeOf(0)!.Committees;
        string[] before = Keys(0);
        int joiner = Enumerable.Range(0, 14).Single(i => Keys(1).Except(before).Contains(Convert.ToHexString(new TestSigner(i).PublicKey.Span)));
        network.World.Crash(new NodeId(joiner));
        Assert.True(network.World.RunUntil(_ => network.State is { Epoch: 1 } state && state.MomentOf(shard) == 4, 20_000), $"Expected epoch 1, got {network.Report()}.");
        network.World.RunFor(900);
        Assert.Contains(network.Auditor.Runs, run => run.Key.Shard == shard && run.Value.Epoch == 1 && committees.MomentOf(shard, 1, run.Key.Instance) == 4);
        network.World.Restart(new NodeId(joiner));
        // It fetches the state, and orders with the others from then on.
        Assert.True(network.World.RunUntil(_ => network.NodeOf(joiner)?.NodeOf(shard) is { Replica: { IsFaulted: false } replica } && replica.Height + 5 > network.HeightOf(shard) && network.CommitteeOf(shard).Contains(new NodeId(joiner)), 20_000),
            $"Expected a member that keeps up, got {network.NodeOf(joiner)?.NodeOf(shard)?.Replica.Height} of {network.HeightOf(shard)} with seed {TestSettings.Seed}.");
        bool quiet = network.World.RunUntil(_ => network.World.ElapsedMs > 20_000 && network.World.Steps % 100 == 0 && network.Report() is { Bank: { IsQuiet: true, Waiting: 0 } }, 60_000);
        output.WriteLine($"{network.World.ElapsedMs} ms {network.Report()}, joiner {joiner}");
        Assert.True(quiet && network.Report() is { Freezes: 0, Epoch: >= 2 }, $"Expected a bank at rest, got {network.Report()} with seed {TestSettings.Seed}.");
        AssertRunsInOrder(network);

        string[] Keys(int moment) => [.. committees.Next.At(shard, moment).Members.Select(member => Convert.ToHexString(member.PublicKey.Span))];
    }

    /// <summary>Every final block is of the run of a moment, one run after the other, each with one seat more or one less than that before.</summary>
    private static void AssertRunsInOrder(NetworkWorld network)
    {
        BeaconDirectory committees = network.NodeOf(0)!.Committees;
        foreach (ShardInfo shard in network.Layout.Shards)
        {
            var runs = network.Auditor.Runs.Where(run => run.Key.Shard == shard.Id).Select(run => (run.Value.First, run.Value.Last, run.Value.Epoch, Moment: committees.MomentOf(shard.Id, run.Value.Epoch, run.Key.Instance))).Order().ToArray();
            Assert.Contains(runs, run => run.Moment > 0);
            for (int i = 0; i < runs.Length; i++)
            {
                Assert.NotNull(runs[i].Moment);
                if (i == 0) continue;
                Assert.Equal(runs[i - 1].Last + 1, runs[i].First);
                bool isSameEpoch = runs[i].Epoch == runs[i - 1].Epoch;
                Assert.Equal(isSameEpoch ? (runs[i - 1].Epoch, runs[i - 1].Moment + 1) : (runs[i - 1].Epoch + 1, 0), (runs[i].Epoch, runs[i].Moment));
                int before = committees.Find(shard.Id, runs[i - 1].Epoch, runs[i - 1].Moment!.Value)!.Instance.Committee.Seats, now = committees.Find(shard.Id, runs[i].Epoch, runs[i].Moment!.Value)!.Instance.Committee.Seats;
                Assert.Equal(!isSameEpoch ? before : runs[i].Moment % 2 == 1 ? before + 1 : before - 1, now);
            }
        }
    }

    /// <summary>Shards of a second class under the one beacon: their own committees, drawn afresh with each epoch, at least of the class's floor.</summary>
    [Fact]
    public void Run_TwoClasses_BothGoOnOverEpochs()
    {
        var rules = new LayoutClassRules(LayoutClass.AI, 1, OrderingFloor: 4);
        using var network = new NetworkWorld(TestSettings.Seed, Options(1, 12, 12_000) with { Classes = [(rules, 2)] });
        network.World.RunTo(20_000);
        NetworkReport report = network.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { Epoch: >= 2, Freezes: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 80, LowestHeight: > 120 } }, $"Expected two classes that go on, got {report} with seed {TestSettings.Seed}.");
        Assert.Equal([LayoutClass.General, LayoutClass.AI, LayoutClass.AI], network.Layout.Shards.Select(shard => shard.Class));
        Assert.All(network.Layout.Shards, shard => Assert.True(network.State!.Committees.Of(shard.Id).Seats >= 4 && network.State.Anchored(shard.Id)!.Value.Height > 100));
        Assert.Throws<ArgumentException>(() => new NetworkWorld(1, Options(1, 12, 1_000) with { Classes = [(rules with { OrderingFloor = 5 }, 1)] }));
    }

    /// <summary>2 of 4 seats: more than f, so that the shard stops, and no quorum, so that nothing is forged.</summary>
    [Theory]
    [InlineData(0, 4_000)]
    [InlineData(1, 10_500)]
    public void Run_CommitteeHalted_IsFrozenRedrawnAndTheShardGoesOn(int rotationBlocks, int haltMs)
    {
        int seeds = TestSettings.Scale(rotationBlocks == 0 ? 2 : 1, 100);
        for (ulong seed = TestSettings.Seed; seed < TestSettings.Seed + (ulong)seeds; seed++)
        {
            using var network = new NetworkWorld(seed, Options(2, 16, 24_000) with { RotationBlocks = rotationBlocks });
            ShardId stopped = network.Layout.Shards[0].Id;
            network.World.RunTo(haltMs);
            NodeId[] dead = [.. network.CommitteeOf(stopped).Take(2)];
            foreach (NodeId member in dead) network.World.Crash(member);
            Assert.True(network.World.RunUntil(_ => network.Report().Freezes > 0, 20_000), $"Expected a freeze with seed {seed}.");
            ulong height = network.HeightOf(stopped);
            Assert.True(network.World.RunUntil(_ => network.Report().Takeovers > 0, 40_000), $"Expected a fresh committee that goes on with seed {seed}, got {network.Report()}.");
            Assert.InRange(network.HeightOf(stopped), height + 1, height + 2);
            // Two epochs of a second and a quarter a block, and the time to fetch the state.
            Assert.InRange(network.Report().SlowestTakeoverMs, 1, 25_000);
            // Those who were away come back with their logs, to a shard that others order now.
            foreach (NodeId member in dead) network.World.Restart(member);
            bool quiet = network.World.RunUntil(_ => network.World.ElapsedMs > 30_000 && network.World.Steps % 100 == 0 && network.Report() is { Bank: { IsQuiet: true, Waiting: 0 } }, 90_000);
            output.WriteLine($"{seed}: {network.World.ElapsedMs} ms {network.Report()}");
            Assert.True(quiet && network.Report().Bank.Commits > 0, $"Expected a bank at rest with seed {seed}, got {network.Report()}.");
        }
    }

    [Fact]
    public void Run_AllKindsOfFaults_OneChainConservedAndProgress()
    {
        var mix = new FaultMix { Nodes = 12, HealedMs = HealedMs };
        int seeds = TestSettings.Scale(3, 200);
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Network(seed, plan).World,
                Plan = mix.Draw,
                DurationMs = HealedMs + 40_000,
                AtEnd = world => s_networks.TryGetValue(world, out NetworkWorld? network) && network.Report() is { Epoch: >= 2, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 30 } } ? null : $"Expected a network at rest, got {network?.Report()}.",
            },
            TestSettings.Seed, seeds);
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
    }

    /// <summary>Twins: one key, two nodes, each seen by one half of the network.</summary>
    [Fact]
    public void Run_ValidatorThatEquivocates_IsConvictedAndSlashed()
    {
        FaultPlan plan = FaultPlan.Parse("""
            partition 3000..9000 {1}-{0,2,3,4,5}
            partition 3000..9000 {12}-{6,7,8,9,10,11}
            """);
        using var network = new NetworkWorld(TestSettings.Seed, Options(2, 12, 8_000, plan));
        network.World.AddTwin(new NodeId(1));
        network.World.RunTo(25_000);
        NetworkReport report = network.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { Convictions: 1, Bank.IsQuiet: true }, $"Expected one conviction, got {report} with seed {TestSettings.Seed}.");
        ValidatorRecord convicted = Assert.Single(network.State!.Records, record => record.IsConvicted);
        Assert.Equal(new TestSigner(1).PublicKey.ToArray(), convicted.PublicKey.ToArray());
        Assert.True(convicted.Stake < 1_000 && network.State.Ledger.Slashed > 0);
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<SimulatedWorld, NetworkWorld> s_networks = [];

    private static NetworkWorld Network(ulong seed, FaultPlan plan)
    {
        var network = new NetworkWorld(seed, Options(2, 12, HealedMs + 4_000, plan) with { StallBlocks = 12 });
        s_networks.Add(network.World, network);
        return network;
    }
}
