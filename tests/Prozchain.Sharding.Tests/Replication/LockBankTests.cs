using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>The bank with swaps that declare no cells: they lock, prepare and are decided through blocks, beside transfers and swaps over declared cells.</summary>
public class LockBankTests(ITestOutputHelper output)
{
    private const long HealedMs = 4_000;

    private static BankOptions Options(int shards, int validators, FaultPlan? plan = null) => new()
    {
        Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = validators, ChecksTransition = true,
        SwapsPerSecond = 2, LockSwapsPerSecond = 4, World = new WorldOptions { Faults = plan ?? FaultPlan.None },
    };

    /// <summary>Without faults all swaps with locks are committed, but for those that met an older one too often.</summary>
    [Fact]
    public void Run_NoFaults_LockedSwapsCommit()
    {
        using var bank = new BankWorld(TestSettings.Seed, Options(4, 4));
        bank.World.RunTo(14_000);
        BankReport report = bank.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { IsQuiet: true, Waiting: 0, LockCommits: >= 8, Cuts: > 20 } && report.Commits > report.LockCommits, $"Expected a bank at rest with swaps of both kinds, got {report} with seed {TestSettings.Seed}.");
    }

    /// <summary>Faults of all kinds: no swap by halves, none twice, no lock for ever.</summary>
    [Theory]
    [InlineData(2, 4, 12, 400)]
    [InlineData(4, 4, 8, 400)]
    public void Run_AllKindsOfFaults_ConservedAndNoLockStays(int shards, int validators, int usual, int inLongForm)
    {
        var mix = new FaultMix { Nodes = shards * validators, HealedMs = HealedMs };
        int commits = 0;
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => new BankWorld(seed, Options(shards, validators, plan) with { LoadMs = HealedMs + 500, TransfersPerSecond = 40, SwapValidityMs = 3_000 }).World,
                Plan = mix.Draw,
                DurationMs = HealedMs + 9_000,
                AtEnd = world =>
                {
                    BankReport bank = ((BankWorld)world.Tag!).Report();
                    Interlocked.Add(ref commits, bank.LockCommits);
                    return bank is { IsQuiet: true, Waiting: 0, Transfers: > 20, LowestHeight: > 30 } ? null : $"Expected a bank at rest, got {bank}.";
                },
            },
            TestSettings.Seed, TestSettings.Scale(usual, inLongForm), Environment.ProcessorCount);
        output.WriteLine($"{shards} × {validators}: {report}, {commits} commits with locks");
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
        Assert.True(commits > usual, $"Expected some swaps with locks to commit, got {commits}.");
    }

    /// <summary>Shards split and merge while swaps with locks are in every phase, without faults and with them.</summary>
    [Fact]
    public void Run_SplitAndMerge_ConservedAndNoLockStays()
    {
        var mix = new FaultMix { Nodes = 8, HealedMs = HealedMs };
        int seeds = TestSettings.Scale(6, 200), commits = 0;
        for (int i = 0; i < seeds; i++)
        {
            ulong seed = TestSettings.Seed + (ulong)i;
            FaultPlan plan = i == 0 ? FaultPlan.None : mix.Draw(seed);
            using var bank = new LineageBank(seed, new LineageOptions
            {
                Signer = key => new TestSigner(key), Verifier = () => new TestVerifier(), Shards = 2, Validators = 4, World = new WorldOptions { Faults = plan },
                LoadMs = 5_000, TransfersPerSecond = 30, SwapsPerSecond = 4, LockSwapsPerSecond = 8, SwapValidityMs = 3_000,
                Decisions = [new LineageDecision(1_500, default, false), new LineageDecision(3_500, default, true)],
            });
            bank.World.RunTo(20_000);
            LineageReport report = bank.Report();
            output.WriteLine($"{seed}: {report}");
            commits += report.LockCommits;
            Assert.True(report is { IsQuiet: true, Waiting: 0, UnderWay: 0, Births.Count: 3 }, $"Expected a bank at rest, got {report} with seed {seed} and {plan}.");
        }
        Assert.True(commits > 2 * seeds, $"Expected some swaps with locks to commit, got {commits}.");
    }
}
