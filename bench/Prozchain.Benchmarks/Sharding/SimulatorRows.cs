using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The simulator under four groups of seven nodes that talk and do no work: what it costs itself. Messages of 200 bytes;
/// every event hashed, a cost model asked, an invariant called after each step.
/// </summary>
internal static class SimulatorRows
{
    private const string Area = "Sharding";
    private const int Nodes = 4 * Chatter.Group;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("simulator, messages between 28 nodes, 1 thread", "1/s", () => World(FaultPlan.None)) with { Peer = new Peer("naive queue loop") { Prepare = Naive } },
        Rate("simulator, messages between 28 nodes under eight lasting faults, 1 thread", "1/s", () => World(Faults())),
        Rate("simulator, 28 nodes, 10 s a seed with drawn faults, 2 threads", "seeds/hour", Campaign),
    ];

    private static QuickRow Rate(string name, string unit, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, unit, prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static QuickBody World(FaultPlan plan)
    {
        SimulatedWorld world = Build(1, plan);
        world.RunTo(500);
        // The messages of a second hardly vary: as many as those of the one before.
        long before = Received(world);
        world.RunFor(1000);
        return new QuickBody(() => world.RunFor(1000), Received(world) - before);
    }

    private static QuickBody Naive()
    {
        var loop = new NaiveLoop();
        Chatter[] nodes = [.. Enumerable.Range(0, Nodes).Select(i => new Chatter(new NodeId(i)))];
        foreach (Chatter node in nodes) loop.Add(node);
        loop.RunFor(500);
        long before = nodes.Sum(node => node.Received);
        loop.RunFor(1000);
        return new QuickBody(() => loop.RunFor(1000), nodes.Sum(node => node.Received) - before);
    }

    private static QuickBody Campaign()
    {
        const int Seeds = 8;
        SimulationScenario scenario = new()
        {
            Build = Build,
            Plan = new FaultMix { Nodes = Nodes, HealedMs = 8000 }.Draw,
            DurationMs = 10_000,
        };
        ulong seed = 0;
        void Run()
        {
            CampaignReport report = SimulationCampaign.Run(scenario, seed += Seeds, Seeds, 2);
            if (report.FirstFailure is { } failure) throw new InvalidOperationException($"Expected no failure, got {failure}");
        }
        return new QuickBody(Run, Seeds * 3600.0);
    }

    // Lasting, and of kinds that leave most messages alone, so that the events stay about as many.
    private static FaultPlan Faults() => new(Enumerable.Range(0, 8).Select(i => Fault.Duplicate(0, 10_000_000, 1, NodeSet.Of(i))));

    private static long Received(SimulatedWorld world) => world.Nodes.Sum(node => node.Statistics.Received);

    private static SimulatedWorld Build(ulong seed, FaultPlan plan)
    {
        var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan, Cost = static (in HandledCall call) => 500 + call.Bytes.Length });
        for (int i = 0; i < Nodes; i++) world.Add(id => new Chatter(id));
        world.AddInvariant(static w => w.LastEvent.To.Value < Nodes ? null : "No such node.");
        return world;
    }
}
