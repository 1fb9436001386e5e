using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>The whole of it: shards that order, execute, send receipts and swap atomically, in the simulator.</summary>
public class BankTests(ITestOutputHelper output)
{
    private const long HealedMs = 4_000;

    private static BankOptions Options(int shards, int validators, FaultPlan? plan = null, bool checks = true) => new()
    {
        Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = validators, ChecksTransition = checks, World = new WorldOptions { Faults = plan ?? FaultPlan.None },
    };

    /// <summary>
    /// 25 ms one way: a transaction waits m/2 for a block, the next block comes m later and is final after 3 delays, whose
    /// certificate covers it, a delay to the other shard, and there m/2 and 3 delays again: 7 delays and 2 m. One more delay brings a transaction to
    /// the leader, and jitter adds up to a tenth.
    /// </summary>
    [Theory]
    [InlineData(100, 440)]
    [InlineData(50, 330)]
    public void Run_OneRegion_CrossShardMedianWithinBudget(int intervalMs, long budgetMs)
    {
        using var bank = new BankWorld(TestSettings.Seed, Options(4, 4) with { IntervalMs = intervalMs, DelayMs = 30 });
        bank.World.RunTo(12_000);
        BankReport report = bank.Report();
        output.WriteLine($"{intervalMs} ms: {report}");
        Assert.True(report is { IsQuiet: true, Waiting: 0, Commits: > 0, CrossShard: > 100, Cuts: > 20 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.True(report.MedianMs <= budgetMs, $"Expected a median of at most {budgetMs} ms, got {report} with seed {TestSettings.Seed}.");
    }

    /// <summary>
    /// The campaign: seeds with up to eight drawn faults of all kinds, invariants after each event, at rest at the end. 200
    /// seeds of four shards with seven validators in the usual form, 10,000 in the long one.
    /// </summary>
    [Theory]
    [InlineData(2, 4, 20, 400)]
    [InlineData(4, 7, 200, 10_000)]
    public void Run_AllKindsOfFaults_ConservedExactlyOnceAndProgress(int shards, int validators, int usual, int inLongForm)
    {
        var mix = new FaultMix { Nodes = shards * validators, HealedMs = HealedMs };
        int seeds = TestSettings.Scale(usual, inLongForm);
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Bank(seed, plan, shards, validators).World,
                Plan = mix.Draw,
                DurationMs = HealedMs + 9_000,
                AtEnd = world => world.Tag is BankWorld bank && bank.Report() is { IsQuiet: true, Waiting: 0, Transfers: > 20, LowestHeight: > 30 } ? null : $"Expected a bank at rest, got {((BankWorld)world.Tag!).Report()}.",
            },
            TestSettings.Seed, seeds, Environment.ProcessorCount);
        output.WriteLine($"{shards} × {validators}: {report}");
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
        Assert.Equal(seeds, (int)report.Seeds);
    }

    // Two shards are also executed again in another order of work.
    private static BankWorld Bank(ulong seed, FaultPlan plan, int shards, int validators) =>
        new(seed, Options(shards, validators, plan, checks: shards == 2) with { LoadMs = HealedMs + 500, TransfersPerSecond = 40, SwapValidityMs = 3_000 });
}
