using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>The whole of it while shards split and merge: hosts that order, execute, send receipts and swap atomically, in the simulator.</summary>
public class LineageBankTests(ITestOutputHelper output)
{
    private const long HealedMs = 6_000;

    private static LineageOptions Options(int shards, int validators, FaultPlan? plan = null) => new()
    {
        Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = validators, World = new WorldOptions { Faults = plan ?? FaultPlan.None },
    };

    [Fact]
    public void Run_SplitAndMergeUnderLoad_NothingLostAndTheLoadGoesOn()
    {
        using var bank = new LineageBank(TestSettings.Seed, Options(2, 4) with
        {
            LoadMs = 9_000, TransfersPerSecond = 80, SwapsPerSecond = 8, Decisions = [new LineageDecision(2_000, default, false), new LineageDecision(5_000, default, true)],
        });
        bank.World.RunTo(20_000);
        LineageReport report = bank.Report();
        output.WriteLine(report.ToString());
        output.WriteLine(string.Join(' ', report.AppliedPerSlice));
        Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Commits: > 10, Receipts: > 100, Cuts: > 20, Births.Count: 3 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.All(report.Births, birth => Assert.InRange(birth.FirstBlockMs - birth.EndedMs, 1, 1_000));
    }

    /// <summary>All nodes of the hot shard lose their power at once, at any time before, in and after a split and a merge, and go on from their logs.</summary>
    [Fact]
    public void Run_AWholeShardCrashesInAnyPhase_GoesOnFromTheLogs()
    {
        for (int offset = 0; offset < 3_000; offset += TestSettings.Scale(250, 25))
        {
            using var bank = new LineageBank(TestSettings.Seed + (ulong)offset, Options(2, 4) with
            {
                LoadMs = 4_500, TransfersPerSecond = 40, SwapsPerSecond = 6, Decisions = [new LineageDecision(1_000, default, false), new LineageDecision(2_500, default, true)],
            });
            bank.World.RunTo(900 + offset);
            for (int node = 0; node < 4; node++) bank.World.Crash(new NodeId(node));
            bank.World.RunFor(150);
            for (int node = 0; node < 4; node++) bank.World.Restart(new NodeId(node));
            bank.World.RunTo(14_000);
            LineageReport report = bank.Report();
            Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Births.Count: 3 }, $"Expected a bank at rest, got {report} with power lost at {900 + offset} ms, seed {TestSettings.Seed}.");
        }
    }

    [Fact]
    public void Run_SiblingsOfTwoCommitteesMerge_BothGoOnAsOne()
    {
        using var bank = new LineageBank(TestSettings.Seed, Options(4, 4) with
        {
            FollowSiblings = true, LoadMs = 5_000, TransfersPerSecond = 40, SwapsPerSecond = 6, Decisions = [new LineageDecision(1_500, default, true), new LineageDecision(3_500, default, false)],
        });
        bank.World.RunTo(14_000);
        LineageReport report = bank.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Births: [{ IsMerge: true }, { IsMerge: false }, { IsMerge: false }] }, $"Expected a bank at rest after a merge and a split, got {report} with seed {TestSettings.Seed}.");
    }

    [Fact]
    public void Run_HostileBytesBetweenHosts_AreIgnored()
    {
        using var bank = new LineageBank(TestSettings.Seed, Options(2, 4) with { LoadMs = 2_500, TransfersPerSecond = 40, Decisions = [new LineageDecision(1_000, default, false)] });
        var random = new Random((int)TestSettings.Seed);
        for (int i = 0; i < 400; i++)
        {
            bank.World.RunTo(5 * i);
            var message = new byte[random.Next(80)];
            random.NextBytes(message);
            if (message.Length > 20)
            {
                // Most of them speak of a shard that is, was or is to be, and are of some type of the protocol.
                (message[0], message[1]) = (0, 64);
                message.AsSpan(2, 16).Clear();
                (message[2], message[10]) = ((byte)random.Next(8), (byte)random.Next(8));
                (message[18], message[19]) = (0, (byte)random.Next(1, 41));
                if (random.Next(10) == 0) message[17] = 0x7F;
            }
            bank.World.Inject(new NodeId(random.Next(-1, 10)), new NodeId(random.Next(8)), message);
        }
        bank.World.RunTo(10_000);
        LineageReport report = bank.Report();
        Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Births.Count: 2 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
    }

    /// <summary>A member that proposes to split its shard, which no beacon decided: nobody votes for it, and the next leader goes on.</summary>
    [Fact]
    public void Run_ForgedSplit_IsRefusedAndTheLoadGoesOn()
    {
        const int Liar = 1;
        int forged = 0;
        using var bank = new LineageBank(TestSettings.Seed, Options(2, 4) with { LoadMs = 5_000, TransfersPerSecond = 40, SwapsPerSecond = 4 });
        bank.World.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind == SimulatedEventKind.Received && happened.From.Value == Liar && ProposesChange(bytes)) forged++;
        };
        bank.World.RunTo(1_000);
        bank.Deceive(Liar, new TopologyChange(bank.Layout.Version + 1, ReshapeAction.Split(bank.Layout.Shards[0].Id), 1, bank.World.NowMs));
        bank.World.RunTo(14_000);
        LineageReport report = bank.Report();
        output.WriteLine(report.ToString());
        Assert.True(forged > 5, $"Expected forged proposals, got {forged} with seed {TestSettings.Seed}.");
        Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Commits: > 5, Births: [] }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        for (int node = 0; node < 8; node++)
        {
            ShardNode<TransferTransition> replica = Assert.Single(bank.World.Nodes[node].As<ShardHost<TransferTransition>>()!.Shards);
            Assert.True(replica.Replica is { State.Layout.Version: 0, HasEnded: false, Height: > 30 }, $"Expected node {node} in the layout it began with, got {replica.Replica.Height} blocks with seed {TestSettings.Seed}.");
        }
    }

    private static bool ProposesChange(ReadOnlySpan<byte> message)
    {
        const int Envelope = 18, Share = 65;
        if (message.Length < Envelope + 2 + Share || message[Envelope + 1] != (byte)OrderingMessage.Proposal) return false;
        var reader = new WireReader(message[(Envelope + 2 + Share)..]);
        return MicroBlock.Read(ref reader, out MicroBlock block) == ReadResult.Ok && ShardBody.TryRead(block.Body) is { Topology.Count: > 0 };
    }

    [Fact]
    public void Run_HotThenCold_ThePolicySplitsAndMerges()
    {
        const ulong Gas = 8_000;
        using var bank = new LineageBank(TestSettings.Seed, Options(2, 4) with
        {
            Accounts = 120, HotPercent = 100, HotMs = 20_000, LoadMs = 58_000, TransfersPerSecond = 130, SwapsPerSecond = 0, IntervalMs = 50, DelayMs = 30, BlockGas = Gas, EpochMs = 13_000,
            Policy = new SmoothedReshapePolicy(new ReshapeOptions { BlockGasLimit = 5 * Gas, SplitGasPercent = 60, MergeGasPercent = 24, CooldownEpochs = 1 }),
        });
        Assert.True(bank.World.RunUntil(_ => bank.Report().Births.Any(birth => birth.IsMerge), 90_000), $"Expected a split and a merge, got {bank.Report()} with seed {TestSettings.Seed}.");
        LineageReport report = bank.Report();
        output.WriteLine(report.ToString());
        Assert.True(report.Births is [{ IsMerge: false }, { IsMerge: false }, ..], report.ToString());
    }

    /// <summary>Crashes, losses, partitions and all other faults before, in and after each phase of two splits and two merges.</summary>
    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 7)]
    public void Run_AllKindsOfFaultsWhileReshaping_ConservedExactlyOnceAndProgress(int shards, int validators)
    {
        var mix = new FaultMix { Nodes = shards * validators, HealedMs = HealedMs };
        int seeds = TestSettings.Scale(shards == 2 ? 8 : 2, 200);
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Bank(seed, plan, shards, validators).World,
                Plan = mix.Draw,
                DurationMs = HealedMs + 26_000,
                AtEnd = world => s_banks.TryGetValue(world, out LineageBank? bank) && bank.Report() is { IsQuiet: true, Waiting: 0, Transfers: > 50, LowestHeight: > 40, Births.Count: 6 } ? null : $"Expected a bank at rest, got {bank?.Report()}.",
            },
            TestSettings.Seed, seeds);
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
        Assert.Equal(seeds, (int)report.Seeds);
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<SimulatedWorld, LineageBank> s_banks = [];

    private static LineageBank Bank(ulong seed, FaultPlan plan, int shards, int validators)
    {
        // Decisions at other times with each seed; one of them is due before the last fault has healed, as a rule.
        var random = new Random((int)seed);
        Digest left = default, right = new([0xFF, .. new byte[31]]);
        var bank = new LineageBank(seed, Options(shards, validators, plan) with
        {
            LoadMs = HealedMs + 5_000, TransfersPerSecond = 40, SwapsPerSecond = 6,
            Decisions = [new(random.Next(500, 1_500), left, false), new(random.Next(1_500, 3_000), right, false), new(random.Next(3_000, 5_000), left, true), new(random.Next(5_000, 8_000), right, true)],
        });
        s_banks.Add(bank.World, bank);
        return bank;
    }
}
