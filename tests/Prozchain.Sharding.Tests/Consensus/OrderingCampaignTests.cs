using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>The ordering protocol in the simulator: flushes that take time, torn ends, every kind of fault, twins, members of several seats.</summary>
public class OrderingCampaignTests
{
    private const int Members = 7;
    private const long HealedMs = 6_000;

    // The first two hold one seat each, so that they may be twins.
    private static SimulatedWorld Build(ulong seed, FaultPlan plan, int shards, bool twins)
    {
        var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan });
        SimulationRandom random = world.RandomStream(1);
        var instances = new OrderingInstance[shards];
        for (int shard = 0; shard < shards; shard++)
        {
            int first = shard * Members;
            TestSigner[] signers = [.. Enumerable.Range(first, Members).Select(i => new TestSigner(i))];
            var committee = new Committee(new ShardId((ulong)shard + 1), 1, [.. signers.Select((signer, i) => new CommitteeMember(signer.PublicKey, i < 2 ? 1 : 1 + random.Next(3)))]);
            OrderingInstance instance = instances[shard] = new OrderingInstance(1, committee, new SeededRandom(seed).Bytes(32), viewsPerTerm: 8);
            var anchor = new OrderingAnchor(TestNetwork.Key(shard), 0, world.Options.StartMs);
            NodeId[] peers = [.. Enumerable.Range(first, Members).Select(k => new NodeId(k))];
            int made = 0;
            foreach (NodeId peer in peers)
                world.Add(id => new OrderingNode(new OrderingOptions
                {
                    Instance = instance, Anchor = anchor, Scheme = new SignatureListScheme(committee, new TestVerifier(), signers[id.Value - first]), Member = id.Value - first,
                    Application = new TestOrderedApplication(anchor, twins && id.Value - first < 2 ? made++ : 0, new SeededRandom(seed)), MaxTimeoutMs = 2_000, Peers = peers,
                }));
        }
        for (int shard = 0; twins && shard < shards; shard++)
            for (int i = 0; i < 2; i++) world.AddTwin(new NodeId(shard * Members + i));
        Watch(world, instances);
        return world;
    }

    private static void Watch(SimulatedWorld world, OrderingInstance[] instances)
    {
        var final = new Dictionary<(int Shard, ulong Height), Digest>();
        world.AddInvariant(w =>
        {
            if (w.LastEvent.To.Value < 0 || w.LastEvent.To.Value >= w.Nodes.Count || !w.Nodes[w.LastEvent.To.Value].IsHonest || w.Nodes[w.LastEvent.To.Value].As<OrderingNode>() is not { } node) return null;
            if (node.IsForked) return "Expected no contradicting finalization, got one.";
            (int, ulong) at = (w.LastEvent.To.Value / Members, node.FinalHeight);
            if (node.FinalHeight > 0 && !final.TryAdd(at, node.FinalHash) && final[at] != node.FinalHash)
                return $"Expected one final block at {at}, got {final[at]} and {node.FinalHash}.";
            return null;
        });
        // Whatever an honest member ever said, in all of its lives.
        VoteHistory[] histories = [.. instances.Select(instance => new VoteHistory(instance))];
        world.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind is SimulatedEventKind.Received or SimulatedEventKind.Lost && world.Nodes[happened.From.Value].IsHonest)
                histories[happened.From.Value / Members].Add(happened.From.Value % Members, bytes);
        };
    }

    private static CampaignReport Run(int shards, bool twins, int seeds)
    {
        int nodes = shards * (twins ? Members + 2 : Members);
        var mix = new FaultMix { Nodes = nodes, HealedMs = HealedMs };
        return SimulationCampaign.Run(
            new SimulationScenario
            {
                Build = (seed, plan) => Build(seed, plan, shards, twins),
                Plan = mix.Draw,
                DurationMs = HealedMs + 8_000,
                AtEnd = world =>
                {
                    foreach (SimulatedNode node in world.Nodes)
                        if (node.IsHonest && !(node.As<OrderingNode>()?.FinalHeight > 30)) return $"Expected more than 30 final blocks at {node}, got {node.As<OrderingNode>()?.FinalHeight}.";
                    return null;
                },
            },
            TestSettings.Seed, seeds);
    }

    [Theory]
    [InlineData(1, false, 25)]
    [InlineData(1, true, 25)]
    [InlineData(4, true, 6)]
    public void Run_AllKindsOfFaults_NoForkAndProgress(int shards, bool twins, int seeds)
    {
        int count = TestSettings.Scale(seeds, 40 * seeds);
        CampaignReport report = Run(shards, twins, count);
        Assert.True(report.FirstFailure is null, (report.Smallest ?? report.FirstFailure)?.ToString());
        Assert.Equal(count, (int)report.Seeds);
    }

    [Fact]
    public void Add_ContradictingVotes_AreFound()
    {
        var world = new OrderingWorld(new SeededRandom(1), 4, viewsPerTerm: 8);
        var writer = new OrderingWriter();
        var history = new VoteHistory(world.Instance);
        Say(OrderingVoteKind.Finalize, 5, 1);
        Say(OrderingVoteKind.Finalize, 5, 1);
        Say(OrderingVoteKind.Nullify, 6, 0);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Say(OrderingVoteKind.Finalize, 5, 2));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Say(OrderingVoteKind.Finalize, 7, 1));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Say(OrderingVoteKind.Nullify, 4, 0));

        void Say(OrderingVoteKind kind, ulong view, int block) =>
            history.Add(1, writer.Vote(new VoteView(kind, view, 1, kind == OrderingVoteKind.Nullify ? default : TestNetwork.Key(block), new byte[65])));
    }
}
