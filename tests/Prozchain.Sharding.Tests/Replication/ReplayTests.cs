using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>
/// Whole shards under faults are a function of the seed: the hash covers every message, with blocks, receipts roots, state
/// roots and witnesses in them, so that no instruction set and no collector changes a byte of a block.
/// </summary>
public class ReplayTests
{
    private static readonly string s_plan = """
        partition 600..1100 {0,1}-{2,3}
        clog 700..1500 {6}>*
        loss 0..2500 *-* 60
        duplicate 0..2500 *-* 100
        reorder 400..2000 *-* 60
        crash 1200..2000 {5}
        """;

    private static readonly Lazy<string> s_here = new(() => Hash());

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void EventHash_EitherCollector_IsTheSame(string server) => SameInChild(
        $"collector {server}", new Dictionary<string, string?> { ["DOTNET_gcServer"] = server, ["DOTNET_gcConcurrent"] = server });

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Blocks_WithoutInstructionSet_AreTheSame(InstructionSet set) => SameInChild($"without-{set}", new Dictionary<string, string?> { [set.Knob()] = "0" }, set);

    // The parent's hash reaches the child by its environment; a child has no parent of its own.
    private static void SameInChild(string role, Dictionary<string, string?> environment, InstructionSet? off = null)
    {
        const string Expected = "EXPECTED_EVENT_HASH";
        if (ChildTest.Role is null) environment[Expected] = s_here.Value;
        ChildTest.RunInChild(role, () =>
        {
            if (off is { } set) Assert.False(set.IsSupported());
            Assert.Equal(Environment.GetEnvironmentVariable(Expected), Hash());
        }, environment);
    }

    private static string Hash()
    {
        using var bank = new BankWorld(11, new BankOptions { LoadMs = 2_000, TransfersPerSecond = 60, World = new WorldOptions { Faults = FaultPlan.Parse(s_plan) } });
        bank.World.RunTo(5_000);
        Assert.True(bank.Report() is { Applied: > 20 }, $"Expected work done, got {bank.Report()}.");
        return bank.World.EventHash.ToString();
    }
}
