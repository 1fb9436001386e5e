using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Attesting;

/// <summary>Shards that order, attesters that hold no state, and a cap on what is not attested that binds.</summary>
public class AttestedBankTests(ITestOutputHelper output)
{
    private const int Validators = 4, Attesters = 7;
    private const long HealedMs = 5_000;

    private static BankOptions Options(int shards = 2, FaultPlan? plan = null, ulong cap = 1_000) => new()
    {
        Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = Validators, Attesters = Attesters, TransfersPerSecond = 60,
        Channels = new ChannelOptions { MaxUnattested = cap }, World = new WorldOptions { Faults = plan ?? FaultPlan.None },
    };

    private static IEnumerable<AttesterNode<TransferTransition>> AttestersOf(BankWorld bank) =>
        bank.World.Nodes.Select(node => node.As<AttesterNode<TransferTransition>>()).OfType<AttesterNode<TransferTransition>>();

    [Fact]
    public void Run_CapThatBinds_ReleasedByAttestation()
    {
        using var bank = new BankWorld(TestSettings.Seed, Options());
        bank.World.RunTo(20_000);
        BankReport report = bank.Report();
        output.WriteLine($"{report}");
        Assert.True(report is { IsQuiet: true, Waiting: 0, Attested: > 10, AtCap: > 5, CrossShard: > 60 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        foreach (AttesterNode<TransferTransition> attester in AttestersOf(bank))
        {
            Assert.Empty(attester.Evidence);
            Assert.True(attester is { BadSegments: 0, SignedSegments: > 20, Transactions: > 50 }, $"Expected segments signed, got {attester.SignedSegments}, {attester.Transactions} and {attester.BadSegments} bad with seed {TestSettings.Seed}.");
        }
    }

    [Fact]
    public void Run_AttestersWithoutQuorum_CapHoldsAndValueGoesOnAfter()
    {
        // Three of seven of each shard are gone until second 9.
        NodeSet gone = NodeSet.Of([8, 9, 10, 15, 16, 17]);
        using var bank = new BankWorld(TestSettings.Seed, Options(plan: new FaultPlan(Fault.Crash(1, 9_000, gone))));
        bank.World.RunTo(9_000);
        BankReport held = bank.Report();
        Assert.True(held is { Attested: 0, Waiting: > 0, AtCap: > 0 }, $"Expected value that waits, got {held} with seed {TestSettings.Seed}.");
        bank.World.RunTo(30_000);
        BankReport report = bank.Report();
        Assert.True(report is { IsQuiet: true, Waiting: 0, Attested: > 2 } && report.CrossShard > held.CrossShard, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
    }

    [Fact]
    public void Run_AllKindsOfFaults_CapHoldsAndValueArrives()
    {
        var mix = new FaultMix { Nodes = 2 * (Validators + Attesters), HealedMs = HealedMs };
        for (ulong seed = TestSettings.Seed; seed < TestSettings.Seed + (ulong)TestSettings.Scale(3, 100); seed++)
        {
            using var bank = new BankWorld(seed, Options(plan: mix.Draw(seed)) with { LoadMs = HealedMs + 1_000, TransfersPerSecond = 40 });
            bank.World.RunTo(HealedMs + 25_000);
            BankReport report = bank.Report();
            Assert.True(report is { IsQuiet: true, Waiting: 0, Attested: > 5 }, $"Expected a bank at rest, got {report} with seed {seed}.");
        }
    }

    [Theory]
    [InlineData("withheld witness")]
    [InlineData("oversized witness")]
    [InlineData("broken witness")]
    [InlineData("withheld provisions")]
    [InlineData("forged receipts root")]
    [InlineData("forged attestation")]
    [InlineData("lying attesters")]
    [InlineData("twins")]
    public void Run_ByzantineMembers_NothingBreaksAndValueArrives(string attack)
    {
        int attacks = 0;
        BankOptions options = Options() with
        {
            Wrap = (id, node) =>
            {
                bool isChosen = attack == "lying attesters" ? id.Value is 8 or 9 or 15 or 16 : attack != "twins" && id.Value is 1 or 6;
                return isChosen ? new ByzantineNode(node, new AttestationAttack(attack, () => attacks++), (ulong)id.Value) : node;
            },
        };
        using var bank = new BankWorld(TestSettings.Seed, options);
        if (attack == "twins")
            foreach (int node in (int[])[1, 6, 9, 16]) bank.World.AddTwin(new NodeId(node));
        bank.World.RunTo(25_000);
        BankReport report = bank.Report();
        output.WriteLine($"{attack}: {attacks} attacks, {report}");
        Assert.True(report is { IsQuiet: true, Waiting: 0, Attested: > 5, Commits: > 2 }, $"Expected a bank at rest, got {report} with seed {TestSettings.Seed}.");
        Assert.True(attacks > 3 || attack == "twins", $"Expected attacks, got {attacks}.");
        AttesterNode<TransferTransition>[] attesters = [.. AttestersOf(bank)];
        Assert.All(attesters, attester => Assert.Empty(attester.Evidence));
        if (attack is "oversized witness" or "broken witness") Assert.Contains(attesters, attester => attester.BadSegments > 0);
    }
}
