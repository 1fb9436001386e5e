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
}
