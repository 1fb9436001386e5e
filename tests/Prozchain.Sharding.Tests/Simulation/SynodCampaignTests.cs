using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

public class SynodCampaignTests
{
    [Fact]
    public void Run_CorrectProtocol_HoldsUnderEverySeed()
    {
        CampaignReport report = SimulationCampaign.Run(SynodScenario.Of(SynodBug.None), TestSettings.Seed, TestSettings.Scale(400, 20_000), 2);
        Assert.True(report.FirstFailure is null, report.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }

    [Theory]
    [InlineData(SynodBug.SendsBeforePersisting)]
    [InlineData(SynodBug.CountsDuplicates)]
    [InlineData(SynodBug.AcceptsMinority)]
    [InlineData(SynodBug.ForgetsPromises)]
    [InlineData(SynodBug.NeverRepeats)]
    public void Run_BrokenProtocol_IsCaughtReplayedAndShrunk(SynodBug bug)
    {
        SimulationScenario scenario = SynodScenario.Of(bug);
        CampaignReport report = SimulationCampaign.Run(scenario, TestSettings.Seed, 2000, 2);
        Assert.True(report.FirstFailure is not null, $"Expected {bug} to be caught. {report}");
        Assert.True(report.Replays);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bug}: {report}");

        SimulationFailure smallest = report.Smallest!;
        IReadOnlyList<Fault> faults = smallest.Faults.Faults;
        Assert.True(faults.Count <= report.FirstFailure.Faults.Faults.Count);
        for (int spared = 0; faults.Count > 1 && spared < faults.Count; spared++)
            Assert.Null(scenario.Run(smallest.Seed, new FaultPlan(faults.Where((_, i) => i != spared))));
        SimulationFailure? pasted = scenario.Run(smallest.Seed, FaultPlan.Parse(smallest.Faults.ToString()));
        Assert.Equal(smallest.ToString(), pasted?.ToString());
    }
}
