using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

public class FaultPlanTests
{
    [Fact]
    public void Parse_WhatToStringWrites_IsTheSamePlan() => Replay.Run(random =>
    {
        FaultPlan plan = new FaultMix { Nodes = 1 + random.Next(20), HealedMs = 5000, MostFaults = 20 }.Draw(random.NextUInt64());
        FaultPlan swizzled = plan.With(FaultPlan.SwizzleClog(new SimulationRandom(random.NextUInt64()), 1 + random.Next(9), 10, 4000));
        FaultPlan parsed = FaultPlan.Parse($"# a comment\n\n{swizzled}\n");
        Assert.Equal(swizzled.Faults, parsed.Faults);
        Assert.True(swizzled.HealedMs <= 5000);
    }, 300);

    [Theory]
    [InlineData("")]
    [InlineData("storm 0..1 {0}")]
    [InlineData("crash 0..1")]
    [InlineData("crash 5..5 {0}")]
    [InlineData("crash 0-1 {0}")]
    [InlineData("crash 0..1 0")]
    [InlineData("crash 0..1 {}")]
    [InlineData("crash 0..1 {0,x}")]
    [InlineData("crash 0..1 {0} 3")]
    [InlineData("crash 0..99999999999999999999 {0}")]
    [InlineData("partition 0..1 {0}")]
    [InlineData("loss 0..1 *-*")]
    [InlineData("loss 0..1 *-* -3")]
    [InlineData("loss 0..1 *-* 99999999999")]
    [InlineData("crash-in-persist 0..1 {0,1} 3")]
    public void Parse_OtherText_SaysWhatIsWrong(string line)
    {
        if (line.Length == 0)
        {
            Assert.Empty(FaultPlan.Parse(line).Faults);
            return;
        }
        Assert.Contains(line.Split(' ')[^1], Assert.Throws<FormatException>(() => FaultPlan.Parse(line)).Message);
    }

    [Fact]
    public void Draw_ManySeeds_HoldsEveryKindAndHeals()
    {
        var mix = new FaultMix { Nodes = 7, HealedMs = 4000 };
        FaultPlan[] plans = [.. Enumerable.Range(0, 300).Select(seed => mix.Draw((ulong)seed))];
        Assert.Equal(Enum.GetValues<FaultKind>(), plans.SelectMany(plan => plan.Faults).Select(fault => fault.Kind).Distinct().Order());
        Assert.All(plans, plan => Assert.InRange(plan.HealedMs, 1, 4000));
        Assert.Equal(plans[17].ToString(), mix.Draw(17).ToString());
        Assert.Throws<InvalidOperationException>(() => (mix with { Nodes = 0 }).Draw(1));
    }

    [Fact]
    public void EveryPersistPoint_OfARun_KeepsASynodRight()
    {
        // Each point of the first records of one acceptor, with a partition that makes every answer count.
        FaultPlan partition = FaultPlan.Parse("partition 100..900 {3,4}-*");
        foreach (FaultPlan point in FaultPlan.EveryPersistPoint(new NodeId(1), TestSettings.Scale(20, 200), 1000))
        {
            SimulatedWorld world = SynodScenario.World(3, SynodBug.None, point.With(partition));
            world.RunTo(2500);
            Assert.All(world.Nodes, node => Assert.True(node.As<SynodNode>()!.Decided.Count > 5, point.ToString()));
            Assert.Equal(1, world.Nodes[1].Statistics.Crashes);
        }
    }
}
