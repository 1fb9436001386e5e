using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>What the package's documentation shows: a node of one's own under drawn faults.</summary>
public class ExampleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_Counters_FailOnlyIfTheySendFirst(bool persistsFirst)
    {
        SimulationScenario scenario = new()
        {
            Plan = new FaultMix { Nodes = 3, HealedMs = 5_000 }.Draw,
            DurationMs = 10_000,
            Build = (seed, plan) =>
            {
                var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan });
                for (int i = 0; i < 3; i++) world.Add(id => new Counter(id, persistsFirst));
                world.AddInvariant(NobodyForgetsWhatItSaid);
                return world;
            },
            AtEnd = world => world.Nodes.All(node => node.As<Counter>()!.Count > 50) ? null : "Expected all to count on.",
        };
        CampaignReport report = SimulationCampaign.Run(scenario, firstSeed: 1, seeds: 200, maxDegreeOfParallelism: 2);
        Assert.True(report.FirstFailure is null == persistsFirst, report.ToString());
    }

    private static string? NobodyForgetsWhatItSaid(SimulatedWorld world)
    {
        foreach (SimulatedNode speaker in world.Nodes)
        {
            foreach (SimulatedNode hearer in world.Nodes)
            {
                if (speaker.As<Counter>() is { } said && hearer.As<Counter>() is { } heard && heard.HeardFrom[speaker.Id.Value] > said.Count)
                    return $"Node {speaker} is at {said.Count}, but {hearer} heard it say {heard.HeardFrom[speaker.Id.Value]}.";
            }
        }
        return null;
    }

    /// <summary>Counts up and follows the highest count that it hears of.</summary>
    private sealed class Counter(NodeId id, bool persistsFirst) : IProtocolNode
    {
        public long Count { get; private set; }

        public long[] HeardFrom { get; } = new long[3];

        public void Restore(ReadOnlySpan<byte> record) => Count = BitConverter.ToInt64(record);

        public void Start(long nowMs, NodeActions actions) => actions.WakeAt(nowMs + 100);

        public void Tick(long nowMs, NodeActions actions)
        {
            Say(Count + 1, actions);
            actions.WakeAt(nowMs + 100);
        }

        public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
        {
            if (message.Length != sizeof(long)) return;
            long heard = BitConverter.ToInt64(message);
            HeardFrom[from.Value] = Math.Max(HeardFrom[from.Value], heard);
            if (heard > Count) Say(heard, actions);
        }

        private void Say(long count, NodeActions actions)
        {
            Count = count;
            byte[] bytes = BitConverter.GetBytes(count);
            if (persistsFirst) actions.Persist(bytes);
            for (int peer = 0; peer < 3; peer++)
            {
                if (peer != id.Value) actions.Send(new NodeId(peer), bytes);
            }
            if (!persistsFirst) actions.Persist(bytes);
        }
    }
}
