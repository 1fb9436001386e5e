using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>A bank over shards under particular faults: clogs that move round, and validators that exist twice.</summary>
public class BankFaultTests
{
    private const long HealedMs = 4_000, EndMs = 22_000;

    [Fact]
    public void Run_SwizzleClog_ConservedExactlyOnceAndProgress() => Holds(
        seed => FaultPlan.SwizzleClog(new SimulationRandom(seed), 8, 200, HealedMs / 2).With(FaultPlan.SwizzleClog(new SimulationRandom(~seed), 8, HealedMs / 2, HealedMs)), _ => { });

    /// <summary>One validator of each shard exists twice under one key, and the network shows each half of its shard another one for a while.</summary>
    [Fact]
    public void Run_TwinsInEachShard_ConservedExactlyOnceAndProgress() => Holds(
        seed => new FaultPlan(
            Fault.Partition(500 + (long)(seed % 7) * 100, 3_000, NodeSet.Of(0, 1, 4, 5), NodeSet.Of(2, 3, 6, 7, 8, 9)),
            Fault.Partition(1_000, 2_500, NodeSet.Of(8, 2), NodeSet.Of(1)), Fault.Loss(0, HealedMs, 50), Fault.Duplicate(0, HealedMs, 100)),
        bank =>
        {
            bank.World.AddTwin(new NodeId(0));
            bank.World.AddTwin(new NodeId(4));
        });

    /// <summary>In each shard one validator's messages are damaged, cut, repeated, late or left out.</summary>
    [Fact]
    public void Run_TamperedMessages_ConservedExactlyOnceAndProgress() => Holds(
        seed => new FaultMix { Nodes = 8, HealedMs = HealedMs, Kinds = [FaultKind.Loss, FaultKind.Reorder, FaultKind.Delay] }.Draw(seed), _ => { },
        (id, node) => id.Value % 4 != 1 ? node : new ByzantineNode(
            node, new MessageTamper { FlipPermille = 100, CutPermille = 50, ReplayPermille = 200, DelayPermille = 100, WithholdPermille = 100 }, (ulong)id.Value));

    /// <summary>The power goes before, in and after each record that a leader and a follower of both shards persist.</summary>
    [Fact]
    public void Run_CrashAtEveryPersistPoint_ConservedExactlyOnceAndProgress()
    {
        int records = TestSettings.Scale(4, 100);
        foreach (int node in new[] { 0, 5 })
        {
            foreach (FaultPlan plan in FaultPlan.EveryPersistPoint(new NodeId(node), records, 1_500))
            {
                using var bank = new BankWorld(TestSettings.Seed, new BankOptions { LoadMs = 2_000, World = new WorldOptions { Faults = plan } });
                bank.World.RunTo(6_000);
                Assert.True(bank.Report() is { IsQuiet: true, Waiting: 0, Transfers: > 20, LowestHeight: > 30 }, $"Expected a bank at rest, got {bank.Report()} with seed {TestSettings.Seed} and {plan}.");
                Assert.True(bank.World.Nodes[node].IsRunning);
            }
        }
    }

    private static void Holds(Func<ulong, FaultPlan> plan, Action<BankWorld> arrange, Func<NodeId, IProtocolNode, IProtocolNode>? wrap = null)
    {
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, faults) =>
                {
                    var bank = new BankWorld(seed, new BankOptions { LoadMs = HealedMs + 1_000, TransfersPerSecond = 40, ChecksTransition = true, Wrap = wrap, World = new WorldOptions { Faults = faults } });
                    arrange(bank);
                    return bank.World;
                },
                Plan = plan,
                DurationMs = EndMs,
                AtEnd = world => ((BankWorld)world.Tag!).Report() is { IsQuiet: true, Waiting: 0, Transfers: > 50, LowestHeight: > 60 } ? null : $"Expected a bank at rest, got {((BankWorld)world.Tag!).Report()}.",
            },
            TestSettings.Seed, TestSettings.Scale(4, 200));
        Assert.True(report.FirstFailure is null, report.ToString());
    }
}
