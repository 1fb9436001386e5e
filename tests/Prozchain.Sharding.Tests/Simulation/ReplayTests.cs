using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

public class ReplayTests
{
    // A known answer: it changes with the network's draws, the events' encoding or their order, and with nothing else.
    private const string KnownHash = "dc11cea8cd3e80fb85452cbc366d0e8604c0272d736f040c";

    private static readonly string s_plan = """
        partition 100..400 {0,1}-{2,3}
        clog 300..700 {2}>*
        loss 0..900 *-* 100
        duplicate 0..900 *-* 100
        reorder 200..800 *-* 40
        delay 500..600 {0}-* 30
        slow 100..900 {3} 5
        crash 600..800 {1}
        """;

    [Fact]
    public void EventHash_SameSeed_IsTheSame()
    {
        Assert.Equal(KnownHash, Hash(7));
        Assert.NotEqual(KnownHash, Hash(8));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void EventHash_EitherCollector_IsTheSame(string server) => ChildTest.RunInChild(
        $"collector {server}",
        () => Assert.Equal(KnownHash, Hash(7)),
        new Dictionary<string, string?> { ["DOTNET_gcServer"] = server, ["DOTNET_gcConcurrent"] = server });

    [Fact]
    public void Step_WarmWorld_AllocatesNothing()
    {
        SimulatedWorld world = GossipNode.World(1, 8, new WorldOptions { Cost = static (in HandledCall call) => 1500 + call.Bytes.Length });
        world.RunTo(2000);
        long before = world.Steps;
        AllocationAssert.None(() => world.RunFor(100));
        Assert.True(world.Steps > before + 1000);
    }

    private static string Hash(ulong seed)
    {
        SimulatedWorld world = GossipNode.World(seed, 4, new WorldOptions { Faults = FaultPlan.Parse(s_plan) });
        world.RunTo(1500);
        return world.EventHash.ToString()[..KnownHash.Length];
    }
}
