using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>A transition of one's own under the kit: a right one holds, and each kind of wrong one is found and named.</summary>
public class ShardTestTests
{
    private static ShardTest<CounterTransition> TestOf(CounterBug bug, bool declares = true, int takers = 1) => new()
    {
        Options = new ShardWorldOptions<CounterTransition>
        {
            Transition = new CounterTransition(bug, declares), Genesis = [.. Enumerable.Range(0, 16).Select(i => new StateWrite(TestNetwork.Key(i), BitConverter.GetBytes(20UL)))],
        },
        Arrange = shards =>
        {
            shards.Add(new CounterLoad(takers), untilMs: 6_000);
            shards.Add(new CounterAuditor(16 * 20));
        },
        AtEnd = shards => shards.Report() is { Applied: > 50, Receipts: > 20, Cuts: > 50 } ? null : $"Expected work done, got {shards.Report()}.",
    };

    // Blocks of many transactions over few cells: each is executed again in parallel and in another order of work.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_RightTransition_HoldsUnderFaults(bool declares)
    {
        CampaignReport report = SimulationCampaign.Run(TestOf(CounterBug.None, declares, takers: 4).Scenario, TestSettings.Seed, TestSettings.Scale(2, 200));
        Assert.True(report.FirstFailure is null, report.ToString());
    }

    [Theory]
    [InlineData(CounterBug.Undeclared, "Expected no transaction of status 242")]
    [InlineData(CounterBug.CreditElsewhere, "Expected each receipt to touch cells of its own shard")]
    [InlineData(CounterBug.CreditReplaces, "Expected 320 in all")]
    [InlineData(CounterBug.Remembers, "Expected")]
    [InlineData(CounterBug.Throws, "InvalidOperationException")]
    public void Run_WrongTransition_IsNamedAndReplays(CounterBug bug, string words)
    {
        // What a static remembers is no function of the seed: found, but not replayed.
        SimulationScenario scenario = TestOf(bug).Scenario;
        SimulationFailure? failure = scenario.Run(TestSettings.Seed, FaultPlan.None);
        Assert.NotNull(failure);
        Assert.StartsWith(words, failure.Words, StringComparison.Ordinal);
        if (bug != CounterBug.Remembers) Assert.Equal(failure.EventHash, scenario.Run(failure.Seed, FaultPlan.Parse(failure.Faults.ToString()))?.EventHash);
    }

    [Fact]
    public void Check_OtherResult_IsNamed()
    {
        // The checker's transition is another one: as if the result had depended on who executes.
        ShardTest<CounterTransition> test = TestOf(CounterBug.None);
        using ShardWorld<CounterTransition> shards = test.Build(1, FaultPlan.None);
        StateWrite[] genesis = [.. test.Options.Genesis];
        using var checker = new TransitionChecker<CounterTransition>(
            _ => new CounterTransition(CounterBug.Remembers), shards.Layout, shards.Rules, shard => [.. genesis.Where(write => shard.Contains(write.Key))]);
        var found = new List<string>();
        shards.Observer = block =>
        {
            if (found.Count == 0 && checker.Check(block) is { } words) found.Add(words);
        };
        shards.World.RunTo(2_000);
        Assert.Contains("any order of work", Assert.Single(found), StringComparison.Ordinal);
    }
}
