using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

public class CampaignTests
{
    [Fact]
    public void Shrink_TwoOfManyFaultsAtFault_KeepsThoseTwoShortened()
    {
        // Fails only where node 0 was down while node 1 was slow.
        SimulationScenario scenario = new()
        {
            DurationMs = 3000,
            Build = (seed, plan) =>
            {
                SimulatedWorld world = GossipWorld(seed, plan);
                var slow = new HashSet<int>();
                world.AddInvariant(w =>
                {
                    int number = w.LastEvent.From.Value;
                    if (w.LastEvent.Kind == SimulatedEventKind.FaultBegan && plan.Faults[number].Kind == FaultKind.Slow) slow.Add(number);
                    if (w.LastEvent.Kind == SimulatedEventKind.FaultHealed) slow.Remove(number);
                    return slow.Count > 0 && !w.Nodes[0].IsRunning && w.Steps > 10 ? "Down while another is slow." : null;
                });
                return world;
            },
            Plan = _ => FaultPlan.Parse("""
                loss 0..900 *-* 3
                slow 100..2000 {1} 2
                delay 0..400 *-* 3
                partition 50..60 {1}-{2}
                crash 700..1700 {0}
                crash 1800..1900 {2}
                duplicate 0..900 *-* 3
                """),
        };
        CampaignReport report = SimulationCampaign.Run(scenario, 1, 1);
        Assert.Equal(["Down while another is slow.", "Down while another is slow."], [report.FirstFailure!.Words, report.Smallest!.Words]);
        Assert.Equal([FaultKind.Slow, FaultKind.Crash], report.Smallest.Faults.Faults.Select(fault => fault.Kind));
        Assert.All(report.Smallest.Faults.Faults, fault => Assert.InRange(fault.UntilMs - fault.FromMs, 1, 1000));
        Assert.Contains("crash", report.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_SeveralSeedsFail_ReportsTheLowest(int threads)
    {
        SimulationScenario scenario = new()
        {
            Build = GossipWorld,
            DurationMs = 50,
            AtEnd = world => world.Seed is 37 or 41 or 90 ? $"Seed {world.Seed}." : null,
        };
        var reports = new Reports();
        CampaignReport report = SimulationCampaign.Run(scenario, 1, 100, threads, reports);
        Assert.Equal((37UL, "Seed 37."), (report.FirstFailure!.Seed, report.FirstFailure.Words));
        Assert.True(report.Replays);
        Assert.InRange(report.Seeds, 37, 100);
        Assert.Equal(report.Seeds, reports.Count);
        Assert.Equal(report.Seeds * 0.05, report.Simulated.TotalSeconds, 6);
    }

    [Fact]
    public void Run_NotAFunctionOfTheSeed_SaysSo()
    {
        int calls = 0;
        SimulationScenario scenario = new()
        {
            Build = (seed, plan) =>
            {
                SimulatedWorld world = GossipWorld(seed, plan);
                world.RunTo(calls++);
                return world;
            },
            DurationMs = 100,
            AtEnd = world => $"Run {calls}.",
        };
        Assert.False(SimulationCampaign.Run(scenario, 1, 1).Replays);
        SimulationFailure failure = scenario.Run(1)!;
        Assert.Throws<ArgumentException>(() => (scenario with { AtEnd = null }).Shrink(failure));
    }

    [Fact]
    public void Run_NodeThatThrows_IsAFailureWithItsCause()
    {
        var world = new SimulatedWorld(9, new WorldOptions { TraceLength = 2 });
        world.Add(_ => new ScriptNode { OnStart = (now, actions) => actions.WakeAt(now + 7), OnTick = (_, _) => throw new FormatException("Broken.") });
        SimulationException thrown = Assert.Throws<SimulationException>(() => world.RunTo(100));
        Assert.IsType<FormatException>(thrown.InnerException);
        Assert.Equal((9UL, 7L, 2L), (thrown.Failure!.Seed, thrown.Failure.ElapsedMs, thrown.Failure.Step));
        Assert.Contains("FormatException at 0: Broken.", thrown.Message);
        Assert.Contains("#2 7.000 ms Ticked 0", thrown.Failure.Trace);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        SimulationScenario scenario = new() { Build = GossipWorld, DurationMs = long.MaxValue / 1_000_000 };
        var reports = new Reports();
        source.CancelAfter(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => SimulationCampaign.Run(scenario, 1, 4, 2, reports, cancellation: source.Token));
        Assert.Equal(0, reports.Count);
    }

    [Fact]
    public void Misuse_IsRefusedWithWhatWasExpected()
    {
        SimulatedWorld world = GossipWorld(1, FaultPlan.None);
        Assert.Throws<ArgumentException>(() => world.Add(_ => new ScriptNode(), new NodeOptions { Region = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Inject(new NodeId(0), new NodeId(99), []));
        world.RunTo(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => world.At(9, _ => { }));
        SimulationScenario other = new() { Build = (seed, _) => GossipWorld(seed, FaultPlan.None), DurationMs = 1 };
        Assert.Throws<InvalidOperationException>(() => other.Run(1, new FaultPlan()));
        Assert.Throws<ArgumentException>(() => RegionDelays.FromRows([1, 2]));
        Assert.Throws<ArgumentException>(() => RegionDelays.Uniform(-1));
    }

    private static SimulatedWorld GossipWorld(ulong seed, FaultPlan plan) => GossipNode.World(seed, 3, new WorldOptions { Faults = plan });

    private sealed class Reports : IProgress<CampaignReport>
    {
        private int _count;

        public int Count => _count;

        public void Report(CampaignReport value) => Interlocked.Increment(ref _count);
    }
}
