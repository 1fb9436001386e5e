using System.Runtime.CompilerServices;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>A bank whose accounts are of two classes, in replicated shards that split and merge within their class while swaps go between classes.</summary>
public class ClassBankTests(ITestOutputHelper output)
{
    private const long HealedMs = 6_000;

    private static readonly ConditionalWeakTable<SimulatedWorld, LineageBank> s_banks = [];

    [Fact]
    public void Run_ClassesSplitAndMerge_SwapsBetweenThemAreWholeOrNotAtAll()
    {
        using LineageBank bank = Bank(TestSettings.Seed, FaultPlan.None);
        bank.World.RunTo(HealedMs + 20_000);
        LineageReport report = bank.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Transfers: > 80, Commits: > 20, LockCommits: > 2, Receipts: > 20, Births.Count: 6 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.Equal([LayoutClass.General, LayoutClass.AI, LayoutClass.AI], bank.Layout.Shards.Select(shard => shard.Class));
    }

    [Fact]
    public void Run_AllKindsOfFaultsWhileClassesReshape_ConservedExactlyOnceAndProgress()
    {
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Bank(seed, plan).World,
                Plan = new FaultMix { Nodes = 12, HealedMs = HealedMs }.Draw,
                DurationMs = HealedMs + 26_000,
                AtEnd = world => s_banks.TryGetValue(world, out LineageBank? bank) && bank.Report() is { IsQuiet: true, Waiting: 0, Transfers: > 40, LowestHeight: > 40, Births.Count: 6 } ? null : $"Expected a bank at rest, got {bank?.Report()}.",
            },
            TestSettings.Seed, TestSettings.Scale(3, 200));
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
    }

    // A general shard and two of the other class; one of each class splits, and merges again.
    private static LineageBank Bank(ulong seed, FaultPlan plan)
    {
        var random = new Random((int)seed);
        var bank = new LineageBank(seed, new LineageOptions
        {
            Signer = number => new TestSigner(number), Verifier = () => new TestVerifier(), Shards = 1, OtherShards = 2, Validators = 4, World = new WorldOptions { Faults = plan },
            LoadMs = HealedMs + 3_000, TransfersPerSecond = 40, SwapsPerSecond = 6, LockSwapsPerSecond = 1,
            Decisions =
            [
                new(random.Next(500, 1_500), default, false) { Class = LayoutClass.AI }, new(random.Next(1_500, 3_000), default, false),
                new(random.Next(3_000, 5_000), default, true) { Class = LayoutClass.AI }, new(random.Next(5_000, 8_000), default, true),
            ],
        });
        s_banks.Add(bank.World, bank);
        return bank;
    }
}
