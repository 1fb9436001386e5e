using System.Text;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

public class StorageTests
{
    private const int Fsync = 3000;

    [Fact]
    public void Persist_ThenSend_LeavesWhenDurable()
    {
        (SimulatedWorld world, List<ScriptNode> lives, ScriptNode sink) = Writer(FaultPlan.None, (_, actions) =>
        {
            actions.Send(new NodeId(1), "before"u8);
            actions.Persist("a"u8);
            actions.Send(new NodeId(1), "after a"u8);
            actions.Persist("b"u8);
            actions.Send(new NodeId(1), "after b"u8);
        });
        world.RunTo(100);
        // One way takes 10 ms. Both records go into one flush.
        Assert.Equal(["10 before", "13 after a", "13 after b"], Heard(world, sink));
        Assert.Equal(2, world.Nodes[0].Statistics.Persisted);
        Assert.Single(lives);
    }

    [Fact]
    public void Persist_InLaterCall_HoldsBackWhatFollowsInAnyCall()
    {
        (SimulatedWorld world, _, ScriptNode sink) = Writer(FaultPlan.None, (nowMs, actions) =>
        {
            actions.Persist("a"u8);
            actions.WakeAt(nowMs + 1);
        }, (nowMs, actions) =>
        {
            actions.Send(new NodeId(1), "knows a"u8);
            actions.Persist("b"u8);
            actions.Send(new NodeId(1), "knows b"u8);
        });
        world.RunTo(100);
        Assert.Equal(["13 knows a", "16 knows b"], Heard(world, sink));
    }

    [Theory]
    [InlineData(FaultKind.CrashBeforePersist, 0, "", "")]
    [InlineData(FaultKind.CrashInPersist, 0, "", "")]
    [InlineData(FaultKind.CrashAfterPersist, 0, "first", "")]
    [InlineData(FaultKind.CrashBeforePersist, 1, "first", "1")]
    [InlineData(FaultKind.CrashInPersist, 1, "first", "1")]
    [InlineData(FaultKind.CrashAfterPersist, 1, "first,second", "1")]
    public void CrashAtPersist_EachPoint_KeepsWhatItSays(FaultKind kind, int record, string kept, string heard)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            FaultPlan plan = new(Fault.CrashAtPersist(0, 50, kind, new NodeId(0), record));
            (SimulatedWorld world, List<ScriptNode> lives, ScriptNode sink) = Writer(plan, Write, (_, actions) =>
            {
                actions.Persist("second"u8);
                actions.Send(new NodeId(1), "2"u8);
            }, seed);
            world.RunTo(40);
            Assert.False(world.Nodes[0].IsRunning);
            world.RunTo(49);
            Assert.Equal(heard, string.Join(',', sink.Got.Select(got => Encoding.ASCII.GetString(got.Message))));
            world.RunTo(60);
            Assert.Equal(2, lives.Count);
            Assert.Equal(kept, string.Join(',', lives[1].Records.Select(Encoding.ASCII.GetString)));
        }

        static void Write(long nowMs, NodeActions actions)
        {
            actions.Persist("first"u8);
            actions.Send(new NodeId(1), "1"u8);
            actions.WakeAt(nowMs + 20);
        }
    }

    [Fact]
    public void Crash_BeforeDurable_LeavesAPrefixAndNothingSent()
    {
        var kept = new HashSet<int>();
        for (ulong seed = 0; seed < 60; seed++)
        {
            (SimulatedWorld world, List<ScriptNode> lives, ScriptNode sink) = Writer(new FaultPlan(Fault.Crash(2, 9, NodeSet.Of(0))), (_, actions) =>
            {
                for (byte i = 0; i < 8; i++) actions.Persist([i, i, i]);
                actions.Send(new NodeId(1), "done"u8);
            }, seed: seed);
            world.RunTo(11);
            Assert.Empty(sink.Got);
            Assert.Equal(Enumerable.Range(0, lives[1].Records.Count), lives[1].Records.Select(record => (int)record[0]));
            Assert.All(lives[1].Records, record => Assert.Equal(3, record.Length));
            kept.Add(lives[1].Records.Count);
        }
        Assert.Contains(0, kept);
        Assert.Contains(8, kept);
        Assert.Contains(kept, count => count is > 0 and < 8);
    }

    [Fact]
    public void DiskFull_WhileItLasts_StopsTheNodeThatPersists()
    {
        (SimulatedWorld world, List<ScriptNode> lives, ScriptNode sink) = Writer(new FaultPlan(Fault.DiskFull(10, 40, NodeSet.Of(0))), (nowMs, actions) => actions.WakeAt(nowMs + 20), (_, actions) =>
        {
            actions.Persist("x"u8);
            actions.Send(new NodeId(1), "x"u8);
        });
        world.RunTo(39);
        Assert.False(world.Nodes[0].IsRunning);
        world.RunTo(100);
        Assert.Equal(2, lives.Count);
        Assert.Empty(lives[1].Records);
        Assert.Equal(["73 x"], Heard(world, sink));
    }

    [Fact]
    public void DiskBytes_NoRoom_StopsTheNodeUntilItIsRestarted()
    {
        (SimulatedWorld world, List<ScriptNode> lives, _) = Writer(FaultPlan.None, (nowMs, actions) => actions.WakeAt(nowMs + 5), (nowMs, actions) =>
        {
            actions.Persist(new byte[100]);
            actions.WakeAt(nowMs + 5);
        }, options: new NodeOptions { DiskBytes = 1000 });
        world.RunTo(100);
        Assert.False(world.Nodes[0].IsRunning);
        world.Restart(new NodeId(0));
        world.RunTo(101);
        // 8 bytes of the file's header, 8 of each frame.
        Assert.Equal(9, lives[1].Records.Count);
        Assert.Throws<InvalidOperationException>(() => world.Restart(new NodeId(0)));
    }

    private static string[] Heard(SimulatedWorld world, ScriptNode sink) =>
        [.. sink.Got.Select(got => $"{got.Ms - world.Options.StartMs} {Encoding.ASCII.GetString(got.Message)}")];

    private static (SimulatedWorld World, List<ScriptNode> Lives, ScriptNode Sink) Writer(
        FaultPlan plan, Action<long, NodeActions> onStart, Action<long, NodeActions>? onTick = null, ulong seed = 1, NodeOptions? options = null)
    {
        var world = new SimulatedWorld(seed, new WorldOptions
        {
            Faults = plan,
            FsyncMicroseconds = Fsync,
            Network = new NetworkOptions { Delays = RegionDelays.Uniform(10_000), JitterPermille = 0 },
        });
        var lives = new List<ScriptNode>();
        var sink = new ScriptNode();
        world.Add(_ =>
        {
            // A later life only reads, but for the one that was stopped by a full disk.
            bool first = lives.Count == 0 || plan.Faults.Any(fault => fault.Kind == FaultKind.DiskFull);
            lives.Add(new ScriptNode { OnStart = first ? onStart : null, OnTick = first ? onTick : null });
            return lives[^1];
        }, options);
        world.Add(_ => sink);
        return (world, lives, sink);
    }
}
