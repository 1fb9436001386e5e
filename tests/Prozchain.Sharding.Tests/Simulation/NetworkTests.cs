using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

public class NetworkTests
{
    private static readonly NetworkOptions s_plain = new() { Delays = RegionDelays.Uniform(10_000), JitterPermille = 0 };

    [Fact]
    public void Delay_BetweenRegions_IsTheMatrix()
    {
        NetworkOptions network = s_plain with { Delays = RegionDelays.FromRows([1000, 50_000], [70_000, 2000]) };
        Assert.Equal([51], Arrivals(network, 1, [0, 1]));
        Assert.Equal([71], Arrivals(network, 1, [1, 0]));
        Assert.Equal([3], Arrivals(network, 1, [1, 1]));
    }

    [Fact]
    public void Jitter_ManyMessages_SpreadsAndReorders()
    {
        long[] arrivals = Arrivals(s_plain with { JitterPermille = 1000 }, 500);
        Assert.True(arrivals.Min() >= 10 && arrivals.Max() <= 520 && arrivals.Length == 500);
        long[] overtaken = Order(s_plain with { JitterPermille = 1000 }, 500);
        Assert.False(IsOrdered(overtaken));
        long[] ordered = Order(s_plain with { JitterPermille = 1000, InOrder = true }, 500);
        Assert.True(IsOrdered(ordered));
    }

    [Fact]
    public void LossAndDuplication_ManyMessages_AreAboutWhatIsAsked()
    {
        int lost = 2000 - Arrivals(s_plain with { LossPermille = 100 }, 2000).Length;
        Assert.InRange(lost, 130, 270);
        int twice = Arrivals(s_plain with { DuplicatePermille = 100 }, 2000).Length - 2000;
        Assert.InRange(twice, 130, 270);
        long[] order = Order(s_plain with { ReorderPermille = 100, ReorderMs = 30 }, 2000);
        Assert.Equal(2000, order.Length);
        Assert.InRange(order.Zip(order.Skip(1)).Count(pair => pair.First > pair.Second), 100, 300);
    }

    [Fact]
    public void Bandwidth_SenderAndReceiver_QueueTheBytes()
    {
        // 100 bytes at 10,000 a second are 10 ms, once to leave and once to come in: the third message waits for two.
        long[] arrivals = Arrivals(s_plain with { BytesPerSecond = 10_000 }, 3, everyMs: 0);
        Assert.Equal([31, 41, 51], arrivals);
    }

    [Theory]
    [InlineData("partition 0..100 {0}-{1}", "")]
    [InlineData("partition 0..100 {0}-*", "")]
    [InlineData("partition 0..100 {0}>{1}", "")]
    [InlineData("partition 0..100 {1}>{0}", "11")]
    [InlineData("partition 0..100 {0,1}-*", "11")]
    [InlineData("partition 0..100 *-*", "")]
    [InlineData("clog 0..100 {1}-*", "110")]
    [InlineData("clog 0..100 {1}>*", "11")]
    [InlineData("delay 0..100 *-* 7", "18")]
    [InlineData("loss 0..100 *-* 1000", "")]
    [InlineData("duplicate 0..100 *-* 1000", "11,11")]
    [InlineData("slow 0..100 {1} 20", "11")]
    [InlineData("crash 0..100 {1}", "")]
    public void Fault_OnALink_DoesWhatItSays(string fault, string arrivals) =>
        Assert.Equal(arrivals, string.Join(',', Arrivals(s_plain, 1, null, 0, FaultPlan.Parse(fault))));

    [Fact]
    public void Fault_WhenHealed_IsOver() =>
        Assert.Equal([211], Arrivals(s_plain, 1, null, 100, FaultPlan.Parse("partition 0..100 *-*\ncrash 0..100 {0}")));

    private static bool IsOrdered(long[] values) => values.SequenceEqual(values.Order());

    // Node 0 sends numbers to node 1; the milliseconds at which they come.
    private static long[] Arrivals(NetworkOptions network, int count, int[]? regions = null, int everyMs = 1, FaultPlan? plan = null) =>
        [.. Run(network, count, regions ?? [0, 0], everyMs, plan).Got.Select(got => got.Ms - new WorldOptions().StartMs)];

    private static long[] Order(NetworkOptions network, int count) => [.. Run(network, count, [0, 0], 1, null).Got.Select(got => (long)BitConverter.ToInt32(got.Message))];

    private static ScriptNode Run(NetworkOptions network, int count, int[] regions, int everyMs, FaultPlan? plan)
    {
        var world = new SimulatedWorld(5, new WorldOptions { Network = network, Faults = plan ?? FaultPlan.None });
        var sink = new ScriptNode();
        int sent = 0;
        void Send(NodeActions actions)
        {
            byte[] message = new byte[100];
            BitConverter.TryWriteBytes(message, sent++);
            actions.Send(new NodeId(1), message);
        }
        world.Add(_ => new ScriptNode
        {
            OnStart = (nowMs, actions) => actions.WakeAt(nowMs + (everyMs > 1 ? everyMs + 1 : 1)),
            OnTick = (nowMs, actions) =>
            {
                do Send(actions);
                while (everyMs == 0 && sent < count);
                if (sent < count) actions.WakeAt(nowMs + 1);
            },
        }, new NodeOptions { Region = regions[0] });
        world.Add(_ => sink, new NodeOptions { Region = regions[1] });
        world.RunTo(10_000);
        return sink;
    }
}
