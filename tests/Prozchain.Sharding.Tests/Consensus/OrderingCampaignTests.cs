using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>The ordering protocol in the simulator: flushes that take time, torn ends, every kind of fault, twins.</summary>
public class OrderingCampaignTests
{
    private const int Members = 7;
    private const long HealedMs = 6_000;

    private static SimulatedWorld Build(ulong seed, FaultPlan plan, bool twins)
    {
        TestSigner[] signers = [.. Enumerable.Range(0, Members).Select(i => new TestSigner(i))];
        var committee = new Committee(new ShardId(1), 1, [.. signers.Select(signer => new CommitteeMember(signer.PublicKey, 1))]);
        var instance = new OrderingInstance(1, committee, new SeededRandom(seed).Bytes(32), viewsPerTerm: 8);
        var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan });
        var anchor = new OrderingAnchor(TestNetwork.Key(1), 0, world.Options.StartMs);
        var final = new Dictionary<ulong, Digest>();
        int made = 0;
        for (int i = 0; i < Members; i++)
            world.Add(id => new OrderingNode(new OrderingOptions
            {
                Instance = instance, Anchor = anchor, Scheme = new SignatureListScheme(committee, new TestVerifier(), signers[id.Value]), Member = id.Value,
                Application = new TestOrderedApplication(anchor, twins && id.Value < 2 ? made++ : 0, new SeededRandom(seed)), MaxTimeoutMs = 2_000,
                Peers = [.. Enumerable.Range(0, Members).Select(k => new NodeId(k))],
            }));
        if (twins)
            for (int i = 0; i < 2; i++) world.AddTwin(new NodeId(i));
        world.AddInvariant(w =>
        {
            if (w.LastEvent.To.Value < 0 || w.LastEvent.To.Value >= w.Nodes.Count || !w.Nodes[w.LastEvent.To.Value].IsHonest || w.Nodes[w.LastEvent.To.Value].As<OrderingNode>() is not { } node) return null;
            if (node.IsForked) return "Expected no contradicting finalization, got one.";
            if (node.FinalHeight > 0 && !final.TryAdd(node.FinalHeight, node.FinalHash) && final[node.FinalHeight] != node.FinalHash)
                return $"Expected one final block at {node.FinalHeight}, got {final[node.FinalHeight]} and {node.FinalHash}.";
            return null;
        });
        return world;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_AllKindsOfFaults_NoForkAndProgress(bool twins)
    {
        var mix = new FaultMix { Nodes = twins ? Members + 2 : Members, HealedMs = HealedMs };
        CampaignReport report = SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Build(seed, plan, twins),
                Plan = mix.Draw,
                DurationMs = HealedMs + 8_000,
                AtEnd = world =>
                {
                    foreach (SimulatedNode node in world.Nodes)
                        if (node.IsHonest && !(node.As<OrderingNode>()?.FinalHeight > 30)) return $"Expected more than 30 final blocks at {node}, got {node.As<OrderingNode>()?.FinalHeight}.";
                    return null;
                },
            },
            TestSettings.Seed, TestSettings.Scale(25, 1_000));
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
        Assert.Equal(TestSettings.Scale(25, 1_000), (int)report.Seeds);
    }
}
