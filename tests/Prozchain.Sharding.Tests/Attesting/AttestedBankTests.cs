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
}
