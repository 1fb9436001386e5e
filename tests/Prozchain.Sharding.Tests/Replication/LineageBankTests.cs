using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
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
