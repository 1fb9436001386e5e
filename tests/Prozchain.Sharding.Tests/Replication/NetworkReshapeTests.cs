using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Splits and merges in the whole network: decided by the beacon, made by the validators.</summary>
public class NetworkReshapeTests(ITestOutputHelper output)
{
    [Fact]
    public void Run_SplitWithoutLoad_TheHeirsGoOn()
    {
        NetworkWorldOptions options = NetworkTests.Options(2, 12, 0) with { Decisions = [new LineageDecision(2_000, default, false)] };
        using var network = new NetworkWorld(TestSettings.Seed, options with { Bank = options.Bank with { TransfersPerSecond = 0, SwapsPerSecond = 0 } });
        bool born = network.World.RunUntil(_ => network.Report().Births.Count == 2, 12_000);
        output.WriteLine($"{network.World.ElapsedMs} {network.Report()}");
        Assert.True(born, $"Expected two heirs, got {network.Report()}.");
        network.World.RunTo(30_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{report}");
        Assert.True(report is { Epoch: >= 3, Freezes: 0, Bank.LowestHeight: > 150 }, $"Expected three shards that go on, got {report} with seed {TestSettings.Seed}.");
    }

    [Fact]
    public void Run_SplitAndMergeUnderLoad_NothingLostAndTheLoadGoesOn()
    {
        using var network = new NetworkWorld(TestSettings.Seed, NetworkTests.Options(2, 12, 26_000) with { Decisions = [new LineageDecision(2_000, default, false), new LineageDecision(13_000, default, true)] });
        network.World.RunTo(40_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{report}");
        output.WriteLine(string.Join(' ', report.AppliedPerSlice));
        Assert.True(report is { Freezes: 0, Births.Count: 3, Bank: { IsQuiet: true, Waiting: 0, Commits: > 0 } }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
    }
}
