using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

public class CpuTests
{
    private static readonly NetworkOptions s_network = new() { Delays = RegionDelays.Uniform(10_000), JitterPermille = 0 };

    [Fact]
    public void Cost_OfEachMessage_QueuesTheNextAndDelaysTheAnswer()
    {
        // 4 ms a message: five that come at once are handled one after the other, and each answer leaves at its end.
        (SimulatedWorld world, ScriptNode server, ScriptNode client) = ClientAndServer(static (in HandledCall call) => call.Kind == HandlerKind.Receive && call.Node.Id.Value == 0 ? 4_000_000 : 0, 5);
        world.RunTo(200);
        Assert.Equal([10, 14, 18, 22, 26], Since(world, server.Got));
        Assert.Equal([24, 28, 32, 36, 40], Since(world, client.Got));
        NodeStatistics statistics = world.Nodes[0].Statistics;
        Assert.Equal((5, 5, 20_000_000, 4), (statistics.Received, statistics.Sent, statistics.CpuNanoseconds, statistics.LongestQueue));
    }

    [Fact]
    public void Cost_FractionsOfAMicrosecond_AddUp()
    {
        (SimulatedWorld world, ScriptNode server, _) = ClientAndServer(static (in HandledCall call) => call.Kind == HandlerKind.Receive && call.Node.Id.Value == 0 ? 400 : 0, 10_000);
        world.RunTo(1000);
        Assert.Equal(10_000, server.Got.Count);
        Assert.Equal(10 + 10_000 * 400 / 1_000_000 - 1, Since(world, server.Got)[^1]);
    }

    [Fact]
    public void Cost_SeesKindBytesActionsAndObject()
    {
        var seen = new List<string>();
        CostModel cost = (in HandledCall call) =>
        {
            seen.Add($"{call.Node.Id} {call.Kind} {call.Bytes.Length} {call.Actions.Count} {call.Instance is ScriptNode}");
            return 0;
        };
        (SimulatedWorld world, _, _) = ClientAndServer(cost, 1);
        world.RunTo(50);
        Assert.Equal(["0 Start 0 0 True", "1 Start 0 1 True", "0 Receive 3 1 True", "1 Receive 3 0 True"], seen);
    }

    [Fact]
    public void Slow_Node_TakesAsManyTimesAsLong()
    {
        (SimulatedWorld world, _, ScriptNode client) = ClientAndServer(static (in HandledCall call) => call.Kind == HandlerKind.Receive ? 1_000_000 : 0, 2, FaultPlan.Parse("slow 0..100 {0} 3"));
        world.RunTo(200);
        Assert.Equal([23, 26], Since(world, client.Got));
    }

    [Fact]
    public void Crash_WhileBusy_LosesTheCallAndItsQueue()
    {
        (SimulatedWorld world, ScriptNode server, ScriptNode client) = ClientAndServer(static (in HandledCall call) => call.Kind == HandlerKind.Receive && call.Node.Id.Value == 0 ? 4_000_000 : 0, 5, FaultPlan.Parse("crash 15..30 {0}"));
        world.RunTo(200);
        Assert.Equal([10, 14], Since(world, server.Got));
        Assert.Equal([24], Since(world, client.Got));
        Assert.Equal(1, world.Nodes[0].Statistics.Crashes);
    }

    [Fact]
    public void Tick_WhileBusy_WaitsAndGoesBeforeMessages()
    {
        var world = new SimulatedWorld(1, new WorldOptions { Network = s_network, Cost = static (in HandledCall call) => call.Node.Id.Value == 0 ? 5_000_000 : 0 });
        var order = new List<string>();
        world.Add(_ => new ScriptNode
        {
            OnStart = (nowMs, actions) => actions.WakeAt(nowMs + 12),
            OnTick = (nowMs, _) => order.Add($"tick {nowMs - world.Options.StartMs}"),
            OnReceive = (nowMs, _, _, _) => order.Add($"message {nowMs - world.Options.StartMs}"),
        });
        world.Add(_ => new ScriptNode { OnStart = (_, actions) => { for (int i = 0; i < 3; i++) actions.Send(new NodeId(0), [1]); } });
        world.RunTo(100);
        Assert.Equal(["message 10", "tick 15", "message 20", "message 25"], order);
    }

    [Fact]
    public void WakeAt_EachForm_TicksWhenItSays()
    {
        var ticks = new List<long>();
        var world = new SimulatedWorld(1);
        long start = world.NowMs;
        world.Add(_ => new ScriptNode
        {
            OnStart = (nowMs, actions) => { actions.WakeAt(nowMs + 5); actions.WakeAt(nowMs + 9); },
            OnTick = (nowMs, actions) =>
            {
                ticks.Add(nowMs - start - 1000);
                // In the past: as soon as possible. None: never again, unless a message asks.
                if (ticks.Count == 1) actions.WakeAt(0);
                else if (ticks.Count == 2) actions.WakeAt(long.MaxValue);
                else if (ticks.Count == 3) actions.WakeAt(long.MinValue);
            },
            OnReceive = (nowMs, _, _, actions) => actions.WakeAt(nowMs + 1),
        }, new NodeOptions { ClockAheadMs = 1000, StartAfterMs = 10 });
        world.At(50, w => w.Inject(new NodeId(77), new NodeId(0), [1]));
        world.RunTo(100);
        Assert.Equal([19, 19, 51, 51], ticks);
    }

    private static long[] Since(SimulatedWorld world, List<(long Ms, NodeId From, byte[] Message)> got) => [.. got.Select(one => one.Ms - world.Options.StartMs)];

    private static (SimulatedWorld World, ScriptNode Server, ScriptNode Client) ClientAndServer(CostModel cost, int count, FaultPlan? plan = null)
    {
        var world = new SimulatedWorld(1, new WorldOptions { Network = s_network, Cost = cost, Faults = plan ?? FaultPlan.None });
        var server = new ScriptNode { OnReceive = (_, from, message, actions) => actions.Send(from, message) };
        var client = new ScriptNode { OnStart = (_, actions) => { for (int i = 0; i < count; i++) actions.Send(new NodeId(0), "abc"u8); } };
        world.Add(_ => server);
        world.Add(_ => client);
        return (world, server, client);
    }
}
